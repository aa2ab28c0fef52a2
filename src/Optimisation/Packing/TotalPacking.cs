namespace Meridian.Optimisation.Packing;

/// <summary>
/// Packs as much as possible in total. The dual, smoothed at a falling temperature, is solved over one price per
/// resource (in the spirit of Nesterov, Smooth Minimization of Non-smooth Functions, 2005); the spread at the last
/// prices, or the best mixture of the last spreads, is cut to the capacities and topped up, and then a linear program over
/// the groups that are undecided at those prices improves on it with the rest held still. The prices bound the gap.
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
        if (amounts.Sum() < dual.Bound * (1 - options.GapWanted))
        {
            var mixed = dual.Mixture();
            Repair.CutToCapacities(problem, mixed);
            Repair.TopUp(problem, mixed, dual.BestPrices);
            amounts = mixed.Sum() > amounts.Sum() ? mixed : amounts;
        }

        Improvement.OfTotal(problem, amounts, dual.BestPrices, dual.Bound, options);
        return new(amounts, amounts.Sum(), dual.Bound, dual.BestPrices, dual.EvaluationCount);
    }

    /// <summary>The descent over prices, from warm to cold.</summary>
    private sealed class DualSearch
    {
        private readonly PackingProblem _problem;
        private readonly PackingOptions _options;
        private readonly SmoothedPrices _smoothed;
        private readonly SpreadMixture _spreads;
        private readonly double[] _prices;
        private readonly double _total;
        private double _temperature;

        internal DualSearch(PackingProblem problem, PackingOptions options)
        {
            (_problem, _options) = (problem, options);
            _smoothed = new(problem, priceOut: 1);
            _spreads = new(problem, _smoothed);
            _prices = new double[problem.ResourceCount];
            _total = problem.Amounts.Sum();
            BestPrices = _prices;
        }

        internal double Bound { get; private set; } = double.PositiveInfinity;

        internal double[] BestPrices { get; private set; }

        internal int EvaluationCount { get; private set; }

        internal void Run()
        {
            var descent = new BoundedDescent(_problem.ResourceCount);
            for (_temperature = _options.TemperatureFirst; ; _temperature *= _options.TemperatureFactor)
            {
                var (last, calm) = (double.PositiveInfinity, 0);
                descent.Forget();
                EvaluationCount += descent.Minimise(Value, _prices, Scale(), _options.EvaluationCountPerTemperature, value =>
                {
                    var done = last - value < _options.Tolerance * Math.Abs(Bound);
                    last = value;
                    calm = done ? calm + 1 : 0;
                    return calm >= 2;
                });
                _options.Trace?.Invoke($"t={_temperature:g3} evals={EvaluationCount} bound={Bound:f2}");
                if (_temperature * _options.TemperatureFactor < _options.TemperatureLast)
                    return;
            }
        }

        internal double[] Amounts()
        {
            var amounts = new double[_problem.ColumnCount];
            _smoothed.Evaluate(_prices, _temperature, amounts);
            EvaluationCount++;
            return amounts;
        }

        internal double[] Mixture() => _spreads.Fullest();

        private double Value(double[] prices, double[] gradient)
        {
            var smooth = _smoothed.Evaluate(prices, _temperature);
            _spreads.Add(prices, _temperature);
            var spent = 0d;
            for (var i = 0; i < prices.Length; i++)
            {
                spent += _problem.Capacities[i] * prices[i];
                gradient[i] = _problem.Capacities[i] - _smoothed.Loads[i];
            }

            if (_total - _smoothed.LeastCost + spent is var bound && bound < Bound)
                (Bound, BestPrices) = (bound, [.. prices]);
            return spent - smooth;
        }

        private double[] Scale()
        {
            var scale = new double[_problem.ResourceCount];
            for (var i = 0; i < scale.Length; i++)
                scale[i] = _temperature / (4 * _problem.Capacities[i]);
            return scale;
        }
    }
}
