namespace Meridian.Optimisation.Packing;

/// <summary>Makes amounts fit: first cut where a resource is overloaded, then topped up where there is room.</summary>
internal static class Repair
{
    /// <summary>Cuts every column by the worst overload among its resources.</summary>
    internal static void CutToCapacities(PackingProblem problem, double[] amounts)
    {
        var loads = problem.LoadsOf(amounts);
        for (var column = 0; column < amounts.Length; column++)
        {
            if (amounts[column] == 0)
                continue;
            var factor = 1d;
            foreach (var resource in problem.ResourcesOf(column))
            {
                if (loads[resource] > problem.Capacities[resource])
                    factor = Math.Min(factor, problem.Capacities[resource] / loads[resource]);
            }

            amounts[column] *= factor;
        }
    }

    /// <summary>Keeps of every column what still fits when they come one after the other, the cheapest first.</summary>
    internal static void Fit(PackingProblem problem, double[] amounts, double[] prices)
    {
        var room = (double[])problem.Capacities.Clone();
        foreach (var column in ByCost(problem, prices, column => amounts[column] > 0))
            amounts[column] = Put(problem, column, amounts[column], room);
    }

    /// <summary>Gives what room is left to groups that have some amount out, the cheapest column first.</summary>
    internal static void TopUp(PackingProblem problem, double[] amounts, double[] prices)
    {
        var room = problem.LoadsOf(amounts);
        for (var i = 0; i < room.Length; i++)
            room[i] = problem.Capacities[i] - room[i];
        var outside = Outside(problem, amounts);
        var groups = GroupsOf(problem);
        bool Wants(int column) => outside[groups[column]] > 1e-9 * problem.Amounts[groups[column]];
        foreach (var column in ByCost(problem, prices, Wants))
        {
            var more = Put(problem, column, outside[groups[column]], room);
            amounts[column] += more;
            outside[groups[column]] -= more;
        }
    }

    /// <summary>What of each group is in no column.</summary>
    internal static double[] Outside(PackingProblem problem, double[] amounts)
    {
        var outside = (double[])problem.Amounts.Clone();
        for (var group = 0; group < outside.Length; group++)
        {
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
                outside[group] -= amounts[column];
        }

        return outside;
    }

    private static double Put(PackingProblem problem, int column, double wanted, double[] room)
    {
        foreach (var resource in problem.ResourcesOf(column))
            wanted = Math.Min(wanted, room[resource]);
        if (wanted <= 1e-12)
            return 0;
        foreach (var resource in problem.ResourcesOf(column))
            room[resource] -= wanted;
        return wanted;
    }

    private static int[] GroupsOf(PackingProblem problem)
    {
        var groups = new int[problem.ColumnCount];
        for (var group = 0; group < problem.GroupCount; group++)
            groups.AsSpan(problem.ColumnOffsets[group]..problem.ColumnOffsets[group + 1]).Fill(group);
        return groups;
    }

    private static int[] ByCost(PackingProblem problem, double[] prices, Func<int, bool> takes)
    {
        var columns = Enumerable.Range(0, problem.ColumnCount).Where(takes).ToArray();
        var costs = new double[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            foreach (var resource in problem.ResourcesOf(columns[i]))
                costs[i] += prices[resource];
        }

        Array.Sort(costs, columns);
        return columns;
    }
}
