using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// What is free of every node, in columns, so that the node of a pool that a task fills best is found eight nodes at a
/// time. The nodes of a pool lie side by side, filled up to a multiple of eight with nodes that have nothing.
/// </summary>
internal sealed class NodeStore
{
    private const int Lanes = 8;

    // A share of all that a node has is counted in parts of this size, so that the sum of all shares is a whole number.
    private const int SharePart = 1 << 28;

    private readonly Block[] _blocks;
    private readonly int[] _millicores;
    private readonly int[] _memory;
    private readonly int[] _disk;
    private readonly int[] _acceleratorMilli;
    private readonly int[] _wholeCount;
    private readonly int[] _largest;
    private readonly short[] _free;
    private readonly int[] _nodesByWholeCount;
    private readonly long[] _poolMillicores;

    internal NodeStore(IReadOnlyList<QuickPool> pools)
    {
        _blocks = new Block[pools.Count];
        _poolMillicores = new long[pools.Count];
        _nodesByWholeCount = new int[pools.Count * (QuickPath.AcceleratorsPerNodeMax + 1)];
        var size = 0;
        for (var pool = 0; pool < pools.Count; pool++)
        {
            _blocks[pool] = new(pools[pool], size);
            size += _blocks[pool].Size;
        }

        (_millicores, _memory, _disk) = (Column(size), Column(size), Column(size));
        (_acceleratorMilli, _wholeCount, _largest) = (new int[size], new int[size], new int[size]);
        _free = new short[size * QuickPath.AcceleratorsPerNodeMax];
        for (var pool = 0; pool < pools.Count; pool++)
            Fill(pool, pools[pool]);
    }

    /// <summary>The index of the pool's first node.</summary>
    internal int FirstOf(int pool) => _blocks[pool].First;

    /// <summary>
    /// The node that has room for a task of the shape and would have the least left over, as the sum of the free shares
    /// of what it has; the first of equals; -1 for none. A task without accelerators keeps away from those that are free.
    /// </summary>
    internal int Best(int pool, Shape shape)
    {
        ref readonly var block = ref _blocks[pool];
        var keyWeight = shape.Count == 0 ? block.AcceleratorWeight * 4 : block.AcceleratorWeight;
        var accelerators = shape.IsShare ? _largest : _wholeCount;
        var acceleratorMin = Vector256.Create(shape.IsShare ? shape.Milli : shape.Count);
        var (cpuMin, memoryMin, diskMin) = (
            Vector256.Create(shape.Millicores), Vector256.Create(shape.MemoryMebibytes), Vector256.Create(shape.DiskMebibytes));
        var best = Vector256.Create(int.MaxValue);
        var at = Vector256.Create(-1);
        var index = Vector256<int>.Indices + Vector256.Create(block.First);
        for (var i = block.First; i < block.First + block.Size; i += Lanes, index += Vector256.Create(Lanes))
        {
            var (cpu, memory, disk) = (At(_millicores, i), At(_memory, i), At(_disk, i));
            var fits = Vector256.GreaterThanOrEqual(cpu, cpuMin) & Vector256.GreaterThanOrEqual(memory, memoryMin)
                & Vector256.GreaterThanOrEqual(disk, diskMin) & Vector256.GreaterThanOrEqual(At(accelerators, i), acceleratorMin);
            var key = (cpu * block.CpuWeight) + (memory * block.MemoryWeight) + (disk * block.DiskWeight)
                + (At(_acceleratorMilli, i) * keyWeight);
            var isBetter = fits & Vector256.LessThan(key, best);
            best = Vector256.ConditionalSelect(isBetter, key, best);
            at = Vector256.ConditionalSelect(isBetter, index, at);
        }

        return First(best, at);
    }

    /// <summary>Whether a task of the shape fits on the node.</summary>
    internal bool Fits(int node, Shape shape) =>
        _millicores[node] >= shape.Millicores && _memory[node] >= shape.MemoryMebibytes && _disk[node] >= shape.DiskMebibytes
        && (shape.IsShare ? _largest[node] >= shape.Milli : _wholeCount[node] >= shape.Count);

