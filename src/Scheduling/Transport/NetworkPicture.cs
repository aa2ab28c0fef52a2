using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>How far one site is from another, by measurement and by declaration.</summary>
/// <param name="Pair">The sites.</param>
/// <param name="Latency">What counts; nothing where neither is known.</param>
/// <param name="DeclaredMicroseconds">The latency of the quickest declared path, or nothing.</param>
public sealed record PairPicture(SitePair Pair, SiteLatency? Latency, long? DeclaredMicroseconds)
{
    /// <summary>The smallest latency circle around the first site that the second is in.</summary>
    public LatencyCircle Circle => LatencyCircles.Of(Latency?.Microseconds);
}

/// <summary>How many of the measured pairs were within each circle at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="PairCount">The pairs with a measurement that was young then.</param>
/// <param name="MetroCount">Those within 1 ms.</param>
/// <param name="RegionCount">Those within 5 ms.</param>
/// <param name="NationCount">Those within 20 ms.</param>
public sealed record CircleMoment(DateTimeOffset At, int PairCount, int MetroCount, int RegionCount, int NationCount);

/// <summary>Who is how far from whom: the network of a domain as its measurements and declarations show it.</summary>
public static class NetworkPicture
{
    private static readonly ConditionalWeakTable<ImmutableSortedDictionary<Domain.LinkId, Link>, SortedDictionary<SitePair, long>> Declared = [];

    /// <summary>Every ordered pair of different sites, in the order of their names.</summary>
    public static ImmutableArray<PairPicture> Pairs(DomainState state)
    {
        var declared = Declared.GetValue(state.Network.Links, DeclaredBetween);
        var pairs = ImmutableArray.CreateBuilder<PairPicture>();
        foreach (var from in state.Sites.Sites.Keys)
        {
            foreach (var to in state.Sites.Sites.Keys)
            {
                if (from != to)
                    pairs.Add(Of(state.Network, new(from, to), declared));
            }
        }

        return pairs.ToImmutable();
    }

    /// <summary>The pair as it is now.</summary>
    public static PairPicture Of(NetworkState network, SitePair pair) =>
        Of(network, pair, Declared.GetValue(network.Links, DeclaredBetween));

    /// <summary>
    /// The circle that a pair ought to be in: the region's where both sites are of one region, otherwise the nation's.
    /// </summary>
    public static LatencyCircle TargetOf(DomainState state, SitePair pair) =>
        state.Sites.Sites.TryGetValue(pair.From, out var from) && state.Sites.Sites.TryGetValue(pair.To, out var to)
        && from.Region.Length > 0 && from.Region == to.Region
            ? LatencyCircle.Region
            : LatencyCircle.Nation;

    /// <summary>
    /// How the measured pairs stood at moments in the past, as far back as measurements are kept, the oldest first.
    /// </summary>
    public static ImmutableArray<CircleMoment> History(NetworkState network, DateTimeOffset now)
    {
        var step = MeasurementRules.RepeatEvery;
        var oldest = network.Measured.Values.Select(m => m.History[0].At).DefaultIfEmpty(now).Min();
        var count = (int)Math.Min(MeasurementRules.HistoryCountMax, (now - oldest) / step);
        return [.. Enumerable.Range(0, count + 1).Reverse().Select(back => At(network, now - (step * back)))];
    }

    /// <summary>The topology that the links declare, over all sites, with a link's number for its identity.</summary>
    public static Topology TopologyOf(DomainState state) => Topology.Create(
        state.Sites.Sites.Values.Select(s => new NetworkPoint { Name = s.Id.Value, Position = new(s.Latitude, s.Longitude) }),
        LinksOf(state.Network.Links));

    /// <summary>The topology that the links declare, over the sites at their ends, with a link's place among them for its identity.</summary>
    internal static Topology TopologyOf(ImmutableSortedDictionary<Domain.LinkId, Link> links) => Topology.Create(
        links.Values.SelectMany(l => new[] { l.From, l.To }).Distinct().Select(s => new NetworkPoint { Name = s.Value }), LinksOf(links));

    private static CircleMoment At(NetworkState network, DateTimeOffset moment)
    {
        var circles = network.Measured.Values
            .Select(m => m.History.LastOrDefault(p => p.At <= moment))
            .Where(p => p is not null && moment - p.At < MeasurementRules.FreshFor)
            .Select(p => LatencyCircles.Of(p!.LatencyMicroseconds)).ToList();
        return new(
            moment, circles.Count, circles.Count(c => c <= LatencyCircle.Metro), circles.Count(c => c <= LatencyCircle.Region),
            circles.Count(c => c <= LatencyCircle.Nation));
    }

    private static PairPicture Of(NetworkState network, SitePair pair, SortedDictionary<SitePair, long> declared)
    {
        long? byPath = declared.TryGetValue(pair, out var known) ? known : null;
        var measured = network.Fresh(pair.From, pair.To) ?? network.Fresh(pair.To, pair.From);
        SiteLatency? latency = measured is not null ? new(measured.LatencyMicroseconds, IsMeasured: true)
            : byPath is { } path ? new(path, IsMeasured: false)
            : null;
        return new(pair, latency, byPath);
    }

    private static SortedDictionary<SitePair, long> DeclaredBetween(ImmutableSortedDictionary<Domain.LinkId, Link> links)
    {
        var known = new SortedDictionary<SitePair, long>();
        foreach (var pair in LatencyCircles.Between(TopologyOf(links)))
        {
            if (pair.LatencyMicroseconds is { } latency)
                known.Add(new(new(pair.From), new(pair.To)), latency);
        }

        return known;
    }

    private static IEnumerable<NetworkLink> LinksOf(ImmutableSortedDictionary<Domain.LinkId, Link> links) =>
        links.Values.Select((link, index) => new NetworkLink
        {
            Id = new(index),
            From = link.From.Value,
            To = link.To.Value,
            Capacity = link.Capacity,
            LatencyMicroseconds = link.LatencyMicroseconds,
            PricePerGigabyte = HourlyPrice.Flat(Money.Cny(link.PricePerGigabyte)),
        });
}
