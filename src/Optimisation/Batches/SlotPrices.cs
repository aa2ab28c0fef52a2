using System.Numerics;

namespace Meridian.Optimisation.Batches;

/// <summary>
/// A price of every resource in every slot of time, zero behind the last, and what a mode costs at them from each start on. Prices are
/// for a unit of the resource and a unit of time, so a mode pays for exactly the time for which it draws.
/// </summary>
internal sealed class SlotPrices
{
    private readonly double[][] _sums;
    private readonly double[] _values;
    private readonly List<long> _residues = [];

    internal SlotPrices(int resourceCount, long slot, int slotCount)
    {
        (Slot, SlotCount) = (slot, slotCount);
        // Behind the last slot there is room for a vector from any slot on, and for a draw of any length.
        var width = (2 * slotCount) + 2 + (2 * Vector<double>.Count);
        Prices = [.. Enumerable.Range(0, resourceCount).Select(_ => new double[width])];
        _sums = [.. Enumerable.Range(0, resourceCount).Select(_ => new double[width])];
        _values = new double[slotCount + 1 + Vector<double>.Count];
    }

    internal long Slot { get; }

    internal int SlotCount { get; }

    /// <summary>By resource and slot; <see cref="Changed"/> has to be called after a change.</summary>
    internal double[][] Prices { get; }

    /// <summary>Takes up changed prices.</summary>
    internal void Changed()
    {
        for (var resource = 0; resource < Prices.Length; resource++)
        {
            var (prices, sums) = (Prices[resource], _sums[resource]);
            for (var at = 1; at < sums.Length; at++)
                sums[at] = sums[at - 1] + (prices[at - 1] * Slot);
        }
    }

    /// <summary>The least that the mode costs from any start on, and that start; infinite where it costs more than the limit from every one.</summary>
    /// <remarks>
    /// Between the starts at which a draw begins or ends with a slot the cost is linear in the start, so only those and the ends
    /// of what is allowed are looked at.
    /// </remarks>
    internal (double Cost, long Start) Least(Activity activity, Mode mode, double costMax)
    {
        var (best, bestStart) = (double.PositiveInfinity, -1L);
        var last = activity.FinishMax - mode.Length;
        if (last < 0)
            return (best, bestStart);
        CollectResidues(mode, last);
        foreach (var residue in _residues)
        {
            var bare = mode.Cost + (activity.CostPerTime * (residue + mode.Length));
            var limit = Math.Min(costMax, best);
            if (bare >= limit || residue > last)
                continue;
            var count = 1 + (int)Math.Min(SlotCount, (last - residue) / Slot);
            if (activity.CostPerTime > 0)
                count = (int)Math.Min(count, 1 + ((limit - bare) / (activity.CostPerTime * Slot)));
            Fill(mode, residue, count, bare, activity.CostPerTime * Slot);
            for (var at = 0; at < count; at++)
            {
                if (_values[at] < best)
                    (best, bestStart) = (_values[at], residue + (at * Slot));
            }
        }

        return best < costMax ? (best, bestStart) : (double.PositiveInfinity, -1);
    }

    /// <summary>The starts from which the mode costs no more than the limit, a slot more on either side.</summary>
    internal StartRange Starts(Activity activity, Mode mode, double costMax)
    {
        var (first, latest, last) = (long.MaxValue, -1L, activity.FinishMax - mode.Length);
        if (last < 0)
            return StartRange.None;
        CollectResidues(mode, last);
        foreach (var residue in _residues)
        {
            if (residue > last)
                continue;
            var count = 1 + (int)Math.Min(SlotCount, (last - residue) / Slot);
            Fill(mode, residue, count, mode.Cost + (activity.CostPerTime * (residue + mode.Length)), activity.CostPerTime * Slot);
            for (var at = 0; at < count; at++)
            {
                if (_values[at] <= costMax)
                    (first, latest) = (Math.Min(first, residue + (at * Slot)), Math.Max(latest, residue + (at * Slot)));
            }
        }

        if (latest < 0)
            return StartRange.None;
        // Behind the slots nothing has a price any more.
        return new(Math.Max(0, first - Slot), latest >= SlotCount * Slot ? last : Math.Min(last, latest + Slot));
    }

    /// <summary>Adds the area that the mode draws from the start on, slot by slot.</summary>
    internal void AddArea(Mode mode, long start, double[][] into)
    {
        foreach (var draw in mode.Draws)
            AddArea(into[draw.Resource], start + draw.Offset, start + draw.Offset + draw.Length, draw.Amount);
    }

    internal void AddArea(double[] into, long from, long until, double amount)
    {
        until = Math.Min(until, SlotCount * Slot);
        for (var at = from; at < until;)
        {
            var (slot, end) = (at / Slot, Math.Min(until, ((at / Slot) + 1) * Slot));
            into[slot] += amount * (end - at);
            at = end;
        }
    }

    private void CollectResidues(Mode mode, long last)
    {
        _residues.Clear();
        AddResidue(0);
        foreach (var draw in mode.Draws)
        {
            if (draw.Length <= 0 || draw.Amount == 0)
                continue;
            AddResidue((Slot - (draw.Offset % Slot)) % Slot);
            AddResidue((Slot - ((draw.Offset + draw.Length) % Slot)) % Slot);
        }

        if (last < SlotCount * Slot)
            AddResidue(last % Slot);
    }

    private void AddResidue(long residue)
    {
        if (!_residues.Contains(residue))
            _residues.Add(residue);
    }

    /// <summary>What the mode costs from the starts on that lie whole slots behind the residue.</summary>
    private void Fill(Mode mode, long residue, int count, double bare, double perSlot)
    {
        for (var at = 0; at < count; at++)
            _values[at] = bare + (perSlot * at);
        foreach (var draw in mode.Draws)
        {
            if (draw.Length <= 0 || draw.Amount == 0)
                continue;
            Pay(draw.Resource, residue + draw.Offset, -draw.Amount, count);
            Pay(draw.Resource, residue + draw.Offset + draw.Length, draw.Amount, count);
        }
    }

    /// <summary>Adds the sum of the prices up to the moment, and up to each that lies whole slots behind it.</summary>
    private void Pay(int resource, long moment, double amount, int count)
    {
        var first = (int)Math.Min(SlotCount + 1, moment / Slot);
        var sums = _sums[resource].AsSpan(first);
        var prices = Prices[resource].AsSpan(first);
        var values = _values.AsSpan();
        var (many, part) = (new Vector<double>(amount), new Vector<double>(amount * (moment % Slot)));
        for (var at = 0; at < count; at += Vector<double>.Count)
        {
            var sum = new Vector<double>(values[at..]) + (many * new Vector<double>(sums[at..])) + (part * new Vector<double>(prices[at..]));
            sum.CopyTo(values[at..]);
        }
    }
}
