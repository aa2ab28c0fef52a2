using System.Collections.Immutable;
using Meridian.Networking.Topologies;

namespace Meridian.Networking.Routing;

/// <summary>Questions about paths. Every answer is without loops, exact unless it says otherwise, and repeatable.</summary>
public static class Paths
{
    /// <summary>How many first paths the search for risk-disjoint pairs tries by default.</summary>
    public const int DefaultRiskAttemptCountMax = 64;

    /// <summary>The path with the least of the metric that keeps the bounds, or none.</summary>
    public static NetworkPath? Shortest(Topology topology, PathQuery query)
    {
        var weights = new LinkWeights(topology, query);
        return Shortest(weights) is { } links ? weights.PathOf(links) : null;
    }

    /// <summary>
    /// Every path that keeps the bounds, from the best by the metric on; computed as they are asked for. There are
    /// often exponentially many: take as many as needed.
    /// </summary>
    public static IEnumerable<NetworkPath> InOrder(Topology topology, PathQuery query)
    {
        var weights = new LinkWeights(topology, query);
        if (query.LatencyMicrosecondsMax != long.MaxValue && BoundedPaths.Find(weights) is null)
            return [];
        var paths = LoopFreePaths.InOrder(weights).Select(weights.PathOf);
        return query.Metric == PathMetric.Latency
            ? paths.TakeWhile(path => path.LatencyMicroseconds <= query.LatencyMicrosecondsMax)
            : paths.Where(path => path.LatencyMicroseconds <= query.LatencyMicrosecondsMax);
    }

    /// <summary>The k best paths by the metric that keep the bounds, best first.</summary>
    public static ImmutableArray<NetworkPath> KShortest(Topology topology, PathQuery query, int count) =>
        [.. InOrder(topology, query).Take(count)];

    /// <summary>
    /// Up to so many paths that share no link, as many as there are, with the least sum of the metric for that number.
    /// The bound on latency does not apply to them together; look at each.
    /// </summary>
    public static ImmutableArray<NetworkPath> LinkDisjoint(Topology topology, PathQuery query, int countMax)
    {
        var weights = new LinkWeights(topology, query);
        return [.. DisjointPaths.Find(weights, countMax).Select(weights.PathOf)];
    }

    /// <summary>
    /// Two paths that share neither a link nor a risk group, with a small sum of the metric; none when none was found.
    /// The problem is NP-hard (Hu 2003): first paths are tried in the order of the metric, each with its best partner,
    /// until no later pair can be better or the attempts are used up.
    /// </summary>
    public static (NetworkPath Working, NetworkPath Backup)? RiskDisjoint(
        Topology topology, PathQuery query, int attemptCountMax = DefaultRiskAttemptCountMax)
    {
        var weights = new LinkWeights(topology, query);
        (List<int> Working, List<int> Backup, long Weight)? best = null;
        foreach (var first in LoopFreePaths.InOrder(weights).Take(attemptCountMax))
        {
            var weight = first.Sum(link => weights[link]);
            if (best is { } found && 2 * weight >= found.Weight)
                break;
            if (first.Sum(weights.LatencyOf) > query.LatencyMicrosecondsMax)
                continue;
            var second = Shortest(new(topology, query with { Allows = Apart(topology, query, first) }));
            if (second is not null && (best is null || weight + second.Sum(link => weights[link]) < best.Value.Weight))
                best = (first, second, weight + second.Sum(link => weights[link]));
        }

        return best is { } pair ? (weights.PathOf(pair.Working), weights.PathOf(pair.Backup)) : null;
    }

    private static List<int>? Shortest(LinkWeights weights)
    {
        var query = weights.Query;
        if (query.LatencyMicrosecondsMax != long.MaxValue)
            return BoundedPaths.Find(weights);
        var distances = ShortestPaths.DistancesTo(weights.Topology, query.To, link => weights[link]);
        var nobody = new bool[weights.Topology.Points.Length];
        return ShortestPaths.Find(weights, query.From, query.To, distances, nobody, _ => false);
    }

    private static Func<int, bool> Apart(Topology topology, PathQuery query, List<int> path)
    {
        var links = path.ToHashSet();
        var risks = path.SelectMany(link => topology.Links[link].RiskGroups).ToHashSet(StringComparer.Ordinal);
        return link => !links.Contains(link) && !topology.Links[link].RiskGroups.Any(risks.Contains)
            && query.Allows?.Invoke(link) != false;
    }
}
