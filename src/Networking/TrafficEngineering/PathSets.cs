using Meridian.Networking.Topologies;
using Meridian.Optimisation.Packing;

namespace Meridian.Networking.TrafficEngineering;

/// <summary>Chains of links, by index, that each demand may use. The list of a demand may grow.</summary>
internal sealed class PathSets(Topology topology, IReadOnlyList<TrafficRequest> requests)
{
    private readonly List<int[]>[] _paths = [.. requests.Select(_ => new List<int[]>())];

    internal IReadOnlyList<List<int[]>> Paths => _paths;

    /// <summary>
    /// Adds for each demand the cheapest chain at the prices when it is cheaper than what the demand has; returns the
    /// sum over demands of rate times least price, infinite when a demand has no way at all.
    /// </summary>
    internal double AddCheapest(double[] prices, out int addedCount)
    {
        addedCount = 0;
        var sum = 0d;
        foreach (var group in Enumerable.Range(0, requests.Count).GroupBy(request => requests[request].From))
        {
            var tree = new CheapestTree(topology, prices, group.Key);
            foreach (var request in group)
            {
                var least = tree.PriceTo(requests[request].To);
                sum += requests[request].RateBitsPerSecond * least;
                if (double.IsPositiveInfinity(least))
                    continue;
                var known = _paths[request].Count == 0
                    ? double.PositiveInfinity : _paths[request].Min(path => path.Sum(link => prices[link]));
                if (least >= known * (1 - 1e-7))
                    continue;
                var links = tree.PathTo(requests[request].To);
                if (_paths[request].Exists(path => path.AsSpan().SequenceEqual(links)))
                    continue;
                _paths[request].Add(links);
                addedCount++;
            }
        }

        return sum;
    }

    /// <summary>Adds a chain to those of a demand.</summary>
    internal void Add(int request, int[] links) => _paths[request].Add(links);

    internal PackingProblem Problem(double[] capacities)
    {
        var columns = new int[requests.Count + 1];
        var offsets = new List<int> { 0 };
        var links = new List<int>();
        for (var request = 0; request < requests.Count; request++)
        {
            columns[request + 1] = columns[request] + _paths[request].Count;
            foreach (var path in _paths[request])
            {
                links.AddRange(path);
                offsets.Add(links.Count);
            }
        }

        double[] amounts = [.. requests.Select(request => (double)request.RateBitsPerSecond)];
        return new(capacities, amounts, columns, [.. offsets], [.. links]);
    }
}

/// <summary>The cheapest chains of links from one point to all others.</summary>
internal sealed class CheapestTree
{
    private readonly Topology _topology;
    private readonly int _from;
    private readonly double[] _prices;
    private readonly int[] _arrivals;

    internal CheapestTree(Topology topology, double[] linkPrices, int from)
    {
        (_topology, _from) = (topology, from);
        _prices = new double[topology.Points.Length];
        Array.Fill(_prices, double.PositiveInfinity);
        _arrivals = new int[_prices.Length];
        _prices[from] = 0;
        var queue = new PriorityQueue<int, (double, int)>();
        queue.Enqueue(from, (0, from));
        while (queue.TryDequeue(out var point, out var key))
        {
            if (key.Item1 > _prices[point])
                continue;
            foreach (var link in topology.Outgoing(point))
            {
                var next = topology.End(link);
                if (topology.Links[link].Capacity.BitsPerSecond == 0 || _prices[point] + linkPrices[link] >= _prices[next])
                    continue;
                (_prices[next], _arrivals[next]) = (_prices[point] + linkPrices[link], link);
                queue.Enqueue(next, (_prices[next], next));
            }
        }
    }

    internal double PriceTo(int point) => _prices[point];

    internal int[] PathTo(int point)
    {
        var links = new List<int>();
        for (; point != _from; point = _topology.Begin(_arrivals[point]))
            links.Add(_arrivals[point]);
        links.Reverse();
        return [.. links];
    }
}
