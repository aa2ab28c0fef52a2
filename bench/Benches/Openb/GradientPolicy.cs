using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>
/// Fragmentation gradient descent (FGD) of Q. Weng and others, "Beware of Fragmentation", USENIX ATC 2023: where the
/// accelerators that typical pods cannot use grow the least. It knows the typical pods of the whole list in advance.
/// </summary>
internal sealed class GradientPolicy : OpenbPolicy
{
    /// <summary>The most popular shapes make up so much of the pods.</summary>
    private const double TypicalShare = 0.95;

    private readonly List<(Ask Ask, double Weight)> _typical = [];

    internal GradientPolicy(OpenbTrace trace)
    {
        // The shape is what is asked for but the memory.
        var shapes = trace.Classes.Zip(trace.Counts)
            .GroupBy(c => (c.First.Amount.CpuMillicores, c.First.Count, c.First.Milli, string.Concat(c.First.Kinds)))
            .Select(group => (group.First().First, Count: group.Sum(c => c.Second)))
            .OrderByDescending(shape => shape.Count);
        var sum = 0;
        foreach (var (ask, count) in shapes.TakeWhile(_ => sum < TypicalShare * trace.PodCount))
        {
            sum += count;
            _typical.Add((ask, count));
        }

        for (var i = 0; i < _typical.Count; i++)
            _typical[i] = (_typical[i].Ask, _typical[i].Weight / sum);
    }

    /// <inheritdoc/>
    internal override (double Score, int Accelerator) Score(OpenbRoom room, Ask ask)
    {
        var free = room.Room;
        var before = Fragment(free);
        Span<int> after = stackalloc int[free.Milli.Length];
        free.Milli.CopyTo(after);
        var left = new Room(free.Free - ask.Amount, after, free.Kinds);
        if (ask.Count == 0)
            return (Points(before - Fragment(left)), 0);
        if (ask.Milli == NodeView.AcceleratorWhole)
        {
            foreach (var index in AcceleratorChoice.Roomiest(free, ask))
                after[index] = 0;
            return (Points(before - Fragment(left)), Tightest(free, ask));
        }

        var best = (Gain: double.MinValue, Index: 0);
        for (var i = 0; i < after.Length; i++)
        {
            if (!ask.Suits(free.Kinds[i], after[i]))
                continue;
            after[i] -= ask.Milli;
            var gain = before - Fragment(left);
            after[i] += ask.Milli;
            if (gain > best.Gain)
                best = (gain, i);
        }

        return (Points(best.Gain), best.Index);
    }

    private static double Points(double gain) => Math.Truncate(100 / (1 + Math.Exp(-gain / 1_000)));

    /// <summary>The free thousandths that a typical pod cannot be expected to use.</summary>
    private double Fragment(Room room)
    {
        var free = 0L;
        foreach (var one in room.Milli)
            free += one;
        var fragment = 0d;
        foreach (var (ask, weight) in _typical)
            fragment += weight * (free - Usable(ask, room));
        return fragment;
    }

    private static long Usable(Ask ask, Room room)
    {
        if (ask.Count == 0 || ask.Amount.CpuMillicores > room.Free.CpuMillicores)
            return 0;
        var (count, usable) = (0, 0L);
        for (var i = 0; i < room.Milli.Length; i++)
        {
            if (ask.Suits(room.Kinds[i], room.Milli[i]))
                (count, usable) = (count + 1, usable + room.Milli[i]);
        }

        return count >= ask.Count ? usable : 0;
    }
}
