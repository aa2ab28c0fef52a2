namespace Meridian.Optimisation.Packing;

/// <summary>
/// Packs as much as possible in total. The dual, smoothed at a falling temperature, is solved over one price per
/// resource (in the spirit of Nesterov, Smooth Minimization of Non-smooth Functions, 2005); the spread at the last
/// prices is cut to the capacities and topped up, and then a linear program over the groups that are undecided at
/// those prices improves on it with the rest held still. The prices bound the gap.
/// </summary>
public static class TotalPacking
{
    /// <summary>Solves the problem near the optimum.</summary>
    public static PackingResult Solve(PackingProblem problem, PackingOptions? options = null)
    {
        options ??= new();
        var dual = new DualSearch(problem, options);
        dual.Run();
        var amounts = dual.Amounts();
        Repair.Fit(problem, amounts, dual.BestPrices);
        Repair.TopUp(problem, amounts, dual.BestPrices);
        Improvement.OfTotal(problem, amounts, dual.BestPrices, dual.Bound, options);
        return new(amounts, amounts.Sum(), dual.Bound, dual.BestPrices, dual.EvaluationCount);
    }

    /// <summary>The descent over prices, from warm to cold.</summary>
    private sealed class DualSearch(PackingProblem problem, PackingOptions options)
    {
        private readonly SmoothedPrices _smoothed = new(problem, priceOut: 1);
        private readonly double[] _prices = new double[problem.ResourceCount];
        private readonly double _total = problem.Amounts.Sum();
        private double _temperature;

        internal double Bound { get; private set; } = double.PositiveInfinity;

        internal double[] BestPrices { get; private set; } = new double[problem.ResourceCount];

        internal int EvaluationCount { get; private set; }

        internal void Run()
        {
            var descent = new BoundedDescent(problem.ResourceCount);
            for (_temperature = options.TemperatureFirst; ; _temperature *= options.TemperatureFactor)
            {
                var (last, calm) = (double.PositiveInfinity, 0);
                descent.Forget();
                EvaluationCount += descent.Minimise(Value, _prices, Scale(), options.EvaluationCountPerTemperature, value =>
                {
                    var done = last - value < options.Tolerance * Math.Abs(Bound);
                    last = value;
                    calm = done ? calm + 1 : 0;
                    return calm >= 2;
                });
                options.Trace?.Invoke($"t={_temperature:g3} evals={EvaluationCount} bound={Bound:f2}");
                if (_temperature * options.TemperatureFactor < options.TemperatureLast)
                    return;
            }
        }

        internal double[] Amounts()
        {
            var amounts = new double[problem.ColumnCount];
            _smoothed.Evaluate(_prices, _temperature, amounts);
            EvaluationCount++;
            return amounts;
        }

        private double Value(double[] prices, double[] gradient)
        {
            var smooth = _smoothed.Evaluate(prices, _temperature);
            var spent = 0d;
            for (var i = 0; i < prices.Length; i++)
            {
                spent += problem.Capacities[i] * prices[i];
                gradient[i] = problem.Capacities[i] - _smoothed.Loads[i];
            }

            if (_total - _smoothed.LeastCost + spent is var bound && bound < Bound)
                (Bound, BestPrices) = (bound, [.. prices]);
            return spent - smooth;
        }

        private double[] Scale()
        {
            var scale = new double[problem.ResourceCount];
            for (var i = 0; i < scale.Length; i++)
                scale[i] = _temperature / (4 * problem.Capacities[i]);
            return scale;
        }
    }
}
