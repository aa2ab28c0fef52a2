namespace Meridian.Scheduling.Fleets;

/// <summary>
/// What a node's free room is worth to the tasks that are expected, and what a task takes of it. A task goes where it
/// takes the least. Three things count, all in accelerators: the best use of the accelerators and cores (see
/// <see cref="ShareValues"/>), what each common task could use of the room by itself, and how sought after the kind is.
/// The second follows the measure of fragmentation of Q. Weng and others, "Beware of Fragmentation", USENIX ATC 2023,
/// with cores counted; the first is a bid price as of K. Talluri and G. van Ryzin, Management Science 44 (1998).
/// </summary>
internal sealed class RoomWorth
{
    /// <summary>How much the use by each common task counts: it settles what the best use leaves open.</summary>
    private const double CommonWeight = 0.1;

    /// <summary>What it costs to take an accelerator of a kind that is asked for once by every one there is.</summary>
    private const double CrowdingWeight = 0.05;

    /// <summary>How many of the most frequent asks are common.</summary>
    private const int CommonCount = 64;

    private readonly ShareValues _shares;
    private readonly (Ask Ask, double Weight)[] _common;
    private readonly double[] _crowding;

    /// <param name="mix">The asks that are expected, and how many of each in proportion; in a defined order.</param>
    /// <param name="acceleratorCounts">How many accelerators of each kind there are.</param>
    internal RoomWorth(IEnumerable<(Ask Ask, double Weight)> mix, double[] acceleratorCounts)
    {
        var asks = mix.Where(m => m is { Ask.Count: > 0, Weight: > 0 }).ToList();
        _shares = ShareValues.Of(asks, acceleratorCounts.Length);
        _common = [.. asks.OrderByDescending(a => a.Weight).Take(CommonCount)];
        var sum = _common.Sum(c => c.Weight);
        for (var i = 0; i < _common.Length; i++)
            _common[i].Weight /= sum;
        _crowding = Crowd(asks, acceleratorCounts);
    }

    /// <summary>The worth of the room.</summary>
    internal double Of(Room room)
    {
        var common = 0d;
        foreach (var (ask, weight) in _common)
            common += weight * UseBy(ask, room);
        return _shares.Of(room) + (CommonWeight * common);
    }

    /// <summary>
    /// What the task takes of the room, and for one that asks for a single accelerator, which it takes. The room holds
    /// the task.
    /// </summary>
    /// <param name="room">What is free.</param>
    /// <param name="worth">The worth of the room.</param>
    /// <param name="ask">The task.</param>
    internal (double Loss, int Accelerator) Loss(Room room, double worth, Ask ask)
    {
        Span<int> after = stackalloc int[room.Milli.Length];
        room.Milli.CopyTo(after);
        var left = new Room(room.Free - ask.Amount, after, room.Kinds);
        if (ask.Count != 1)
        {
            var crowding = TakeSeveral(after, room, ask);
            return (Rounded(worth - Of(left) + crowding), 0);
        }

        (double Loss, int Milli, int Accelerator) best = (double.MaxValue, 0, 0);
        for (var i = 0; i < after.Length; i++)
        {
            if (!ask.Suits(room.Kinds[i], after[i]) || IsRepeated(room, i))
                continue;
            after[i] -= ask.Milli;
            var loss = Rounded(worth - Of(left) + (CrowdingWeight * _crowding[room.Kinds[i]] * ask.Accelerators));
            after[i] += ask.Milli;
            if ((loss, after[i], i).CompareTo(best) < 0)
                best = (loss, after[i], i);
        }

        return (best.Loss, best.Accelerator);
    }

    /// <summary>What tasks of the kind alone could use: half by the accelerators alone, half as far as the rest suffices.</summary>
    private static double UseBy(Ask ask, Room room)
    {
        var times = Math.Min(
            Times(room.Free.CpuMillicores, ask.Amount.CpuMillicores),
            Math.Min(Times(room.Free.Memory.Bytes, ask.Amount.Memory.Bytes), Times(room.Free.Disk.Bytes, ask.Amount.Disk.Bytes)));
        if (times == 0)
            return 0;
        var (count, milli) = (0, 0L);
        for (var i = 0; i < room.Milli.Length; i++)
        {
            if (!ask.Suits(room.Kinds[i], room.Milli[i]))
                continue;
            count++;
            milli += room.Milli[i];
        }

        var use = count >= ask.Count ? milli / (double)NodeView.AcceleratorWhole : 0;
        return (use + Math.Min(use, times * ask.Accelerators)) / 2;
    }

    /// <summary>
    /// How often each kind is asked for: the asks, scaled to all accelerators there are, each spread evenly over the
    /// accelerators that will do. Without asks for one kind only all are alike.
    /// </summary>
    private static double[] Crowd(List<(Ask Ask, double Weight)> asks, double[] acceleratorCounts)
    {
        var crowding = new double[acceleratorCounts.Length];
        var scale = acceleratorCounts.Sum() / asks.Sum(a => a.Weight * a.Ask.Accelerators);
        foreach (var (ask, weight) in asks)
        {
            var suiting = acceleratorCounts.Where((_, kind) => ask.Kinds[kind]).Sum();
            for (var kind = 0; kind < crowding.Length; kind++)
            {
                if (ask.Kinds[kind] && suiting > 0)
                    crowding[kind] += scale * weight * ask.Accelerators / suiting;
            }
        }

        return crowding;
    }

    /// <summary>What differs by less than a millionth of an accelerator is alike, and other things decide.</summary>
    private static double Rounded(double loss) => Math.Round(loss, 6);

    private double TakeSeveral(Span<int> after, Room room, Ask ask)
    {
        var crowding = 0d;
        foreach (var index in AcceleratorChoice.Roomiest(room, ask))
        {
            after[index] -= ask.Milli;
            crowding += CrowdingWeight * _crowding[room.Kinds[index]] * ask.Milli / NodeView.AcceleratorWhole;
        }

        return crowding;
    }

    private static bool IsRepeated(Room room, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (room.Milli[i] == room.Milli[index] && room.Kinds[i] == room.Kinds[index])
                return true;
        }

        return false;
    }

    private static long Times(long room, long need) => room <= 0 && need > 0 ? 0 : need <= 0 ? int.MaxValue : room / need;
}
