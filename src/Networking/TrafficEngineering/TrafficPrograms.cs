using System.Collections.Immutable;
using Meridian.Networking.Topologies;
using Meridian.Optimisation.Linear;
using Meridian.Optimisation.Packing;

namespace Meridian.Networking.TrafficEngineering;

/// <summary>
/// Spreads demands over a network near the optimum. Paths are found as they are needed: the program over the paths so
/// far gives prices of links, the cheapest paths at these prices join, and their cost bounds every plan over all paths
/// (column generation: Ford and Fulkerson 1958; Dantzig and Wolfe 1960). It ends when the gap is small enough.
/// </summary>
public static class TrafficPrograms
{
    private const int RoundMax = 60;
    private const int IdleRoundMax = 6;
    private const int ExactPathCountMax = 6_000;
    private const double ExactRatioMax = 1.1;
    private const double BitsPerGigabyte = 8e9;

    /// <summary>
    /// Routes every demand so that the largest utilisation of a link is least; the value is that utilisation, 1 at
    /// capacity. None when a demand has no way over links with capacity.
    /// </summary>
    public static TrafficPlan? LeastUtilisation(
        Topology topology, IReadOnlyList<TrafficRequest> requests, double gapWanted = 0.005)
    {
        var capacities = Capacities(topology);
        var sets = new PathSets(topology, requests);
        var prices = Normal(Array.ConvertAll(capacities, capacity => 1 / capacity), capacities);
        if (double.IsPositiveInfinity(sets.AddCheapest(prices, out _)))
            return null;

        var (bound, idleCount) = (0d, 0);
        double[]? warm = null;
        TrafficPlan? best = null;
        for (var round = 0; ; round++)
        {
            var problem = sets.Problem(capacities);
            // The prices of a vertex say little while the paths are few; smoothed ones lead to better paths then.
            var isNear = best is not null && best.Value <= bound * ExactRatioMax;
            var result = problem.ColumnCount <= ExactPathCountMax && (isNear || round % 2 == 1)
                ? LeastLoad.SolveExactly(problem)
                : LeastLoad.Solve(problem, Options(round, gapWanted), warm);
            var (boundBefore, valueBefore) = (bound, best?.Value ?? double.PositiveInfinity);
            if (result.Value < valueBefore)
                best = new(Flows(sets, PathCounts(sets), result.Amounts), result.Value, bound);
            // Prices of a vertex jump about from round to round; half way to the best so far, they settle sooner.
            foreach (var mix in (double[])[1, 0.5])
            {
                double[] mixed = [.. result.Prices.Zip(prices, (now, best) => (mix * now) + ((1 - mix) * best))];
                var spent = mixed.Zip(capacities, (price, capacity) => price * capacity).Sum();
                if (spent <= 0 || sets.AddCheapest(mixed, out _) / spent is var proven && proven <= bound)
                    continue;
                (bound, warm) = (proven, mixed);
            }

            prices = Normal(warm ?? prices, capacities);
            idleCount = bound > boundBefore * (1 + 1e-6) || best!.Value < valueBefore * (1 - 1e-6) ? 0 : idleCount + 1;
            if (round == RoundMax || idleCount == IdleRoundMax || best!.Value <= bound * (1 + gapWanted))
                return best! with { Bound = bound };
        }
    }

    private static double[] Normal(double[] prices, double[] capacities)
    {
        var spent = prices.Zip(capacities, (price, capacity) => price * capacity).Sum();
        return Array.ConvertAll(prices, price => price / spent);
    }

