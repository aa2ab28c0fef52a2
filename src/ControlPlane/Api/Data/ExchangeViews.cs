using Meridian.Domain.Exchanges;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Exchanges as the wire knows them: what the journal says, and what agents said of their progress since.</summary>
internal sealed class ExchangeViews(IExchangeProgress progress)
{
    public static readonly IReadOnlyDictionary<string, ExchangeDirection> Directions = new Dictionary<string, ExchangeDirection>(StringComparer.Ordinal)
    {
        ["import"] = ExchangeDirection.Import,
        ["export"] = ExchangeDirection.Export,
    };

    public static string StateOf(Exchange exchange) => Word(exchange.State);

    public Rest.ExchangeView View(Exchange exchange, Language language)
    {
        var request = exchange.Request;
        var told = exchange.IsOpen ? progress.Of(exchange.Id) : null;
        var size = exchange.Content.Size.Bytes;
        return new(
            exchange.Id, Word(request.Direction), request.Dataset.Value, exchange.Version, exchange.Node.Site.Value, exchange.Node.Value,
            request.Place.Url, request.Place.Endpoint, request.Place.Store, StateOf(exchange), size == 0 ? told?.BytesTotal ?? 0 : size,
            exchange.State == ExchangeState.Done ? size : told?.BytesDone ?? 0, told?.BitsPerSecond ?? 0, exchange.Content.FileCount,
            request.User, exchange.SubmittedAt, exchange.EndedAt, exchange.Reason is { } reason ? ExchangeTexts.Book.Say(language, reason) : null);
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
