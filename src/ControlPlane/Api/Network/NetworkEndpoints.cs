using Meridian.Domain.Network;
using Meridian.Networking.Routing;
using Meridian.Scheduling.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>The network as it was measured and declared: pairs of sites, latency circles, paths.</summary>
internal static class NetworkEndpoints
{
    private const int PathCountMax = 32;

    private static readonly Listing<PairPicture> Pairs = new Listing<PairPicture>("pair", p => p.Pair.ToString())
        .By("latency", p => (p.Latency?.Microseconds ?? long.MaxValue).ToString("D19", System.Globalization.CultureInfo.InvariantCulture));

    public static void MapNetwork(this IEndpointRouteBuilder routes)
    {
        var network = routes.MapGroup("/network").WithTags("Network");
        network.MapGet("/pairs", List).ForAnyone()
            .Named<Rest.Page<Rest.SitePairView>>("listSitePairs", "How far every site is from every other, measured or declared");
        network.MapGet("/pairs/{from}/{to}", Get).ForAnyone()
            .Named<Rest.SitePairDetail>("getSitePair", "A pair of sites with the measurements that are kept of it");
        network.MapGet("/circles", Circles).ForAnyone()
            .Named<Rest.CirclesView>("getCircles", "Who is within 1 ms, 5 ms and 20 ms of whom, and the shares of pairs");
        network.MapGet("/paths", Paths).ForAnyone()
            .Named<IReadOnlyList<Rest.NetworkPathView>>("listPaths", "The first paths between two sites by latency, price or hops");
    }

    private static IResult List(Call call, [AsParameters] ListQuery query) =>
        Pairs.Page(query, NetworkPicture.Pairs(call.State), pair => NetworkViews.Pair(call.State.Network, pair));

    private static IResult Get(Call call, string from, string to)
    {
        if (Unknown(call, from) is { } unknown || (unknown = Unknown(call, to)) is not null)
            return unknown;
        var network = call.State.Network;
        var pair = new SitePair(new(from), new(to));
        var history = network.Measured.TryGetValue(pair, out var known) ? known.History.Select(NetworkViews.Measured) : [];
        return Results.Ok(new Rest.SitePairDetail(NetworkViews.Pair(network, NetworkPicture.Of(network, pair)), [.. history]));
    }

    private static IResult Circles(Call call, string? target)
    {
        LatencyCircle? wanted = null;
        if (!string.IsNullOrEmpty(target))
        {
            if (!Enum.TryParse<LatencyCircle>(target, ignoreCase: true, out var named) || named > LatencyCircle.Nation || char.IsAsciiDigit(target[0]))
                return Refusal.Of("bad-request", "A target is metro, region or nation.", "目标须为 metro、region 或 nation。");
            wanted = named;
        }

        return Results.Ok(NetworkViews.Circles(call.State, wanted, call.Now));
    }

    private static IResult Paths(Call call, string from, string to, string? by, int? count)
    {
        if (Unknown(call, from) is { } unknown || (unknown = Unknown(call, to)) is not null)
            return unknown;
        if (!Enum.TryParse<PathMetric>(by ?? "latency", ignoreCase: true, out var metric) || !Enum.IsDefined(metric))
            return Refusal.Of("bad-request", "Paths are ordered by latency, price or hops.", "路径可按 latency、price 或 hops 排序。");
        if (from == to)
            return Results.Ok(Array.Empty<Rest.NetworkPathView>());
        var topology = NetworkPicture.TopologyOf(call.State);
        var query = new PathQuery
        {
            From = topology.PointIndex(from)!.Value,
            To = topology.PointIndex(to)!.Value,
            Metric = metric,
            BandwidthMin = new(1),
        };
        var found = Networking.Routing.Paths.KShortest(topology, query, Math.Clamp(count ?? 3, 1, PathCountMax));
        return Results.Ok(found.Select(path => NetworkViews.Path(call.State.Network, path)));
    }

    private static Refusal? Unknown(Call call, string site) =>
        call.State.Sites.Sites.ContainsKey(new(site)) ? null : SiteEndpoints.Missing(site);
}
