using Meridian.Optimisation.Linear;

namespace Meridian.Optimisation.Packing;

/// <summary>
/// The spreads that a search met, remembered by their prices and loads. Any mixture of them is a spread too, and its loads
/// are the same mixture of theirs; the best mixture is a small linear program (Dantzig and Wolfe 1960).
/// </summary>
internal sealed class SpreadMixture(PackingProblem problem, SmoothedPrices smoothed)
{
    private const int RememberedMax = 80;
    private const double LoadRatioMax = 1.5;
    private const double WeightMin = 1e-6;

    private readonly Queue<Spread> _spreads = new();
    private Spread? _best;

    /// <summary>The least largest load of a single spread.</summary>
    internal double LeastLoad => _best?.LargestLoad ?? double.PositiveInfinity;

    /// <summary>Remembers the spread that was just evaluated.</summary>
    internal void Add(double[] prices, double temperature)
    {
        var shares = new double[problem.ResourceCount];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = smoothed.Loads[i] / problem.Capacities[i];
        var spread = new Spread([.. prices], temperature, shares, shares.Max(), smoothed.Packed);
        _spreads.Enqueue(spread);
        if (_spreads.Count > RememberedMax)
            _spreads.Dequeue();
        if (spread.LargestLoad < LeastLoad)
            _best = spread;
    }

    /// <summary>The amounts of the mixture with the least largest load.</summary>
    internal double[] LeastLoaded()
    {
        Spread[] candidates = [_best!, .. _spreads.Where(spread => spread != _best && spread.LargestLoad <= LoadRatioMax * LeastLoad)];
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var weights = AddWeights(program, candidates, weightSumMin: 1, spread => 0);
        for (var resource = 0; resource < problem.ResourceCount; resource++)
        {
            // What no candidate loads near the level cannot hold a mixture back.
            if (Array.TrueForAll(candidates, spread => spread.Shares[resource] < 0.9 * LeastLoad))
                continue;
            var row = program.AddRow(double.NegativeInfinity, 0);
            program.SetCoefficient(row, level, -1);
            for (var i = 0; i < candidates.Length; i++)
                program.SetCoefficient(row, weights[i], candidates[i].Shares[resource]);
        }

        var values = program.Solve()?.Values;
        return Mixed(candidates, values is null ? [1, .. new double[candidates.Length - 1]] : [.. weights.Select(weight => values[weight])], isWhole: true);
    }

    /// <summary>The amounts of the mixture with the most in total that passes no capacity.</summary>
    internal double[] Fullest()
    {
        Spread[] candidates = [.. _spreads];
        var program = new LinearProgram(maximise: true);
        var weights = AddWeights(program, candidates, weightSumMin: 0, spread => spread.Packed);
        for (var resource = 0; resource < problem.ResourceCount; resource++)
        {
            if (Array.TrueForAll(candidates, spread => spread.Shares[resource] <= 1))
                continue;
            var row = program.AddRow(double.NegativeInfinity, 1);
            for (var i = 0; i < candidates.Length; i++)
                program.SetCoefficient(row, weights[i], candidates[i].Shares[resource]);
        }

        return program.Solve()?.Values is { } values
            ? Mixed(candidates, [.. weights.Select(weight => values[weight])], isWhole: false)
            : new double[problem.ColumnCount];
    }

    private static int[] AddWeights(LinearProgram program, Spread[] candidates, double weightSumMin, Func<Spread, double> worth)
    {
        var whole = program.AddRow(weightSumMin, 1);
        var weights = Array.ConvertAll(candidates, spread => program.AddVariable(0, 1, worth(spread)));
        foreach (var weight in weights)
            program.SetCoefficient(whole, weight, 1);
        return weights;
    }

    private double[] Mixed(Spread[] candidates, double[] weights, bool isWhole)
    {
        var unit = isWhole ? weights.Where(weight => weight > WeightMin).Sum() : 1;
        var mixed = new double[problem.ColumnCount];
        var amounts = new double[problem.ColumnCount];
        for (var i = 0; i < candidates.Length; i++)
        {
            if (weights[i] <= WeightMin)
                continue;
            smoothed.Evaluate(candidates[i].Prices, candidates[i].Temperature, amounts);
            for (var column = 0; column < mixed.Length; column++)
                mixed[column] += weights[i] / unit * amounts[column];
        }

        return mixed;
    }

    private sealed record Spread(double[] Prices, double Temperature, double[] Shares, double LargestLoad, double Packed);
}
