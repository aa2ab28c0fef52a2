using System.Collections.Immutable;
using Meridian.Optimisation.Linear;

namespace Meridian.Networking.Offpeak;

/// <summary>
/// Sends data at the least cost before its deadlines: a multi-commodity flow over the time-expanded network (Ford and
/// Fulkerson 1958) with storage at the points, solved by column generation. The program over the routes so far gives a
/// price to each link and slot that is full; a sweep over the slots finds the cheapest route of each transfer at these
/// prices; routes that are cheaper join. Their cost bounds every plan.
/// </summary>
public static class OffpeakPlanner
{
    private const int RoundMax = 60;

    /// <summary>Plans all transfers together.</summary>
    /// <param name="problem">The network and the transfers.</param>
    /// <param name="gapWanted">The share over the least cost at which the search ends.</param>
    public static OffpeakPlan Plan(OffpeakProblem problem, double gapWanted = 0.002)
    {
        var late = LatePrice(problem);
        var master = new Master(problem, late);
        var full = new double[problem.FreeGigabytes.Length];
        var bound = double.NegativeInfinity;
        for (var round = 0; ; round++)
        {
            bound = Math.Max(bound, AddCheapest(problem, master, full, late));
            var cost = master.Solve(full);
            if (round == RoundMax || cost <= bound + (gapWanted * Math.Abs(cost)) + 1e-9)
                return master.Plan(bound);
        }
    }

    /// <summary>More than any route can cost, so that nothing stays behind that could arrive.</summary>
    private static double LatePrice(OffpeakProblem problem)
    {
        var dearest = problem.PricePerGigabyte.DefaultIfEmpty().Max() * problem.PointCount;
        var kept = problem.StoragePricePerGigabyteSlot.DefaultIfEmpty().Max() * problem.SlotCount;
        return 10 * (1 + dearest + kept);
    }

    private static double AddCheapest(OffpeakProblem problem, Master master, double[] full, double late)
    {
        var bound = 0d;
        for (var cell = 0; cell < full.Length; cell++)
            bound -= full[cell] == 0 ? 0 : full[cell] * problem.FreeGigabytes[cell];
        var sweeps = Enumerable.Range(0, problem.Transfers.Length)
            .GroupBy(index => (problem.Transfers[index].From, problem.Transfers[index].FirstSlot));
        foreach (var group in sweeps)
        {
            var sweep = new SlotSweep(problem, full, group.Key.From, group.Key.FirstSlot, group.Max(index => problem.Transfers[index].LastSlot));
            foreach (var index in group)
            {
                var transfer = problem.Transfers[index];
                var price = sweep.PriceAt(transfer.To, transfer.LastSlot);
                bound += transfer.Gigabytes * Math.Min(price, late);
                if (price < late)
                    master.Add(index, sweep.RouteTo(transfer.To, transfer.LastSlot));
            }
        }

        return bound;
    }

    /// <summary>The program over the routes so far. Rows of links and slots join when a route crosses them.</summary>
    private sealed class Master(OffpeakProblem problem, double late)
    {
        private readonly List<(int Transfer, (int Link, int Slot)[] Steps, double Price)> _routes = [];
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private double[] _amounts = [];

        internal void Add(int transfer, (int Link, int Slot)[] steps)
        {
            if (_known.Add(transfer + ":" + string.Join(' ', steps)))
                _routes.Add((transfer, steps, PriceOf(problem.Transfers[transfer], steps)));
        }

        internal double Solve(double[] full)
        {
            var program = new LinearProgram(maximise: false);
            var transferRows = problem.Transfers.Select(transfer => program.AddRow(transfer.Gigabytes, transfer.Gigabytes)).ToArray();
            foreach (var row in transferRows)
                program.SetCoefficient(row, program.AddVariable(0, double.PositiveInfinity, late), 1);
            var cells = new SortedDictionary<int, int>();
            foreach (var (transfer, steps, price) in _routes)
            {
                var variable = program.AddVariable(0, double.PositiveInfinity, price);
                program.SetCoefficient(transferRows[transfer], variable, 1);
                foreach (var (link, slot) in steps)
                {
                    var cell = problem.Cell(link, slot);
                    if (!cells.TryGetValue(cell, out var row))
                        cells.Add(cell, row = program.AddRow(double.NegativeInfinity, problem.FreeGigabytes[cell]));
                    program.SetCoefficient(row, variable, 1);
                }
            }

            var solution = program.Solve()
                ?? throw new InvalidOperationException("The program over routes has a solution: everything may be late.");
            Array.Clear(full);
            foreach (var (cell, row) in cells)
                full[cell] = Math.Max(0, -solution.RowPrices[row]);
            _amounts = solution.Values;
            return solution.Objective;
        }

        internal OffpeakPlan Plan(double bound)
        {
            var offset = problem.Transfers.Length;
            var routes = Enumerable.Range(0, _routes.Count).Where(i => _amounts.Length > i + offset && _amounts[i + offset] > 1e-9)
                .OrderBy(i => _routes[i].Transfer)
                .Select(i => new OffpeakRoute(_routes[i].Transfer, [.. _routes[i].Steps], _amounts[i + offset])).ToImmutableArray();
            var behind = _amounts.Take(offset).Sum();
            var cost = Enumerable.Range(0, _routes.Count).Sum(i => _routes[i].Price * _amounts[i + offset]);
            return new(routes, cost, bound - (behind * late), behind <= 1e-9 ? 0 : behind);
        }

        private double PriceOf(OffpeakTransfer transfer, (int Link, int Slot)[] steps)
        {
            var (price, point, since) = (0d, transfer.From, transfer.FirstSlot);
            foreach (var (link, slot) in steps)
            {
                price += (slot - since) * problem.StoragePricePerGigabyteSlot[point];
                price += problem.PricePerGigabyte[problem.Cell(link, slot)];
                (point, since) = (problem.Links[link].To, slot + 1);
            }

            return price + (Math.Max(0, transfer.LastSlot + 1 - since) * problem.StoragePricePerGigabyteSlot[point]);
        }
    }
}
