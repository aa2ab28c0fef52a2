using Meridian.Optimisation.Linear;
using Meridian.Primitives;

namespace Meridian.Optimisation.Packing;

/// <summary>
/// Spreads every group wholly over its columns so that the largest load of a resource, as a share of its capacity, is
/// least. With prices y, the dual is to make the groups' least cost G(y) large against the price of all capacities
/// C(y); C(y) - log G(y) is convex, has its least value where the two agree, and there the spread loads no resource
/// more than G. It is solved with G smoothed at a falling temperature. Of the spreads met on the way the best mixture is
/// taken, and a linear program over the groups on the most loaded resources ends the work. The prices prove a lower bound.
/// </summary>
public static class LeastLoad
{
    /// <summary>Solves the problem near the optimum; the value is the largest load, 1 at capacity.</summary>
    /// <param name="problem">The problem; every group with an amount has a column.</param>
    /// <param name="options">How hard to try; temperatures are shares of the mean cost of a unit.</param>
    /// <param name="warmPrices">Prices of a similar problem to begin from.</param>
    public static PackingResult Solve(
        PackingProblem problem, PackingOptions? options = null, double[]? warmPrices = null)
    {
        options ??= new() { TemperatureFirst = 1, TemperatureLast = 0.008, TemperatureFactor = 0.3, Tolerance = 1e-4, ImprovementCountMax = 3 };
        for (var group = 0; group < problem.GroupCount; group++)
        {
            Invariant.Holds(
                problem.Amounts[group] == 0 || problem.ColumnOffsets[group] < problem.ColumnOffsets[group + 1],
                "every group with an amount has a column");
        }

        if (Array.TrueForAll(problem.Amounts, amount => amount == 0))
            return new(new double[problem.ColumnCount], 0, 0, new double[problem.ResourceCount], 0);
        var search = new Search(problem, options, warmPrices);
        search.Run();
        var amounts = search.Spreads.LeastLoaded();
        Improvement.OfLoad(problem, amounts, search.Bound, options);
        return new(amounts, Improvement.LargestLoad(problem, amounts), search.Bound, search.BestPrices, search.EvaluationCount);
    }

    /// <summary>Solves a small problem exactly by the simplex method; the prices are those of its optimum.</summary>
    public static PackingResult SolveExactly(PackingProblem problem)
    {
        var unit = Math.Max(problem.Amounts.Max(), double.Epsilon);
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var rows = Array.ConvertAll(problem.Capacities, _ => program.AddRow(double.NegativeInfinity, 0));
        for (var resource = 0; resource < rows.Length; resource++)
            program.SetCoefficient(rows[resource], level, -1);
        for (var group = 0; group < problem.GroupCount; group++)
        {
            var row = program.AddRow(problem.Amounts[group] / unit, problem.Amounts[group] / unit);
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
            {
                var variable = program.AddVariable(0, double.PositiveInfinity, objective: 0);
                program.SetCoefficient(row, variable, 1);
                foreach (var resource in problem.ResourcesOf(column))
                    program.SetCoefficient(rows[resource], variable, unit / problem.Capacities[resource]);
            }
        }

        var solution = program.Solve();
        Invariant.Holds(solution is not null, "a complete spread exists when every group has a column");
        double[] amounts = [.. solution.Values.Skip(1).Select(value => Math.Max(0, value) * unit)];
        double[] prices = [.. problem.Capacities.Select((capacity, i) => Math.Abs(solution.RowPrices[rows[i]]) / capacity)];
        return new(amounts, Improvement.LargestLoad(problem, amounts), solution.Objective, prices, EvaluationCount: 0);
    }

    private sealed class Search
    {
        private readonly PackingProblem _problem;
        private readonly PackingOptions _options;
        private readonly SmoothedPrices _smoothed;
        private readonly double[] _prices;
        private readonly double _total;
        private double _temperature;

        internal Search(PackingProblem problem, PackingOptions options, double[]? warmPrices)
        {
            (_problem, _options) = (problem, options);
            _smoothed = new(problem, priceOut: double.PositiveInfinity);
            _total = problem.Amounts.Sum();
            _prices = First(problem, warmPrices);
            BestPrices = _prices;
            Spreads = new(problem, _smoothed);
        }

        internal SpreadMixture Spreads { get; }

        internal double Bound { get; private set; }

        internal double[] BestPrices { get; private set; }

        internal int EvaluationCount { get; private set; }

        internal void Run()
        {
            var descent = new BoundedDescent(_problem.ResourceCount);
            for (var share = _options.TemperatureFirst; share >= _options.TemperatureLast; share *= _options.TemperatureFactor)
            {
                _temperature = share / _total; // At the optimum the capacities cost 1 in sum, and so do the groups.
                var (last, calm) = (double.PositiveInfinity, 0);
                descent.Forget();
                EvaluationCount += descent.Minimise(Value, _prices, Scale(), _options.EvaluationCountPerTemperature, value =>
                {
                    calm = last - value < _options.Tolerance ? calm + 1 : 0;
                    last = value;
                    return calm >= 2;
                });
                _options.Trace?.Invoke($"share={share:g3} evals={EvaluationCount} load={Spreads.LeastLoad:g6} bound={Bound:g6}");
                if (Spreads.LeastLoad <= Bound * (1 + _options.GapWanted))
                    return;
            }
        }

        /// <summary>Even prices, or mostly the warm ones; in both cases all capacities cost 1 in sum.</summary>
        private static double[] First(PackingProblem problem, double[]? warmPrices)
        {
            var even = Array.ConvertAll(problem.Capacities, capacity => 1 / (capacity * problem.ResourceCount));
            var spent = warmPrices?.Zip(problem.Capacities, (price, capacity) => price * capacity).Sum() ?? 0;
            return spent > 0 ? [.. even.Zip(warmPrices!, (one, warm) => (0.1 * one) + (0.9 * warm / spent))] : even;
        }

        private double Value(double[] prices, double[] gradient)
        {
            var smooth = _smoothed.Evaluate(prices, _temperature);
            Spreads.Add(prices, _temperature);
            var spent = 0d;
            for (var i = 0; i < prices.Length; i++)
                spent += _problem.Capacities[i] * prices[i];
            if (smooth <= 0)
                return double.PositiveInfinity;
            for (var i = 0; i < prices.Length; i++)
                gradient[i] = _problem.Capacities[i] - (_smoothed.Loads[i] / smooth);
            if (spent > 0 && _smoothed.LeastCost / spent > Bound)
                (Bound, BestPrices) = (_smoothed.LeastCost / spent, [.. prices]);
            return spent - Math.Log(smooth);
        }

        /// <summary>Prices are near the reciprocal of the capacities, and may move by a part of that.</summary>
        private double[] Scale() =>
            [.. _problem.Capacities.Select(capacity => 1 / (capacity * capacity * _problem.ResourceCount))];
    }
}
