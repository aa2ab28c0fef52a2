namespace Meridian.Networking.Routing;

/// <summary>
/// Loop-free paths in the order of their weight: Yen, Finding the K Shortest Loopless Paths in a Network (1971), with
/// Lawler's partition (1972), so that no path is found twice, and searches steered by exact distances to the target.
/// </summary>
internal static class LoopFreePaths
{
    internal static IEnumerable<List<int>> InOrder(LinkWeights weights)
    {
        var (topology, query) = (weights.Topology, weights.Query);
        var distances = ShortestPaths.DistancesTo(topology, query.To, link => weights[link]);
        var nobody = new bool[topology.Points.Length];
        var shortest = ShortestPaths.Find(weights, query.From, query.To, distances, nobody, _ => false);
        if (shortest is null)
            yield break;

        var found = new List<List<int>>();
        var waiting = new PriorityQueue<Candidate, (long Weight, int Hops, int Order)>();
        var order = 0;
        waiting.Enqueue(new(shortest, Deviation: 0), (0, 0, order++));
        while (waiting.TryDequeue(out var next, out _))
        {
            found.Add(next.Links);
            yield return next.Links;
            foreach (var candidate in Deviations(weights, distances, next, found))
            {
                var weight = candidate.Links.Sum(link => weights[link]);
                waiting.Enqueue(candidate, (weight, candidate.Links.Count, order++));
            }
        }
    }

    /// <summary>For each point of the path from its own deviation on, the best path that leaves it there and is new.</summary>
    private static IEnumerable<Candidate> Deviations(
        LinkWeights weights, long[] distances, Candidate path, List<List<int>> found)
    {
        var topology = weights.Topology;
        var barred = new bool[topology.Points.Length];
        var spur = weights.Query.From;
        for (var at = 0; at < path.Links.Count; spur = topology.End(path.Links[at]), at++)
        {
            barred[spur] = true;
            if (at < path.Deviation)
                continue;

            var taken = new HashSet<int>();
            foreach (var other in found)
            {
                if (other.Count > at && SharesStart(other, path.Links, at))
                    taken.Add(other[at]);
            }

            var end = ShortestPaths.Find(weights, spur, weights.Query.To, distances, barred, taken.Contains);
            if (end is not null)
                yield return new([.. path.Links.Take(at), .. end], at);
        }
    }

    private static bool SharesStart(List<int> left, List<int> right, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (left[i] != right[i])
                return false;
        }

        return true;
    }

    private readonly record struct Candidate(List<int> Links, int Deviation);
}
