using Meridian.Networking.Topologies;

namespace Meridian.Networking.Routing;

/// <summary>
/// Paths that share no link, with the least sum of weights: successive shortest paths with potentials over the
/// residual graph (Suurballe 1974; Suurballe and Tarjan 1984; Bhandari 1999).
/// </summary>
internal static class DisjointPaths
{
    internal static List<List<int>> Find(LinkWeights weights, int countMax)
    {
        var query = weights.Query;
        var used = new bool[weights.Topology.Links.Length];
        if (query.From == query.To)
            return [];
        var potentials = new long[weights.Topology.Points.Length];
        var count = 0;
        while (count < countMax && Augment(weights, used, potentials))
            count++;

        var paths = new List<List<int>>();
        for (var i = 0; i < count; i++)
            paths.Add(WithoutLoops(weights.Topology, TakePath(weights, used)));
        return [.. paths.OrderBy(path => path.Sum(link => weights[link])).ThenBy(path => path.Count)];
    }

    private static bool Augment(LinkWeights weights, bool[] used, long[] potentials)
    {
        var (topology, query) = (weights.Topology, weights.Query);
        var distances = new long[topology.Points.Length];
        Array.Fill(distances, ShortestPaths.Unreachable);
        var arrivals = new int[distances.Length];
        distances[query.From] = 0;
        var queue = new PriorityQueue<int, (long, int)>();
        queue.Enqueue(query.From, (0, query.From));
        while (queue.TryDequeue(out var point, out var key))
        {
            if (key.Item1 > distances[point])
                continue;
            foreach (var link in topology.Outgoing(point))
            {
                if (!used[link] && weights[link] != LinkWeights.Unusable)
                    Relax(point, topology.End(link), weights[link], link);
            }

            foreach (var link in topology.Incoming(point))
            {
                if (used[link])
                    Relax(point, topology.Begin(link), -weights[link], ~link);
            }
        }

        if (distances[query.To] == ShortestPaths.Unreachable)
            return false;
        for (var point = 0; point < potentials.Length; point++)
            potentials[point] += Math.Min(distances[point], distances[query.To]);
        Flip(topology, query, arrivals, used);
        return true;

        void Relax(int from, int to, long weight, int arrival)
        {
            var candidate = distances[from] + weight + potentials[from] - potentials[to];
            if (candidate >= distances[to])
                return;
            (distances[to], arrivals[to]) = (candidate, arrival);
            queue.Enqueue(to, (candidate, to));
        }
    }

    private static void Flip(Topology topology, PathQuery query, int[] arrivals, bool[] used)
    {
        for (var point = query.To; point != query.From;)
        {
            var link = arrivals[point] >= 0 ? arrivals[point] : ~arrivals[point];
            used[link] = arrivals[point] >= 0;
            point = used[link] ? topology.Begin(link) : topology.End(link);
        }
    }

    private static List<int> TakePath(LinkWeights weights, bool[] used)
    {
        var (topology, query) = (weights.Topology, weights.Query);
        var path = new List<int>();
        for (var point = query.From; point != query.To; point = topology.End(path[^1]))
        {
            foreach (var link in topology.Outgoing(point))
            {
                if (!used[link])
                    continue;
                used[link] = false;
                path.Add(link);
                break;
            }
        }

        return path;
    }

    private static List<int> WithoutLoops(Topology topology, List<int> path)
    {
        var kept = new List<int>();
        foreach (var link in path)
        {
            kept.Add(link);
            var again = kept.FindIndex(earlier => topology.Begin(earlier) == topology.End(link));
            if (again >= 0)
                kept.RemoveRange(again, kept.Count - again);
        }

        return kept;
    }
}