    /// <summary>
    /// Routes every demand over its given paths at the least cost within the capacities; the value and the bound are
    /// the cost per second in the unit of the prices. Exact. None when the demands do not fit.
    /// </summary>
    /// <param name="topology">The network.</param>
    /// <param name="requests">The demands.</param>
    /// <param name="pathsByRequest">For each demand the paths that it may use, each as link indexes.</param>
    /// <param name="hourOfDay">The hour of the UTC day whose prices count.</param>
    public static TrafficPlan? LeastCost(
        Topology topology, IReadOnlyList<TrafficRequest> requests, IReadOnlyList<IReadOnlyList<int[]>> pathsByRequest,
        int hourOfDay)
    {
        var sets = Given(topology, requests, pathsByRequest);
        var program = new LinearProgram(maximise: false);
        var capacities = Capacities(topology);
        var rows = Array.ConvertAll(capacities, capacity => program.AddRow(double.NegativeInfinity, capacity / BitsPerGigabyte));
        for (var request = 0; request < requests.Count; request++)
        {
            var rate = requests[request].RateBitsPerSecond / BitsPerGigabyte;
            var whole = program.AddRow(rate, rate);
            foreach (var path in sets.Paths[request])
            {
                var price = path.Sum(link => topology.Links[link].PricePerGigabyte.Amounts[hourOfDay]);
                var variable = program.AddVariable(0, double.PositiveInfinity, (double)price);
                program.SetCoefficient(whole, variable, 1);
                foreach (var link in path)
                    program.SetCoefficient(rows[link], variable, 1);
            }
        }

        if (program.Solve() is not { } solution)
            return null;
        var amounts = Array.ConvertAll(solution.Values, value => value * BitsPerGigabyte);
        return new(Flows(sets, PathCounts(sets), amounts), solution.Objective, solution.Objective);
    }

    /// <summary>
    /// Routes the same share of every demand, at most all of it, so that the share is largest; the value is the share.
    /// </summary>
    public static TrafficPlan? ConcurrentFlow(
        Topology topology, IReadOnlyList<TrafficRequest> requests, double gapWanted = 0.005)
    {
        if (LeastUtilisation(topology, requests, gapWanted) is not { } plan)
            return null;
        var share = plan.Value <= 1 ? 1 : 1 / plan.Value;
        return new(
            [.. plan.Flows.Select(flow => flow with { RateBitsPerSecond = flow.RateBitsPerSecond * share })],
            share,
            plan.Bound <= 1 ? 1 : 1 / plan.Bound);
    }

    /// <summary>
    /// Carries as much as possible in total over the given paths of each demand; the value is the total in bits per
    /// second, and the bound holds for these paths.
    /// </summary>
    /// <param name="topology">The network.</param>
    /// <param name="requests">The demands.</param>
    /// <param name="pathsByRequest">For each demand the paths that it may use, each as link indexes.</param>
    public static TrafficPlan TotalFlow(
        Topology topology, IReadOnlyList<TrafficRequest> requests, IReadOnlyList<IReadOnlyList<int[]>> pathsByRequest)
    {
        var sets = Given(topology, requests, pathsByRequest);
        var result = TotalPacking.Solve(sets.Problem(Capacities(topology)));
        return new(Flows(sets, PathCounts(sets), result.Amounts), result.Value, result.Bound);
    }

    private static PathSets Given(
        Topology topology, IReadOnlyList<TrafficRequest> requests, IReadOnlyList<IReadOnlyList<int[]>> pathsByRequest)
    {
        var sets = new PathSets(topology, requests);
        for (var request = 0; request < requests.Count; request++)
        {
            foreach (var path in pathsByRequest[request])
                sets.Add(request, path);
        }

        return sets;
    }

    private static int[] PathCounts(PathSets sets) => [.. sets.Paths.Select(paths => paths.Count)];

    private static PackingOptions Options(int round, double gapWanted) =>
        new()
        {
            TemperatureFirst = round == 0 ? 1 : 0.1,
            TemperatureLast = 0.003 / (1 + (round / 4)),
            TemperatureFactor = 0.3,
            GapWanted = gapWanted / 4,
            ImprovementCountMax = 1,
        };

    /// <summary>Links without capacity are in no path; their number only has to be positive.</summary>
    private static double[] Capacities(Topology topology) =>
        [.. topology.Links.Select(link => Math.Max(1d, link.Capacity.BitsPerSecond))];

    private static ImmutableArray<TrafficFlow> Flows(PathSets sets, int[] pathCounts, double[] amounts)
    {
        var flows = ImmutableArray.CreateBuilder<TrafficFlow>();
        var column = 0;
        for (var request = 0; request < sets.Paths.Count; request++)
        {
            foreach (var path in sets.Paths[request].Take(pathCounts[request]))
            {
                if (amounts[column] > 0)
                    flows.Add(new(request, [.. path], amounts[column]));
                column++;
            }
        }

        return flows.ToImmutable();
    }
}
