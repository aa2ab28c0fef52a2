using System.Collections.Immutable;
using Meridian.Networking.Topologies;

namespace Meridian.Networking.Routing;

/// <summary>How near one point is to another by the one-way latency of the best path.</summary>
public enum LatencyCircle
{
    /// <summary>Within 1 ms: the same metropolitan area.</summary>
    Metro,

    /// <summary>Within 5 ms: the same region.</summary>
    Region,

    /// <summary>Within 20 ms: the same nation.</summary>
    Nation,

    /// <summary>Further away, or without any path.</summary>
    Beyond,
}

/// <summary>An ordered pair of points and the latency between them.</summary>
/// <param name="From">The name of the point where the path begins.</param>
/// <param name="To">The name of the point where it ends.</param>
/// <param name="LatencyMicroseconds">The least one-way latency over links with capacity; none when there is no path.</param>
public sealed record PointPair(string From, string To, long? LatencyMicroseconds)
{
    /// <summary>The smallest circle around the first point that the second is in.</summary>
    public LatencyCircle Circle => LatencyCircles.Of(LatencyMicroseconds);
}

/// <summary>Latency circles of 1 ms, 5 ms and 20 ms: who is within which, and how many pairs meet a target.</summary>
public static class LatencyCircles
{
    /// <summary>The circle that belongs to a one-way latency; none means that there is no path.</summary>
    public static LatencyCircle Of(long? latencyMicroseconds) =>
        latencyMicroseconds switch
        {
            <= 1_000 => LatencyCircle.Metro,
            <= 5_000 => LatencyCircle.Region,
            <= 20_000 => LatencyCircle.Nation,
            _ => LatencyCircle.Beyond,
        };

    /// <summary>Every ordered pair of different points, in the order of their names.</summary>
    public static ImmutableArray<PointPair> Between(Topology topology)
    {
        var toPoint = new long[topology.Points.Length][];
        for (var point = 0; point < toPoint.Length; point++)
            toPoint[point] = ShortestPaths.DistancesTo(topology, point, link => Weight(topology.Links[link]));
        var pairs = ImmutableArray.CreateBuilder<PointPair>();
        for (var from = 0; from < toPoint.Length; from++)
        {
            for (var to = 0; to < toPoint.Length; to++)
            {
                var latency = toPoint[to][from];
                if (from != to)
                    pairs.Add(new(topology.Points[from].Name, topology.Points[to].Name, latency == ShortestPaths.Unreachable ? null : latency));
            }
        }

        return pairs.ToImmutable();
    }

    /// <summary>The points within the circle around the point, the nearest first and among equals by name.</summary>
    public static ImmutableArray<PointPair> Within(IEnumerable<PointPair> pairs, string from, LatencyCircle circle) =>
    [
        .. pairs.Where(pair => pair.From == from && pair.Circle <= circle && pair.LatencyMicroseconds is not null)
            .OrderBy(pair => pair.LatencyMicroseconds).ThenBy(pair => pair.To, StringComparer.Ordinal),
    ];

    /// <summary>The share of the pairs within the circle, from 0 to 1; none when there are no pairs.</summary>
    public static double? ShareWithin(IReadOnlyCollection<PointPair> pairs, LatencyCircle circle) =>
        ShareMeeting(pairs, _ => circle);

    /// <summary>The share of the pairs that are within the circle that is their target; none when there are no pairs.</summary>
    public static double? ShareMeeting(IReadOnlyCollection<PointPair> pairs, Func<PointPair, LatencyCircle> targetOf) =>
        pairs.Count == 0 ? null : (double)pairs.Count(pair => pair.Circle <= targetOf(pair)) / pairs.Count;

    private static long Weight(NetworkLink link) => link.Capacity.BitsPerSecond > 0 ? link.LatencyMicroseconds : LinkWeights.Unusable;
}
