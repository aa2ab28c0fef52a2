using Meridian.Optimisation.Linear;

namespace Meridian.Optimisation.Packing;

/// <summary>Improves a feasible packing by a linear program over a few groups while all others stay where they are.</summary>
internal static class Improvement
{
    private const double GainWanted = 0.02; // Of what is missing to the bound.

    /// <summary>Improves the amounts in place, one program after the other, until the value is near enough to the bound.</summary>
    internal static void OfTotal(
        PackingProblem problem, double[] amounts, double[] prices, double bound, PackingOptions options)
    {
        var undecided = Undecided(problem, prices);
        var size = options.TotalGroupCountMax;
        var (last, idle) = (amounts.Sum(), 0);
        for (var round = 0; round < options.ImprovementCountMax && round * size < undecided.Length; round++)
        {
            options.Trace?.Invoke($"total {last:f2}");
            // After two programs that gained next to nothing of what is missing the rest, which are more decided still, will not either.
            if (last >= bound * (1 - options.GapWanted) || idle == 2)
                return;
            Step(problem, amounts, undecided[(round * size)..Math.Min(undecided.Length, (round + 1) * size)]);
            Repair.TopUp(problem, amounts, prices);
            var now = amounts.Sum();
            (last, idle) = (now, now - last < GainWanted * (bound - last) ? idle + 1 : 0);
        }
    }

    /// <summary>Lowers the largest load of a complete spread, moving the groups that use the most loaded resources.</summary>
    internal static void OfLoad(PackingProblem problem, double[] amounts, double bound, PackingOptions options)
    {
        for (var round = 0; round < options.ImprovementCountMax; round++)
        {
            var largest = LargestLoad(problem, amounts);
            options.Trace?.Invoke($"load {largest:g6} bound {bound:g6}");
            if (largest <= bound * (1 + options.GapWanted) || !TryLower(problem, amounts, largest, options.LoadGroupCountMax))
                return;
        }
    }

    /// <summary>The largest load over capacity.</summary>
    internal static double LargestLoad(PackingProblem problem, double[] amounts) =>
        problem.LoadsOf(amounts).Zip(problem.Capacities, (load, capacity) => load / capacity).Max();

    private static bool TryLower(PackingProblem problem, double[] amounts, double largest, int groupCountMax)
    {
        var groups = Heaviest(problem, amounts, largest, groupCountMax);
        var fixedLoads = problem.LoadsOf(amounts);
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var rows = new int[problem.ResourceCount];
        for (var resource = 0; resource < rows.Length; resource++)
        {
            rows[resource] = program.AddRow(double.NegativeInfinity, 0);
            program.SetCoefficient(rows[resource], level, -1);
        }

        var columns = new List<int>();
        foreach (var group in groups)
        {
            var row = program.AddRow(problem.Amounts[group], problem.Amounts[group]);
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
            {
                columns.Add(column);
                var variable = program.AddVariable(0, double.PositiveInfinity, objective: 0);
                program.SetCoefficient(row, variable, 1);
                foreach (var resource in problem.ResourcesOf(column))
                {
                    fixedLoads[resource] -= amounts[column];
                    program.SetCoefficient(rows[resource], variable, 1 / problem.Capacities[resource]);
                }
            }
        }

        for (var resource = 0; resource < rows.Length; resource++)
            program.SetRowBounds(rows[resource], double.NegativeInfinity, -fixedLoads[resource] / problem.Capacities[resource]);
        if (program.Solve() is not { } solution || solution.Objective >= largest * (1 - 1e-9))
            return false;
        for (var i = 0; i < columns.Count; i++)
            amounts[columns[i]] = Math.Max(0, solution.Values[i + 1]);
        return true;
    }

    /// <summary>The groups that have a choice and put the most on resources near the largest load.</summary>
    private static int[] Heaviest(PackingProblem problem, double[] amounts, double largest, int countMax)
    {
        var loads = problem.LoadsOf(amounts);
        var groups = Enumerable.Range(0, problem.GroupCount)
            .Where(group => problem.ColumnOffsets[group + 1] - problem.ColumnOffsets[group] > 1 && problem.Amounts[group] > 0).ToArray();
        var keys = new double[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            for (var column = problem.ColumnOffsets[groups[i]]; column < problem.ColumnOffsets[groups[i] + 1]; column++)
            {
                foreach (var resource in problem.ResourcesOf(column))
                    keys[i] -= loads[resource] >= 0.97 * largest * problem.Capacities[resource] ? amounts[column] : 0;
            }
        }

        Array.Sort(keys, groups);
        return groups[..Math.Min(countMax, groups.Length)];
    }

    private static void Step(PackingProblem problem, double[] amounts, int[] groups)
    {
        var room = problem.LoadsOf(amounts);
        for (var i = 0; i < room.Length; i++)
            room[i] = problem.Capacities[i] - room[i];
        foreach (var group in groups)
        {
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
            {
                foreach (var resource in problem.ResourcesOf(column))
                    room[resource] += amounts[column];
            }
        }

        var program = new LinearProgram(maximise: true);
        var columns = AddGroups(program, problem, groups, room);
        if (program.Solve() is not { } solution)
            return;
        for (var i = 0; i < columns.Count; i++)
            amounts[columns[i]] = Math.Max(0, solution.Values[i]);
        Repair.CutToCapacities(problem, amounts);
    }

    private static List<int> AddGroups(LinearProgram program, PackingProblem problem, int[] groups, double[] room)
    {
        var columns = new List<int>();
        var rows = new int[problem.ResourceCount];
        Array.Fill(rows, -1);
        foreach (var group in groups)
        {
            var row = program.AddRow(double.NegativeInfinity, problem.Amounts[group]);
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
            {
                columns.Add(column);
                var variable = program.AddVariable(0, double.PositiveInfinity, objective: 1);
                program.SetCoefficient(row, variable, 1);
                foreach (var resource in problem.ResourcesOf(column))
                {
                    if (rows[resource] < 0)
                        rows[resource] = program.AddRow(double.NegativeInfinity, Math.Max(0, room[resource]));
                    program.SetCoefficient(rows[resource], variable, 1);
                }
            }
        }

        return columns;
    }

    /// <summary>The groups by how little their best two choices differ in cost, the nearest first.</summary>
    private static int[] Undecided(PackingProblem problem, double[] prices)
    {
        var groups = Enumerable.Range(0, problem.GroupCount)
            .Where(group => problem.Amounts[group] > 0 && problem.ColumnOffsets[group] < problem.ColumnOffsets[group + 1])
            .ToArray();
        var keys = new double[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            var (least, second) = (1d, double.PositiveInfinity);
            for (var column = problem.ColumnOffsets[groups[i]]; column < problem.ColumnOffsets[groups[i] + 1]; column++)
            {
                var cost = 0d;
                foreach (var resource in problem.ResourcesOf(column))
                    cost += prices[resource];
                (least, second) = cost < least ? (cost, least) : (least, Math.Min(second, cost));
            }

            keys[i] = second - least;
        }

        Array.Sort(keys, groups);
        return groups;
    }
}
