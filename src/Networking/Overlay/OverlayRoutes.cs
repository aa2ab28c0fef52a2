using System.Collections.Immutable;
using Meridian.Optimisation.Linear;

namespace Meridian.Networking.Overlay;

/// <summary>How many instances a depot may have in a part of the search.</summary>
internal readonly record struct InstanceRange(int Low, int High);

/// <summary>The best spread over routes with parts of instances allowed.</summary>
/// <param name="Cost">What it costs.</param>
/// <param name="Rates">The rate of each known route.</param>
/// <param name="Instances">The instances of each depot, in parts.</param>
internal sealed record RelaxedPlan(double Cost, double[] Rates, double[] Instances);

/// <summary>
/// The linear program over routes: the master of a column generation. A route through depots that no other route uses
/// brings their rows along.
/// </summary>
internal sealed class OverlayRoutes(OverlayProblem problem)
{
    private const int AddedPerRoundMax = 8;

    private readonly List<ImmutableArray<int>> _routes = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _depots = [problem.From, problem.To];

    internal IReadOnlyList<ImmutableArray<int>> All => _routes;

    /// <summary>The best spread over all routes that exist within the ranges, or none.</summary>
    internal RelaxedPlan? Solve(InstanceRange[] ranges)
    {
        while (true)
        {
            var (plan, prices) = SolveKnown(ranges);
            if (!TryAddCheaper(prices))
                return plan;
        }
    }

    /// <summary>The best spread over the routes known so far with so many instances.</summary>
    internal RelaxedPlan? SolveKnown(int[] instances) =>
        SolveKnown([.. instances.Select(count => new InstanceRange(count, count))]).Plan;

    /// <summary>What a unit of rate over the route costs on its way, at the rate wanted.</summary>
    private double EgressCost(ImmutableArray<int> route)
    {
        var cost = 0d;
        for (var hop = 1; hop < route.Length; hop++)
            cost += problem.PricePerGigabyte[problem.Pair(route[hop - 1], route[hop])];
        return cost * problem.Gigabytes / problem.GoalGbps;
    }

    private (RelaxedPlan? Plan, OverlayPrices Prices) SolveKnown(InstanceRange[] ranges)
    {
        var program = new LinearProgram(maximise: false);
        var goal = program.AddRow(problem.GoalGbps, problem.GoalGbps);
        // What stays behind costs more than any route, so that the program has a solution and tells what is missing.
        var behind = program.AddVariable(0, double.PositiveInfinity, OverlayPrices.Behind(problem));
        program.SetCoefficient(goal, behind, 1);
        var rows = new DepotRows?[ranges.Length];
        foreach (var depot in _depots)
            rows[depot] = DepotRows.Add(program, problem, depot, ranges[depot]);
        var variables = _routes.ConvertAll(route => AddRoute(program, goal, rows, route));
        var solution = program.Solve()
            ?? throw new InvalidOperationException("The program over routes has a solution: everything may stay behind.");

        var prices = new OverlayPrices(problem, ranges, -solution.RowPrices[goal], rows, solution.RowPrices);
        if (solution.Values[behind] > 1e-7 * problem.GoalGbps)
            return (null, prices);
        double[] instances = [.. rows.Select(row => row is null ? 0 : solution.Values[row.Instances])];
        return (new(solution.Objective, [.. variables.Select(variable => Math.Max(0, solution.Values[variable]))], instances), prices);
    }

    private int AddRoute(LinearProgram program, int goal, DepotRows?[] rows, ImmutableArray<int> route)
    {
        var variable = program.AddVariable(0, double.PositiveInfinity, EgressCost(route));
        program.SetCoefficient(goal, variable, 1);
        for (var hop = 1; hop < route.Length; hop++)
        {
            var share = 1 / problem.ThroughputGbps[problem.Pair(route[hop - 1], route[hop])];
            program.SetCoefficient(rows[route[hop - 1]]!.Sending, variable, share);
            program.SetCoefficient(rows[route[hop]]!.Receiving, variable, share);
        }

        foreach (var depot in route)
            program.SetCoefficient(rows[depot]!.Rate, variable, 1);
        return variable;
    }

    private bool TryAddCheaper(OverlayPrices prices)
    {
        var added = 0;
        foreach (var route in prices.CheaperRoutes())
        {
            if (!_known.Add(string.Join(' ', route)))
                continue;
            _routes.Add(route);
            _depots.UnionWith(route);
            if (++added == AddedPerRoundMax)
                break;
        }

        return added > 0;
    }
}

/// <summary>The rows that tie what goes through a depot to its instances.</summary>
/// <param name="Instances">The variable for the number of instances.</param>
/// <param name="Sending">Connections out.</param>
/// <param name="Receiving">Connections in.</param>
/// <param name="Rate">What an instance can send and receive; a relay does both at the same rate.</param>
internal sealed record DepotRows(int Instances, int Sending, int Receiving, int Rate)
{
    internal static DepotRows Add(LinearProgram program, OverlayProblem problem, int depot, InstanceRange range)
    {
        var instances = program.AddVariable(range.Low, range.High, problem.InstancePrice(depot));
        var rows = new DepotRows(
            instances, program.AddRow(double.NegativeInfinity, 0), program.AddRow(double.NegativeInfinity, 0),
            program.AddRow(double.NegativeInfinity, 0));
        program.SetCoefficient(rows.Sending, instances, -1);
        program.SetCoefficient(rows.Receiving, instances, -1);
        program.SetCoefficient(rows.Rate, instances, -RateOfOne(problem, depot));
        return rows;
    }

    internal static double RateOfOne(OverlayProblem problem, int depot)
    {
        var (egress, ingress) = (problem.Depots[depot].EgressGbps, problem.Depots[depot].IngressGbps);
        return depot == problem.From ? egress : depot == problem.To ? ingress : Math.Min(egress, ingress);
    }
}
