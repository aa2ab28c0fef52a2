using System.Numerics;
using Meridian.Optimisation.Stock;

namespace Meridian.Scheduling.Fleets;

/// <summary>
/// What the free part of an accelerator is worth to the tasks that are expected, as the accelerators that it saves. A
/// share's worth is its price in the cutting stock problem of the expected shares: 470 thousandths are half an
/// accelerator, because two fit and nothing else that is common, and 810 are a whole one. A free part is worth the best
/// shares that fit it, after the cores that they would use were paid for.
/// </summary>
internal sealed class ShareValues
{
    /// <summary>An accelerator in parts of a hundredth: finer would not change which shares fit together.</summary>
    private const int Whole = 100;

    private const int MilliPerPart = NodeView.AcceleratorWhole / Whole;

    private readonly double[] _values;

    private ShareValues(int kindCount) => _values = new double[kindCount * (Whole + 1) * CorePrices.Length];

    /// <summary>
    /// The prices of a core at which parts are valued, in accelerators, rising by a quarter from none to more than one.
    /// The worth of a node is taken at the price that makes it least, so the steps need only be small.
    /// </summary>
    private static readonly double[] CorePrices = MakeCorePrices();

    internal static ShareValues Of(IReadOnlyList<(Ask Ask, double Weight)> mix, int kindCount)
    {
        var demand = new SortedDictionary<int, double>();
        foreach (var (ask, weight) in mix)
            demand[Parts(ask)] = demand.GetValueOrDefault(Parts(ask)) + (weight * ask.Count);
        var pieces = demand.Select(d => new Piece(d.Key, d.Value)).ToArray();
        var plan = CuttingStock.Solve(Whole, pieces);

        var values = new ShareValues(kindCount);
        for (var kind = 0; kind < kindCount; kind++)
            values.Fill(kind, mix, pieces, plan.Prices);
        return values;
    }

    /// <summary>What the room's accelerators are worth together, with the cores that are free beside them.</summary>
    internal double Of(Room room)
    {
        Span<double> sums = stackalloc double[CorePrices.Length];
        var cores = room.Free.CpuMillicores / 1_000d;
        for (var p = 0; p < sums.Length; p++)
            sums[p] = CorePrices[p] * cores;
        for (var i = 0; i < room.Milli.Length; i++)
            Add(sums, Row(room.Kinds[i], Math.Max(0, room.Milli[i]) / MilliPerPart));
        var least = double.MaxValue;
        foreach (var sum in sums)
            least = Math.Min(least, sum);
        return least;
    }

    private void Fill(int kind, IReadOnlyList<(Ask Ask, double Weight)> mix, Piece[] pieces, double[] prices)
    {
        // Of the shares of one length the one with the fewest cores leaves the most.
        var cores = new double[pieces.Length];
        Array.Fill(cores, double.PositiveInfinity);
        foreach (var (ask, _) in mix)
        {
            var at = Array.FindIndex(pieces, piece => piece.Length == Parts(ask));
            if (ask.Kinds[kind])
                cores[at] = Math.Min(cores[at], ask.Amount.CpuMillicores / 1_000d / ask.Count);
        }

        var (worth, values) = (new (int, double)[pieces.Length], new double[Whole + 1]);
        for (var p = 0; p < CorePrices.Length; p++)
        {
            for (var i = 0; i < pieces.Length; i++)
                worth[i] = (pieces[i].Length, double.IsPositiveInfinity(cores[i]) ? 0 : prices[i] - (CorePrices[p] * cores[i]));
            CuttingStock.BestValues(Whole, worth, values);
            for (var part = 0; part <= Whole; part++)
                Row(kind, part)[p] = values[part];
        }
    }

    private Span<double> Row(int kind, int part) =>
        _values.AsSpan(((kind * (Whole + 1)) + part) * CorePrices.Length, CorePrices.Length);

    private static void Add(Span<double> sums, ReadOnlySpan<double> row)
    {
        for (var p = 0; p < sums.Length; p += Vector<double>.Count)
            (new Vector<double>(sums[p..]) + new Vector<double>(row[p..])).CopyTo(sums[p..]);
    }

    private static int Parts(Ask ask) => (ask.Milli + MilliPerPart - 1) / MilliPerPart;

    private static double[] MakeCorePrices()
    {
        // As many as fill whole vectors of any width.
        var prices = new double[32];
        prices[1] = 0.002;
        for (var p = 2; p < prices.Length; p++)
            prices[p] = prices[p - 1] * 1.25;
        return prices;
    }
}
