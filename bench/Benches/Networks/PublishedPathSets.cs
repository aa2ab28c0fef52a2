namespace Meridian.Benches.Networks;

/// <summary>
/// The path sets of the published experiments: for each pair up to four edge-disjoint paths as networkx 2.8.8 finds
/// them (Edmonds-Karp with a bidirectional search, paths rebuilt from the saturated edges), the shortest first, cycles
/// removed. The order of ties is repeated, because the published optimum depends on it.
/// </summary>
internal static class PublishedPathSets
{
    internal const int PathCountMax = 4;

    /// <summary>For each ordered pair, in row-major order without the diagonal, its paths as edge indexes.</summary>
    internal static int[][][] Build(PublishedNetwork network)
    {
        var count = network.NodeCount;
        var sets = new int[count * (count - 1)][][];
        Parallel.For(0, count, () => new Search(network), (source, _, search) =>
        {
            for (var target = 0; target < count; target++)
            {
                if (target != source)
                    sets[(source * (count - 1)) + (target < source ? target : target - 1)] = search.Paths(source, target);
            }

            return search;
        }, _ => { });
        return sets;
    }

    /// <summary>The residual network, used again for every pair.</summary>
    private sealed class Search
    {
        private readonly PublishedNetwork _network;
        private readonly int[][] _next;
        private readonly int[][] _arcs;
        private readonly int[] _flow;
        private readonly int[] _before;
        private readonly int[] _after;

        internal Search(PublishedNetwork network)
        {
            _network = network;
            var order = Enumerable.Range(0, network.NodeCount).Select(_ => new List<int>()).ToArray();
            for (var from = 0; from < network.NodeCount; from++)
            {
                foreach (var to in network.Neighbours[from])
                {
                    Add(order[from], to);
                    Add(order[to], from);
                }
            }

            _next = [.. order.Select(list => list.ToArray())];
            _arcs = [.. order.Select((list, from) => list.Select(to => network.EdgeIndexes[(from, to)]).ToArray())];
            _flow = new int[network.Edges.Count];
            (_before, _after) = (new int[network.NodeCount], new int[network.NodeCount]);
        }

        internal int[][] Paths(int source, int target)
        {
            Array.Clear(_flow);
            while (TryAugment(source, target))
            {
            }

            var paths = new List<List<int>>();
            var left = Saturated();
            foreach (var first in left.TryGetValue(source, out var starts) ? starts.ToArray() : [])
            {
                if (TryRebuild(source, first, target, left) is { } path)
                    paths.Add(path);
            }

            return [.. paths.OrderBy(path => path.Count).Take(PathCountMax).Select(path => EdgesOf(WithoutCycles(path)))];
        }

        private static void Add(List<int> list, int node)
        {
            if (!list.Contains(node))
                list.Add(node);
        }

        private bool TryAugment(int source, int target)
        {
            Array.Fill(_before, -1);
            Array.Fill(_after, -1);
            (_before[source], _after[target]) = (source, target);
            List<int> forward = [source], backward = [target];
            var meeting = -1;
            while (meeting < 0)
            {
                var isForward = forward.Count <= backward.Count;
                var next = isForward ? Forward(forward, out meeting) : Backward(backward, out meeting);
                if (meeting < 0 && next.Count == 0)
                    return false;
                (forward, backward) = isForward ? (next, backward) : (forward, next);
            }

            for (var node = meeting; node != source; node = _before[node])
                Push(_before[node], node);
            for (var node = meeting; node != target; node = _after[node])
                Push(node, _after[node]);
            return true;
        }

        private void Push(int from, int to)
        {
            _flow[_network.EdgeIndexes[(from, to)]]++;
            _flow[_network.EdgeIndexes[(to, from)]]--;
        }

        private List<int> Forward(List<int> frontier, out int meeting)
        {
            var next = new List<int>();
            meeting = -1;
            foreach (var node in frontier)
            {
                for (var i = 0; i < _next[node].Length; i++)
                {
                    var other = _next[node][i];
                    if (_before[other] >= 0 || _flow[_arcs[node][i]] >= 1)
                        continue;
                    _before[other] = node;
                    if (_after[other] >= 0)
                    {
                        meeting = other;
                        return next;
                    }

                    next.Add(other);
                }
            }

            return next;
        }

        private List<int> Backward(List<int> frontier, out int meeting)
        {
            var next = new List<int>();
            meeting = -1;
            foreach (var node in frontier)
            {
                foreach (var other in _next[node])
                {
                    if (_after[other] >= 0 || _flow[_network.EdgeIndexes[(other, node)]] >= 1)
                        continue;
                    _after[other] = node;
                    if (_before[other] >= 0)
                    {
                        meeting = other;
                        return next;
                    }

                    next.Add(other);
                }
            }

            return next;
        }

        private Dictionary<int, List<int>> Saturated()
        {
            var left = new Dictionary<int, List<int>>();
            for (var from = 0; from < _next.Length; from++)
            {
                for (var i = 0; i < _next[from].Length; i++)
                {
                    if (_flow[_arcs[from][i]] != 1)
                        continue;
                    if (!left.TryGetValue(from, out var list))
                        left.Add(from, list = []);
                    list.Add(_next[from][i]);
                }
            }

            return left;
        }

        private static List<int>? TryRebuild(int source, int first, int target, Dictionary<int, List<int>> left)
        {
            List<int> path = [source];
            for (var node = first; node != target;)
            {
                path.Add(node);
                if (!left.TryGetValue(node, out var list) || list.Count == 0)
                    return null;
                node = list[^1];
                list.RemoveAt(list.Count - 1);
            }

            path.Add(target);
            return path;
        }

        private static List<int> WithoutCycles(List<int> path)
        {
            var kept = new List<int>();
            foreach (var node in path)
            {
                var again = kept.IndexOf(node);
                if (again >= 0)
                    kept.RemoveRange(again, kept.Count - again);
                kept.Add(node);
            }

            return kept;
        }

        private int[] EdgesOf(List<int> path) =>
            [.. path.Zip(path.Skip(1), (from, to) => _network.EdgeIndexes[(from, to)])];
    }
}
