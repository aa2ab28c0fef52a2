using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A path between two sites.</summary>
/// <param name="Links">Its links, in order.</param>
/// <param name="Capacity">The least capacity of them.</param>
/// <param name="PricePerGigabyte">What 10^9 bytes cost over all of them.</param>
internal sealed record SitePath(
    ImmutableArray<Domain.LinkId> Links, Bandwidth Capacity, decimal PricePerGigabyte);

/// <summary>
/// The paths between sites. Kept with the set of links that it was made from, so that rounds over unchanged links find
/// their paths ready; it is a function of the links alone.
/// </summary>
internal sealed class PathBook
{
    /// <summary>How many paths are tried by price and capacity, and how many by latency.</summary>
    private const int PathCountMax = 6;

    private const int QuickPathCountMax = 3;

    private static readonly ConditionalWeakTable<ImmutableSortedDictionary<Domain.LinkId, Link>, PathBook> Books = [];

    private readonly ImmutableArray<Link> _links;
    private readonly Topology _topology;
    private readonly ConcurrentDictionary<(SiteId, SiteId), ImmutableArray<SitePath>> _paths = [];
    private readonly ConcurrentDictionary<(SiteId, SiteId), long> _latencies = [];

    private PathBook(ImmutableSortedDictionary<Domain.LinkId, Link> links)
    {
        _links = [.. links.Values];
        _topology = NetworkPicture.TopologyOf(links);
    }

    internal static PathBook Of(NetworkState network) => Books.GetValue(network.Links, links => new(links));

    /// <summary>
    /// The cheapest path, the cheapest of those that carry more, and so on: on idle links no other path is cheaper or
    /// faster. Then the quickest ones, which may have room when those have none. No path leads within a site.
    /// </summary>
    internal ImmutableArray<SitePath> Between(SiteId from, SiteId to) =>
        _paths.GetOrAdd((from, to), ends => Find(ends.Item1, ends.Item2));

    /// <summary>The latency of the quickest path, zero within a site, or nothing where no path leads.</summary>
    internal long? LatencyMicroseconds(SiteId from, SiteId to)
    {
        if (from == to)
            return 0;
        var latency = _latencies.GetOrAdd((from, to), ends =>
            Query(ends.Item1, ends.Item2, PathMetric.Latency) is { } query
                ? Paths.Shortest(_topology, query)?.LatencyMicroseconds ?? -1
                : -1);
        return latency < 0 ? null : latency;
    }

    private ImmutableArray<SitePath> Find(SiteId from, SiteId to)
    {
        if (Query(from, to, PathMetric.Latency) is not { } quick || Query(from, to, PathMetric.Price) is not { } cheap)
            return [];
        var found = new List<NetworkPath>();
        while (found.Count < PathCountMax && Paths.Shortest(_topology, cheap) is { } wider)
        {
            found.Add(wider);
            cheap = cheap with { BandwidthMin = new(wider.Capacity.BitsPerSecond + 1) };
        }

        foreach (var path in Paths.KShortest(_topology, quick, QuickPathCountMax))
        {
            if (!found.Any(p => p.Links.AsSpan().SequenceEqual(path.Links.AsSpan())))
                found.Add(path);
        }

        return [.. found.Select(p => new SitePath(
            [.. p.Links.Select(l => _links[(int)l.Value].Id)], p.Capacity,
            p.Links.Sum(l => _links[(int)l.Value].PricePerGigabyte)))];
    }

    private PathQuery? Query(SiteId from, SiteId to, PathMetric metric) =>
        _topology.PointIndex(from.Value) is { } begin && _topology.PointIndex(to.Value) is { } end && begin != end
            ? new() { From = begin, To = end, Metric = metric }
            : null;
}
