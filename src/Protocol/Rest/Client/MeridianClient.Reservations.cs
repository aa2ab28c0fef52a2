namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    /// <summary>Holds capacity of a pool for an interval of time.</summary>
    public Task<ReservationView> MakeReservationAsync(ReservationWish wish, CancellationToken cancellation) =>
        WriteAsync<ReservationView>(HttpMethod.Post, "reservations", wish, cancellation);

    public Task<ReservationQuote> QuoteReservationAsync(ReservationWish wish, CancellationToken cancellation) =>
        WriteAsync<ReservationQuote>(HttpMethod.Post, "reservations/quotes", wish, cancellation);

    public Task<Page<ReservationView>> GetReservationsAsync(string? state, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<ReservationView>>(
            "reservations" + Query(("state", state), ("cursor", page.Cursor), ("limit", Text(page.Limit)), ("sort", page.Sort)), cancellation);

    public Task<ReservationView> GetReservationAsync(long id, CancellationToken cancellation) =>
        GetAsync<ReservationView>($"reservations/{id}", cancellation);

    public Task CancelReservationAsync(long id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"reservations/{id}/cancel", body: null, cancellation);
}
