using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Network;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Transfers as the wire knows them: what the journal says, and what agents said of their progress since.</summary>
internal sealed class TransferViews(IFetchProgress progress)
{
    public static readonly IReadOnlyDictionary<string, TransferMode> Modes = new Dictionary<string, TransferMode>(StringComparer.Ordinal)
    {
        ["dedicated"] = TransferMode.Dedicated,
        ["aggregated"] = TransferMode.Aggregated,
        ["offpeak"] = TransferMode.Offpeak,
    };

    public static string StateOf(Transfer transfer) => Word(transfer.State);

    public Rest.TransferView Summary(Transfer transfer, DateTimeOffset now)
    {
        var (done, rate) = (transfer.Hops.Sum(BytesDone), transfer.Hops.Sum(RateOf));
        var left = transfer.Size.Bytes - done;
        return new(
            transfer.Id, transfer.Dataset.Value, transfer.Request.Version, Word(transfer.Request.Purpose), Word(transfer.Request.Mode),
            StateOf(transfer), [.. SourcesOf(transfer)], [.. transfer.Request.To.Select(site => site.Value)],
            transfer.Size.Bytes, done, rate, transfer.IsOpen && rate > 0 ? left * 8d / rate : null, transfer.Request.Priority,
            transfer.Job, transfer.Request.User, transfer.SubmittedAt, transfer.Request.Deadline, transfer.Promised,
            transfer.Expected, transfer.EndedAt, Kept(transfer, now), transfer.Charged.ToString(), transfer.Held.ToString(),
            transfer.Reason.Length == 0 ? null : transfer.Reason);
    }

    public Rest.TransferDetail Detail(Transfer transfer, DateTimeOffset now) => new(
        Summary(transfer, now), transfer.BytesMoved, transfer.FailureCount,
        [.. transfer.Hops.Select(hop => new Rest.HopView(
            hop.To.Site.Value, hop.To.Value, !transfer.IsTarget(hop), Word(hop.State), hop.Size.Bytes, BytesDone(hop), RateOf(hop),
            hop.Price.ToString(), Windows(hop.Windows), hop.IsSealed))]);

    public static IReadOnlyList<Rest.HopView> Planned(NetworkState network, TransferRequest request, ImmutableArray<PlannedHop> hops) =>
    [
        .. hops.Select(hop => new Rest.HopView(
            hop.To.Site.Value, hop.To.Value, !request.To.Contains(hop.To.Site), "planned", hop.Size.Bytes, BytesDone: 0,
            hop.Windows[0].Sources.Sum(s => s.Rate.BitsPerSecond),
            TransportPrice.Of(network, hop.Size, hop.Windows).ToString(), Windows(hop.Windows), TransferRules.IsSealed(request, hop, hops))),
    ];

    /// <summary>Whether it was there when it was promised; it is known to be late as soon as that moment has passed.</summary>
    private static bool? Kept(Transfer transfer, DateTimeOffset now) => transfer.State switch
    {
        TransferState.Done => transfer.EndedAt <= transfer.Promised,
        TransferState.Failed => false,
        TransferState.Cancelled => null,
        _ => now > transfer.Promised && transfer.State != TransferState.Paused ? false : null,
    };

    private long BytesDone(Hop hop) => hop.State == HopState.Moving && progress.Of(hop.Fetch) is { } told
        ? Math.Clamp(told.BytesDone, hop.BytesDone, hop.Size.Bytes)
        : hop.BytesDone;

    private long RateOf(Hop hop) => hop.State == HopState.Moving ? progress.Of(hop.Fetch)?.BitsPerSecond ?? 0 : 0;

    /// <summary>The sites that had the data before; relays and targets that pass it on are not among them.</summary>
    private static IEnumerable<string> SourcesOf(Transfer transfer) => transfer.Hops
        .SelectMany(hop => hop.Windows).SelectMany(window => window.Sources)
        .Where(source => !transfer.Hops.Any(hop => hop.To == source.From))
        .Select(source => source.From.Site.Value)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<Rest.HopWindowView> Windows(ImmutableArray<HopWindow> windows) =>
    [
        .. windows.Select(window => new Rest.HopWindowView(
            window.Start, window.Finish,
            [.. window.Sources.Select(s => new Rest.HopSourceView(
                s.From.Site.Value, s.From.Value, [.. s.Links.Select(l => l.Value)], s.Rate.BitsPerSecond))])),
    ];

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
