namespace Meridian.Optimisation.Packing;

/// <summary>
/// The dual of a packing problem as a function of one price per resource, made smooth by a temperature: each group
/// spreads its amount over its columns and over staying out in the proportions of exp(-price / temperature); where
/// nothing may stay out, the smoothed cost is set so that it is positive wherever prices are. At
/// temperature zero this is the dual of the linear program itself. Groups are worked through in a fixed number of
/// blocks, summed in a fixed order, so the result does not depend on how many cores there are.
/// </summary>
internal sealed class SmoothedPrices
{
    private const int BlockCount = 8;

    private readonly PackingProblem _problem;
    private readonly double _priceOut;
    private readonly double[][] _loads;
    private readonly double[] _values;
    private readonly double[] _bounds;
    private readonly int[] _blockStarts;

    /// <param name="problem">The problem.</param>
    /// <param name="priceOut">What it costs to leave a unit out; infinite when everything must be packed.</param>
    internal SmoothedPrices(PackingProblem problem, double priceOut)
    {
        (_problem, _priceOut) = (problem, priceOut);
        _loads = [.. Enumerable.Range(0, BlockCount).Select(_ => new double[problem.ResourceCount])];
        (_values, _bounds) = (new double[BlockCount], new double[BlockCount]);
        _blockStarts = Blocks(problem);
        Loads = new double[problem.ResourceCount];
    }

    /// <summary>The load that the groups put on each resource at the prices of the last evaluation.</summary>
    internal double[] Loads { get; }

    /// <summary>The sum over groups of amount times least price, without smoothing, at the last evaluation.</summary>
    internal double LeastCost { get; private set; }

    /// <summary>The sum over groups of amount times smoothed least price; fills <see cref="Loads"/>, its gradient.</summary>
    /// <param name="prices">The price of each resource.</param>
    /// <param name="temperature">How far from the least price columns still take part.</param>
    /// <param name="amounts">Receives the amount in each column when given.</param>
    internal double Evaluate(double[] prices, double temperature, double[]? amounts = null)
    {
        Parallel.For(0, BlockCount, block => EvaluateBlock(block, prices, temperature, amounts));
        Array.Clear(Loads);
        foreach (var loads in _loads)
        {
            for (var resource = 0; resource < loads.Length; resource++)
                Loads[resource] += loads[resource];
        }

        LeastCost = _bounds.Sum();
        return _values.Sum();
    }

    private static int[] Blocks(PackingProblem problem)
    {
        var starts = new int[BlockCount + 1];
        var group = 0;
        for (var block = 1; block <= BlockCount; block++)
        {
            var until = (long)problem.Resources.Length * block / BlockCount;
            while (group < problem.GroupCount
                && (block == BlockCount || problem.ResourceOffsets[problem.ColumnOffsets[group + 1]] <= until))
                group++;
            starts[block] = group;
        }

        return starts;
    }

    private void EvaluateBlock(int block, double[] prices, double temperature, double[]? amounts)
    {
        var loads = _loads[block];
        Array.Clear(loads);
        var (value, bound) = (0d, 0d);
        Span<double> costs = stackalloc double[64];
        for (var group = _blockStarts[block]; group < _blockStarts[block + 1]; group++)
        {
            var first = _problem.ColumnOffsets[group];
            var count = _problem.ColumnOffsets[group + 1] - first;
            var amount = _problem.Amounts[group];
            if (amount == 0)
                continue;
            if (count > costs.Length)
                costs = new double[count];
            var least = _priceOut;
            for (var i = 0; i < count; i++)
            {
                costs[i] = CostOf(first + i, prices);
                least = Math.Min(least, costs[i]);
            }

            bound += amount * least;
            value += amount * (least + Spread(costs[..count], least, temperature));
            for (var i = 0; i < count; i++)
                Load(first + i, amount * costs[i], loads, amounts);
        }

        (_values[block], _bounds[block]) = (value, bound);
    }

    /// <summary>Turns costs into shares and returns how much the smoothed least cost is under the least.</summary>
    private double Spread(Span<double> costs, double least, double temperature)
    {
        var sum = double.IsPositiveInfinity(_priceOut) ? 0 : Math.Exp((least - _priceOut) / temperature);
        for (var i = 0; i < costs.Length; i++)
        {
            var exponent = (least - costs[i]) / temperature;
            costs[i] = exponent < -30 ? 0 : Math.Exp(exponent);
            sum += costs[i];
        }

        if (sum == 0)
            return 0;
        var evenly = double.IsPositiveInfinity(_priceOut) ? costs.Length : 1;
        for (var i = 0; i < costs.Length; i++)
            costs[i] /= sum;
        return -temperature * Math.Log(sum / evenly);
    }

    private double CostOf(int column, double[] prices)
    {
        var cost = 0d;
        foreach (var resource in _problem.ResourcesOf(column))
            cost += prices[resource];
        return cost;
    }

    private void Load(int column, double amount, double[] loads, double[]? amounts)
    {
        if (amounts is not null)
            amounts[column] = amount;
        if (amount == 0)
            return;
        foreach (var resource in _problem.ResourcesOf(column))
            loads[resource] += amount;
    }
}
