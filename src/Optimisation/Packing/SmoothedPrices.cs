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

    private readonly SmoothedBlock[] _blocks = new SmoothedBlock[BlockCount];
    private readonly double[] _prices;

    /// <param name="problem">The problem.</param>
    /// <param name="priceOut">What it costs to leave a unit out; infinite when everything must be packed.</param>
    internal SmoothedPrices(PackingProblem problem, double priceOut)
    {
        var starts = Starts(problem);
        Parallel.For(0, BlockCount, block => _blocks[block] = new(problem, priceOut, starts[block], starts[block + 1]));
        _prices = new double[problem.ResourceCount + 1];
        Loads = new double[problem.ResourceCount];
    }

    /// <summary>The load that the groups put on each resource at the prices of the last evaluation.</summary>
    internal double[] Loads { get; }

    /// <summary>How much was in the columns at the last evaluation.</summary>
    internal double Packed { get; private set; }

    /// <summary>The sum over groups of amount times least price, without smoothing, at the last evaluation.</summary>
    internal double LeastCost { get; private set; }

    /// <summary>The sum over groups of amount times smoothed least price; fills <see cref="Loads"/>, its gradient.</summary>
    /// <param name="prices">The price of each resource.</param>
    /// <param name="temperature">How far from the least price columns still take part.</param>
    /// <param name="amounts">Receives the amount in each column when given.</param>
    internal double Evaluate(double[] prices, double temperature, double[]? amounts = null)
    {
        prices.CopyTo(_prices, 0);
        Parallel.For(0, BlockCount, block => _blocks[block].Evaluate(_prices, temperature, amounts));
        Array.Clear(Loads);
        foreach (var block in _blocks)
        {
            for (var resource = 0; resource < Loads.Length; resource++)
                Loads[resource] += block.Loads[resource];
        }

        Packed = _blocks.Sum(block => block.Packed);
        LeastCost = _blocks.Sum(block => block.LeastCost);
        return _blocks.Sum(block => block.Value);
    }

    private static int[] Starts(PackingProblem problem)
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
}
