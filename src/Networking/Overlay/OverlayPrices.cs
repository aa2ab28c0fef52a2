using System.Collections.Immutable;

namespace Meridian.Networking.Overlay;

/// <summary>What routes cost when connections and rates of depots have their prices of the moment.</summary>
internal sealed class OverlayPrices
{
    private readonly OverlayProblem _problem;
    private readonly InstanceRange[] _ranges;
    private readonly double _unit;
    private readonly double[] _sending;
    private readonly double[] _receiving;
    private readonly double[] _rate;

    internal OverlayPrices(
        OverlayProblem problem, InstanceRange[] ranges, double goalRowPrice, DepotRows?[] rows, double[] rowPrices)
    {
        (_problem, _ranges, _unit) = (problem, ranges, -goalRowPrice);
        (_sending, _receiving, _rate) = (new double[rows.Length], new double[rows.Length], new double[rows.Length]);
        for (var depot = 0; depot < rows.Length; depot++)
        {
            if (rows[depot] is { } row)
                (_sending[depot], _receiving[depot], _rate[depot]) = (-rowPrices[row.Sending], -rowPrices[row.Receiving], -rowPrices[row.Rate]);
            else if (ranges[depot].Low == 0) // Nothing runs there: what goes through has to pay for instances.
                _rate[depot] = problem.InstancePrice(depot) / DepotRows.RateOfOne(problem, depot);
        }
    }

    /// <summary>More than a unit of rate can cost over any route.</summary>
    internal static double Behind(OverlayProblem problem)
    {
        var dearest = problem.PricePerGigabyte.Max() * problem.Gigabytes / problem.GoalGbps;
        var instances = Enumerable.Range(0, problem.Depots.Length).Sum(depot => problem.InstancePrice(depot) * problem.Depots[depot].InstanceCountMax);
        return 10 * ((dearest * problem.Depots.Length) + (instances / problem.GoalGbps) + 1);
    }

    /// <summary>Routes that would lower the cost of the spread: for each depot the cheapest one through it, best first.</summary>
    internal IEnumerable<ImmutableArray<int>> CheaperRoutes()
    {
        var (fromFirst, before) = Tree(_problem.From, isForward: true);
        var (toLast, after) = Tree(_problem.To, isForward: false);
        var limit = _unit - (1e-7 * Math.Abs(_unit));
        return Enumerable.Range(0, _ranges.Length)
            .Select(depot => (Depot: depot, Price: fromFirst[depot] + toLast[depot] - _rate[depot]))
            .Where(via => via.Price < limit)
            .OrderBy(via => via.Price).ThenBy(via => via.Depot)
            .Select(via => Route(via.Depot, before, after))
            .Where(route => route.Distinct().Count() == route.Length);
    }

    private static ImmutableArray<int> Route(int via, int[] before, int[] after)
    {
        var route = new List<int>();
        for (var depot = via; depot >= 0; depot = before[depot])
            route.Add(depot);
        route.Reverse();
        for (var depot = after[via]; depot >= 0; depot = after[depot])
            route.Add(depot);
        return [.. route];
    }

    /// <summary>The least price from one end to every depot, its own rate included (Dijkstra over all pairs).</summary>
    private (double[] Prices, int[] Neighbours) Tree(int end, bool isForward)
    {
        var (prices, neighbours, settled) = (new double[_ranges.Length], new int[_ranges.Length], new bool[_ranges.Length]);
        Array.Fill(prices, double.PositiveInfinity);
        Array.Fill(neighbours, -1);
        prices[end] = _rate[end];
        while (true)
        {
            var nearest = -1;
            for (var depot = 0; depot < prices.Length; depot++)
            {
                if (!settled[depot] && !double.IsPositiveInfinity(prices[depot]) && (nearest < 0 || prices[depot] < prices[nearest]))
                    nearest = depot;
            }

            if (nearest < 0)
                return (prices, neighbours);
            settled[nearest] = true;
            for (var next = 0; next < prices.Length; next++)
            {
                var hop = isForward ? HopPrice(nearest, next) : HopPrice(next, nearest);
                if (settled[next] || _ranges[next].High == 0 || prices[nearest] + hop + _rate[next] >= prices[next])
                    continue;
                (prices[next], neighbours[next]) = (prices[nearest] + hop + _rate[next], nearest);
            }
        }
    }

    private double HopPrice(int from, int to)
    {
        var pair = _problem.Pair(from, to);
        var throughput = _problem.ThroughputGbps[pair];
        return throughput <= 0
            ? double.PositiveInfinity
            : (_problem.PricePerGigabyte[pair] * _problem.Gigabytes / _problem.GoalGbps) + ((_sending[from] + _receiving[to]) / throughput);
    }
}
