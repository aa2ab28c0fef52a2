using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Networking.Routing;
using Meridian.Scheduling.Transport;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>The network as the wire knows it.</summary>
internal static class NetworkViews
{
    private static readonly (LatencyCircle Circle, long MicrosecondsMax)[] Known =
    [
        (LatencyCircle.Metro, 1_000), (LatencyCircle.Region, 5_000), (LatencyCircle.Nation, 20_000),
    ];

    public static Rest.SitePairView Pair(NetworkState network, PairPicture pair)
    {
        var known = network.Measured.GetValueOrDefault(pair.Pair);
        var source = pair.Latency is not { } latency ? "unknown" : latency.IsMeasured ? "measured" : "declared";
        return new(
            pair.Pair.From.Value, pair.Pair.To.Value, Name(pair.Circle), pair.Latency?.Microseconds, source, pair.DeclaredMicroseconds,
            known?.IsFresh == true, known is null ? null : Measured(known.Latest));
    }

    public static Rest.MeasuredView Measured(MeasuredPoint point) => new(
        point.At, point.LatencyMicroseconds, point.JitterMicroseconds, point.LossPerMillion / 1e6, point.Rate.BitsPerSecond);

    public static Rest.CirclesView Circles(DomainState state, LatencyCircle? target, DateTimeOffset now)
    {
        var pairs = NetworkPicture.Pairs(state);
        var meeting = pairs.Count(p => p.Latency is not null && p.Circle <= (target ?? NetworkPicture.TargetOf(state, p.Pair)));
        return new(
            pairs.Length, pairs.Count(p => p.Latency is { IsMeasured: true }), target is { } one ? Name(one) : "by-region",
            pairs.Length == 0 ? null : (double)meeting / pairs.Length, [.. Shares(pairs)],
            [.. pairs.GroupBy(p => p.Pair.From).Select(around => Members(around.Key.Value, [.. around]))],
            [.. NetworkPicture.History(state.Network, now).Select(Moment)]);
    }

    public static IEnumerable<Rest.CircleShareView> Shares(IReadOnlyCollection<PairPicture> pairs) => Known.Select(known =>
    {
        var count = pairs.Count(p => p.Circle <= known.Circle);
        return new Rest.CircleShareView(Name(known.Circle), known.MicrosecondsMax, count, pairs.Count == 0 ? 0 : (double)count / pairs.Count);
    });

    public static Rest.NetworkPathView Path(NetworkState network, NetworkPath path)
    {
        var all = network.Links.Values.ToList(); // In the order of their identities, as the topology numbers them.
        var links = path.Links.Select(l => all[(int)l.Value]).ToList();
        return new(
            [links[0].From.Value, .. links.Select(l => l.To.Value)], [.. links.Select(l => l.Id.Value)], path.LatencyMicroseconds,
            path.Capacity.BitsPerSecond, links.Sum(l => l.PricePerGigabyte));
    }

    public static string Name(LatencyCircle circle) => circle switch
    {
        LatencyCircle.Metro => "metro",
        LatencyCircle.Region => "region",
        LatencyCircle.Nation => "nation",
        _ => "beyond",
    };

    private static Rest.CircleMembersView Members(string site, List<PairPicture> around)
    {
        return new(site, Within(LatencyCircle.Metro), Within(LatencyCircle.Region), Within(LatencyCircle.Nation));

        IReadOnlyList<string> Within(LatencyCircle circle) =>
        [
            .. around.Where(p => p.Circle <= circle).OrderBy(p => p.Latency?.Microseconds).ThenBy(p => p.Pair.To).Select(p => p.Pair.To.Value),
        ];
    }

    private static Rest.CircleMomentView Moment(CircleMoment moment)
    {
        return new(moment.At, moment.PairCount, Share(moment.MetroCount), Share(moment.RegionCount), Share(moment.NationCount));

        double Share(int count) => moment.PairCount == 0 ? 0 : (double)count / moment.PairCount;
    }
}
