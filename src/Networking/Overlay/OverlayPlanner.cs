using System.Collections.Immutable;

namespace Meridian.Networking.Overlay;

/// <summary>
/// The cheapest overlay for a rate: routes over relay depots with whole instances (the program of Skyplane, NSDI 2023).
/// Solved by branch and price: the program over routes with parts of instances bounds every plan, routes join while
/// they lower it, and the number of instances at a depot is branched on until the best plan is near enough to the bound.
/// </summary>
public static class OverlayPlanner
{
    private const int BranchMax = 400;

    /// <summary>Plans the transfer, or none when the depots cannot reach the rate.</summary>
    /// <param name="problem">The depots, what they can do and what is wanted.</param>
    /// <param name="gapWanted">The share over the bound at which the search ends.</param>
    public static OverlayPlan? Plan(OverlayProblem problem, double gapWanted = 0.001)
    {
        problem.Check();
        var search = new Search(problem, gapWanted);
        return search.Run();
    }

    private sealed class Search(OverlayProblem problem, double gapWanted)
    {
        private readonly OverlayRoutes _routes = new(problem);
        private readonly PriorityQueue<(InstanceRange[] Ranges, RelaxedPlan Plan), (double Cost, int Order)> _open = new();
        private OverlayPlan? _best;
        private double _leftOut = double.PositiveInfinity;
        private int _order;

        internal OverlayPlan? Run()
        {
            Open([.. problem.Depots.Select(depot => new InstanceRange(0, depot.InstanceCountMax))]);
            for (var branch = 0; branch < BranchMax && _open.TryPeek(out var node, out var key) && !IsNear(key.Cost); branch++)
            {
                _open.Dequeue();
                var depot = MostUndecided(node.Plan.Instances);
                if (depot < 0)
                    continue; // Whole already: the plan made from it costs no more than the bound.
                var low = (int)Math.Floor(node.Plan.Instances[depot] + 1e-6);
                Open(Narrowed(node.Ranges, depot, node.Ranges[depot] with { High = low }));
                Open(Narrowed(node.Ranges, depot, node.Ranges[depot] with { Low = low + 1 }));
            }

            if (_open.TryPeek(out _, out var next))
                _leftOut = Math.Min(_leftOut, next.Cost);
            return _best is null ? null : _best with { Bound = Math.Min(_leftOut, _best.Cost) };
        }

        private static InstanceRange[] Narrowed(InstanceRange[] ranges, int depot, InstanceRange range)
        {
            var narrowed = (InstanceRange[])ranges.Clone();
            narrowed[depot] = range;
            return narrowed;
        }

        private static int MostUndecided(double[] instances)
        {
            var (most, found) = (1e-6, -1);
            for (var depot = 0; depot < instances.Length; depot++)
            {
                var part = Math.Abs(instances[depot] - Math.Round(instances[depot]));
                if (part > most)
                    (most, found) = (part, depot);
            }

            return found;
        }

        private bool IsNear(double bound) => _best is not null && _best.Cost <= bound * (1 + gapWanted);

        private void Open(InstanceRange[] ranges)
        {
            if (_routes.Solve(ranges) is not { } plan)
                return;
            TakeWhole(plan);
            if (IsNear(plan.Cost))
                _leftOut = Math.Min(_leftOut, plan.Cost);
            else
                _open.Enqueue((ranges, plan), (plan.Cost, _order++));
        }

        /// <summary>Makes a plan of it: instances in whole numbers, and the routes that are cheapest with those.</summary>
        private void TakeWhole(RelaxedPlan relaxed)
        {
            int[] counts = [.. relaxed.Instances.Select(count => (int)Math.Ceiling(count - 1e-6))];
            if (_routes.SolveKnown(counts) is not { } plan)
                return;
            ImmutableArray<OverlayRoute> routes =
            [
                .. plan.Rates.Select((rate, index) => (rate, index)).Where(pair => pair.rate > 1e-9 * problem.GoalGbps)
                    .Select(pair => new OverlayRoute(_routes.All[pair.index], pair.rate)),
            ];
            var instanceCost = counts.Select((count, depot) => count * problem.InstancePrice(depot)).Sum();
            if (_best is null || plan.Cost < _best.Cost)
                _best = new(routes, [.. counts], plan.Cost - instanceCost, instanceCost, Bound: double.NegativeInfinity);
        }
    }
}