    /// <summary>How many tasks of the shape fit at once in the pool, or more: a bound that takes no look at the nodes.</summary>
    internal long SlotsAtMost(int pool, Shape shape)
    {
        var slots = shape.Millicores == 0 ? long.MaxValue : _poolMillicores[pool] / shape.Millicores;
        if (shape.Count == 0 || shape.IsShare)
            return slots;
        var counts = _nodesByWholeCount.AsSpan(pool * (QuickPath.AcceleratorsPerNodeMax + 1), QuickPath.AcceleratorsPerNodeMax + 1);
        var whole = 0L;
        for (var count = shape.Count; count < counts.Length; count++)
            whole += (long)counts[count] * (count / shape.Count);
        return Math.Min(slots, whole);
    }

    /// <summary>Whether all tasks of a gang fit at once.</summary>
    internal bool HasRoom(int pool, Shape shape)
    {
        if (SlotsAtMost(pool, shape) < shape.TaskCount)
            return false;
        ref readonly var block = ref _blocks[pool];
        var missing = (long)shape.TaskCount;
        for (var node = block.First; node < block.First + block.Count && missing > 0; node++)
            missing -= Slots(node, shape);
        return missing <= 0;
    }

    /// <summary>The nodes for all tasks of a gang that fits: those with room for most tasks first, then the first.</summary>
    internal void Seat(int pool, Shape shape, List<(int Node, int Count)> seats)
    {
        seats.Clear();
        ref readonly var block = ref _blocks[pool];
        for (var node = block.First; node < block.First + block.Count; node++)
        {
            if (Slots(node, shape) is > 0 and var slots)
                seats.Add((node, slots));
        }

        seats.Sort(static (a, b) => b.Count != a.Count ? b.Count.CompareTo(a.Count) : a.Node.CompareTo(b.Node));
        Cut(seats, shape.TaskCount);
    }

    /// <summary>Takes the room of so many tasks on the node, which fit, and says what they hold.</summary>
    internal QuickSeat Take(int pool, int node, Shape shape, int count)
    {
        Move(pool, node, shape, -count);
        if (shape.Count == 0)
            return new(node, count, 0, 0);
        var (wanted, taken) = (shape.Count * count, 0);
        var free = FreeOf(node);
        if (shape.IsShare)
        {
            Invariant.Holds(count == 1, "the shares of a gang are taken one by one");
            taken = 1 << Tightest(free, shape.Milli);
        }
        else
        {
            for (var i = 0; i < free.Length && wanted > 0; i++)
            {
                if (free[i] != Shape.Whole)
                    continue;
                taken |= 1 << i;
                wanted--;
            }

            Invariant.Holds(wanted == 0, "an accelerator is given away once");
        }

        Shift(pool, node, taken, -shape.Milli);
        return new(node, count, taken, shape.Milli);
    }

    /// <summary>Gives back what was taken.</summary>
    internal void Return(int pool, in QuickSeat seat, Shape shape)
    {
        Move(pool, seat.Node, shape, seat.TaskCount);
        if (seat.Accelerators != 0)
            Shift(pool, seat.Node, seat.Accelerators, seat.Milli);
    }

    private int Slots(int node, Shape shape)
    {
        var slots = Math.Min(
            Times(_millicores[node], shape.Millicores),
            Math.Min(Times(_memory[node], shape.MemoryMebibytes), Times(_disk[node], shape.DiskMebibytes)));
        if (shape.Count == 0)
            return slots;
        if (!shape.IsShare)
            return Math.Min(slots, _wholeCount[node] / shape.Count);
        var shares = 0;
        foreach (var free in FreeOf(node))
            shares += free / shape.Milli;
        return Math.Min(slots, shares);
    }

    private static void Cut(List<(int Node, int Count)> seats, int taskCount)
    {
        var used = 0;
        while (taskCount > 0)
        {
            var (node, count) = seats[used];
            seats[used++] = (node, Math.Min(count, taskCount));
            taskCount -= count;
        }

        seats.RemoveRange(used, seats.Count - used);
    }

    private void Move(int pool, int node, Shape shape, int count)
    {
        _millicores[node] += shape.Millicores * count;
        _memory[node] += shape.MemoryMebibytes * count;
        _disk[node] += shape.DiskMebibytes * count;
        _poolMillicores[pool] += (long)shape.Millicores * count;
        Invariant.Holds(
            _millicores[node] >= 0 && _memory[node] >= 0 && _disk[node] >= 0, "no node is given more work than it has room for");
    }

