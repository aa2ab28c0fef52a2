namespace Meridian.Optimisation.Packing;

/// <summary>Some groups of a packing problem, priced and spread over their columns.</summary>
internal sealed class SmoothedBlock
{
    private readonly PackingProblem _problem;
    private readonly double _priceOut;
    private readonly int _firstGroup;
    private readonly int _endGroup;
    private readonly ColumnTree _tree;
    private readonly double[] _costs;
    private readonly double[] _nodeLoads;

    /// <param name="problem">The problem.</param>
    /// <param name="priceOut">What it costs to leave a unit out; infinite when everything must be packed.</param>
    /// <param name="firstGroup">The first group.</param>
    /// <param name="endGroup">The group after the last.</param>
    internal SmoothedBlock(PackingProblem problem, double priceOut, int firstGroup, int endGroup)
    {
        (_problem, _priceOut, _firstGroup, _endGroup) = (problem, priceOut, firstGroup, endGroup);
        _tree = new(problem, problem.ColumnOffsets[firstGroup], problem.ColumnOffsets[endGroup]);
        (_costs, _nodeLoads) = (new double[_tree.Parents.Length], new double[_tree.Parents.Length]);
        Loads = new double[problem.ResourceCount + 1];
    }

    /// <summary>The load on each resource, and after the last one a number without meaning.</summary>
    internal double[] Loads { get; }

    /// <summary>The sum over groups of amount times smoothed least price.</summary>
    internal double Value { get; private set; }

    /// <summary>The sum over groups of amount times least price.</summary>
    internal double LeastCost { get; private set; }

    /// <summary>How much is in the columns.</summary>
    internal double Packed { get; private set; }

    /// <summary>Computes everything at the prices, which have a zero after the last resource.</summary>
    internal void Evaluate(double[] prices, double temperature, double[]? amounts)
    {
        PriceNodes(prices);
        (Value, LeastCost, Packed) = (0, 0, 0);
        Span<double> shares = stackalloc double[64];
        var columnsBefore = _problem.ColumnOffsets[_firstGroup];
        for (var group = _firstGroup; group < _endGroup; group++)
        {
            var first = _problem.ColumnOffsets[group];
            var count = _problem.ColumnOffsets[group + 1] - first;
            var amount = _problem.Amounts[group];
            if (amount == 0)
                continue;
            if (count > shares.Length)
                shares = new double[count];
            var leaves = _tree.Leaves.AsSpan(first - columnsBefore, count);
            var least = _priceOut;
            for (var i = 0; i < count; i++)
            {
                shares[i] = _costs[leaves[i]];
                least = Math.Min(least, shares[i]);
            }

            LeastCost += amount * least;
            Value += amount * (least + Spread(shares[..count], least, temperature));
            for (var i = 0; i < count; i++)
            {
                _nodeLoads[leaves[i]] += amount * shares[i];
                Packed += amount * shares[i];
            }

            for (var i = 0; amounts is not null && i < count; i++)
                amounts[first + i] = amount * shares[i];
        }

        LoadResources();
    }

    private void PriceNodes(double[] prices)
    {
        var (parents, resources, costs) = (_tree.Parents, _tree.Resources, _costs);
        for (var node = 0; node < costs.Length; node++)
            costs[node] = costs[parents[node]] + prices[resources[node]];
    }

    private void LoadResources()
    {
        var (parents, resources, nodeLoads, loads) = (_tree.Parents, _tree.Resources, _nodeLoads, Loads);
        Array.Clear(loads);
        for (var node = nodeLoads.Length - 1; node >= 0; node--)
        {
            var load = nodeLoads[node];
            nodeLoads[parents[node]] += load;
            loads[resources[node]] += load;
            nodeLoads[node] = 0;
        }
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
}
