using System.Collections.Immutable;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Reservations as the wire knows them.</summary>
internal static class ReservationViews
{
    public static string StateOf(Reservation reservation, DateTimeOffset now) => reservation.State switch
    {
        ReservationState.Open when now < reservation.Request.From => "waiting",
        ReservationState.Open => "active",
        ReservationState.Over => "over",
        _ => "cancelled",
    };

    public static Rest.ReservationView View(DomainState state, Reservation reservation, DateTimeOffset now)
    {
        var request = reservation.Request;
        return new(
            reservation.Id, request.Name, request.Project.Value, request.Pool.Value, StateOf(reservation, now), request.From, request.To,
            request.Count, request.Demand is null, ReservationRules.PriceOf(reservation.Holdings, request).ToString(), reservation.Held.ToString(),
            reservation.Charged.ToString(), request.User, reservation.MadeAt, reservation.EndedAt,
            [.. reservation.Holdings.Select(h => View(state, h, reservation.IsOpen ? reservation.Id : 0))]);
    }

    /// <summary>What would be held of each node.</summary>
    public static IReadOnlyList<Rest.HoldingView> View(DomainState state, ImmutableArray<Holding> holdings) =>
        [.. holdings.Select(h => View(state, h, reservation: 0))];

    private static Rest.HoldingView View(DomainState state, Holding holding, long reservation)
    {
        var used = reservation == 0 ? [] : ReservedRoom.Within(state.Jobs, reservation, holding.Node).ToList();
        return new(
            holding.Node.Value, holding.Amount.CpuMillicores, holding.Amount.Memory.Bytes, holding.Amount.Disk.Bytes,
            holding.Shares.Sum(s => (long)s.Milli), used.Sum(a => a.Amount.CpuMillicores), used.Sum(a => a.Amount.Memory.Bytes),
            used.Sum(a => a.Shares.Sum(s => (long)s.Milli)));
    }
}
