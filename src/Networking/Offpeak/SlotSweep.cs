namespace Meridian.Networking.Offpeak;

/// <summary>
/// The cheapest routes through time from one point and slot to all others, by one pass over the slots: data waits where
/// it is or crosses a link and is there in the next slot.
/// </summary>
internal sealed class SlotSweep
{
    private const int Waits = -1;

    private readonly OffpeakProblem _problem;
    private readonly int _firstSlot;
    private readonly double[][] _prices;
    private readonly int[][] _arrivals;

    internal SlotSweep(OffpeakProblem problem, double[] full, int from, int firstSlot, int lastSlot)
    {
        (_problem, _firstSlot) = (problem, firstSlot);
        var count = Math.Max(0, lastSlot - firstSlot + 1);
        _prices = new double[count + 1][];
        _arrivals = new int[count + 1][];
        for (var step = 0; step <= count; step++)
        {
            _prices[step] = new double[problem.PointCount];
            _arrivals[step] = new int[problem.PointCount];
            Array.Fill(_prices[step], double.PositiveInfinity);
            Array.Fill(_arrivals[step], Waits);
        }

        _prices[0][from] = 0;
        for (var step = 0; step < count; step++)
            Pass(step, full);
    }

    /// <summary>The price of being at the point after the slot.</summary>
    internal double PriceAt(int point, int slot) =>
        slot < _firstSlot ? double.PositiveInfinity : _prices[slot + 1 - _firstSlot][point];

    internal (int Link, int Slot)[] RouteTo(int point, int slot)
    {
        var steps = new List<(int Link, int Slot)>();
        for (var step = slot + 1 - _firstSlot; step > 0; step--)
        {
            var link = _arrivals[step][point];
            if (link == Waits)
                continue;
            steps.Add((link, _firstSlot + step - 1));
            point = _problem.Links[link].From;
        }

        steps.Reverse();
        return [.. steps];
    }

    private void Pass(int step, double[] full)
    {
        var (now, next, arrivals) = (_prices[step], _prices[step + 1], _arrivals[step + 1]);
        for (var point = 0; point < now.Length; point++)
            next[point] = now[point] + _problem.StoragePricePerGigabyteSlot[point];
        var slot = _firstSlot + step;
        for (var link = 0; link < _problem.Links.Length; link++)
        {
            var (from, to) = _problem.Links[link];
            if (double.IsPositiveInfinity(now[from]))
                continue;
            var cell = _problem.Cell(link, slot);
            if (_problem.FreeGigabytes[cell] <= 0)
                continue;
            var price = now[from] + _problem.PricePerGigabyte[cell] + full[cell];
            if (price >= next[to])
                continue;
            (next[to], arrivals[to]) = (price, link);
        }
    }
}
