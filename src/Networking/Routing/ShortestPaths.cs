using Meridian.Networking.Topologies;

namespace Meridian.Networking.Routing;

/// <summary>
/// Dijkstra's algorithm over link indexes. Of paths of equal weight the one with fewer links wins, then the one found
/// first in the order of indexes, so that the answer is the same in every process.
/// </summary>
internal static class ShortestPaths
{
    internal const long Unreachable = long.MaxValue;

    /// <summary>The least weight from every point to the target.</summary>
    internal static long[] DistancesTo(Topology topology, int target, Func<int, long> weight)
    {
        var distances = new long[topology.Points.Length];
        Array.Fill(distances, Unreachable);
        distances[target] = 0;
        var queue = new PriorityQueue<int, (long, int)>();
        queue.Enqueue(target, (0, target));
        while (queue.TryDequeue(out var point, out var key))
        {
            if (key.Item1 > distances[point])
                continue;
            foreach (var link in topology.Incoming(point))
            {
                var step = weight(link);
                var before = topology.Begin(link);
                if (step == LinkWeights.Unusable || distances[point] + step >= distances[before])
                    continue;
                distances[before] = distances[point] + step;
                queue.Enqueue(before, (distances[before], before));
            }
        }

        return distances;
    }

    /// <summary>
    /// The lightest chain of links from a point to the target that avoids the barred points and links, or none. The
    /// distances to the target steer the search (A*) and are exact or too small.
    /// </summary>
    internal static List<int>? Find(
        LinkWeights weights, int from, int target, long[] distancesToTarget, bool[] pointBarred, Func<int, bool> linkBarred)
    {
        if (distancesToTarget[from] == Unreachable)
            return null;
        var topology = weights.Topology;
        var reached = new (long Weight, int Hops)[topology.Points.Length];
        Array.Fill(reached, (Unreachable, int.MaxValue));
        var arrival = new int[reached.Length];
        var settled = new bool[reached.Length];
        reached[from] = (0, 0);
        var queue = new PriorityQueue<int, (long Estimate, int Hops, int Point)>();
        queue.Enqueue(from, (distancesToTarget[from], 0, from));
        while (queue.TryDequeue(out var point, out _))
        {
            if (point == target)
                return Trace(topology, arrival, from, target);
            if (settled[point])
                continue;
            settled[point] = true;
            foreach (var link in topology.Outgoing(point))
            {
                var next = topology.End(link);
                if (weights[link] == LinkWeights.Unusable || pointBarred[next] || settled[next]
                    || distancesToTarget[next] == Unreachable || linkBarred(link))
                    continue;
                var candidate = (reached[point].Weight + weights[link], reached[point].Hops + 1);
                if (candidate.CompareTo(reached[next]) >= 0)
                    continue;
                (reached[next], arrival[next]) = (candidate, link);
                queue.Enqueue(next, (candidate.Item1 + distancesToTarget[next], candidate.Item2, next));
            }
        }

        return null;
    }

    private static List<int> Trace(Topology topology, int[] arrival, int from, int target)
    {
        var links = new List<int>();
        for (var point = target; point != from; point = topology.Begin(arrival[point]))
            links.Add(arrival[point]);
        links.Reverse();
        return links;
    }
}