    private void Shift(int pool, int node, int accelerators, int milli)
    {
        var free = FreeOf(node);
        for (var left = accelerators; left != 0; left &= left - 1)
        {
            ref var one = ref free[BitOperations.TrailingZeroCount(left)];
            one = (short)(one + milli);
            Invariant.Holds(one is >= 0 and <= Shape.Whole, "no more of an accelerator is given away than there is");
            _acceleratorMilli[node] += milli;
        }

        var (whole, largest) = (0, 0);
        foreach (var one in free)
        {
            whole += one == Shape.Whole ? 1 : 0;
            largest = Math.Max(largest, one);
        }

        var counts = _nodesByWholeCount.AsSpan(pool * (QuickPath.AcceleratorsPerNodeMax + 1), QuickPath.AcceleratorsPerNodeMax + 1);
        counts[_wholeCount[node]]--;
        counts[whole]++;
        (_wholeCount[node], _largest[node]) = (whole, largest);
    }

    private static int Tightest(Span<short> free, int milli)
    {
        var best = -1;
        for (var i = 0; i < free.Length; i++)
        {
            if (free[i] >= milli && (best < 0 || free[i] < free[best]))
                best = i;
        }

        Invariant.Holds(best >= 0, "a share is taken of an accelerator that has it free");
        return best;
    }

    private Span<short> FreeOf(int node) =>
        _free.AsSpan(node * QuickPath.AcceleratorsPerNodeMax, QuickPath.AcceleratorsPerNodeMax);

    private static Vector256<int> At(int[] column, int index) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(column), (nuint)index);

    private static int First(Vector256<int> keys, Vector256<int> nodes)
    {
        var (best, at) = (int.MaxValue, -1);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var (key, node) = (keys.GetElement(lane), nodes.GetElement(lane));
            if (node >= 0 && (key < best || (key == best && node < at)))
                (best, at) = (key, node);
        }

        return at;
    }

    private void Fill(int pool, QuickPool of)
    {
        var block = _blocks[pool];
        var accelerators = of.Accelerators?.Count ?? 0;
        for (var node = block.First; node < block.First + block.Count; node++)
        {
            _millicores[node] = (int)of.Node.CpuMillicores;
            _memory[node] = (int)(of.Node.Memory.Bytes >> 20);
            _disk[node] = (int)(of.Node.Disk.Bytes >> 20);
            (_acceleratorMilli[node], _wholeCount[node]) = (accelerators * Shape.Whole, accelerators);
            _largest[node] = accelerators > 0 ? Shape.Whole : 0;
            FreeOf(node)[..accelerators].Fill(Shape.Whole);
        }

        _poolMillicores[pool] = of.Node.CpuMillicores * of.NodeCount;
        _nodesByWholeCount[(pool * (QuickPath.AcceleratorsPerNodeMax + 1)) + accelerators] = of.NodeCount;
    }

    // What fills a block up fits no task, not even one that asks for nothing.
    private static int[] Column(int size)
    {
        var column = new int[size];
        Array.Fill(column, -1);
        return column;
    }

    private static int Times(int room, int need) => need <= 0 ? int.MaxValue : room / need;

    /// <summary>Where a pool's nodes lie, and what a unit of each thing weighs as a share of the whole.</summary>
    private readonly struct Block
    {
        internal Block(QuickPool pool, int first)
        {
            var accelerators = pool.Accelerators?.Count ?? 0;
            Invariant.Holds(pool.NodeCount >= 1, "a pool has a node");
            Invariant.Holds(accelerators <= QuickPath.AcceleratorsPerNodeMax, "a node has no more accelerators than the quick path keeps");
            (First, Count, Size) = (first, pool.NodeCount, (pool.NodeCount + Lanes - 1) / Lanes * Lanes);
            CpuWeight = Weight(pool.Node.CpuMillicores);
            MemoryWeight = Weight(pool.Node.Memory.Bytes >> 20);
            DiskWeight = Weight(pool.Node.Disk.Bytes >> 20);
            AcceleratorWeight = Weight(accelerators * Shape.Whole);
        }

        internal int First { get; }

        internal int Count { get; }

        internal int Size { get; }

        internal int CpuWeight { get; }

        internal int MemoryWeight { get; }

        internal int DiskWeight { get; }

        internal int AcceleratorWeight { get; }

        private static int Weight(long total)
        {
            Invariant.Holds(total <= SharePart, "what a node has is counted in small numbers");
            return total == 0 ? 0 : SharePart / (int)total;
        }
    }
}
