using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>What a task needs of a node and how many tasks start together, in whole numbers.</summary>
internal sealed class Shape
{
    internal const int Whole = 1000;

    private const long Mebibyte = 1 << 20;

    internal Shape(ResourceDemand demand, int taskCount)
    {
        var wanted = demand.Accelerators;
        Demand = demand;
        TaskCount = taskCount;
        Millicores = demand.CpuMillicores;
        (Cores, Gibibytes) = (demand.CpuMillicores / 1000d, (double)demand.Memory.Gibibytes);
        MemoryMebibytes = Mebibytes(demand.Memory);
        DiskMebibytes = Mebibytes(demand.Disk);
        Count = wanted?.Count ?? 0;
        Milli = wanted?.FractionMilli ?? 0;
        Invariant.Holds(taskCount >= 1, "a job has a task");
        Invariant.Holds(
            (Count <= 1 && taskCount == 1) || Count == 0 || Milli == Whole,
            "the quick path gives several accelerators to a task, and any to a gang, only whole");
    }

    internal ResourceDemand Demand { get; }

    internal int TaskCount { get; }

    internal int Millicores { get; }

    internal double Cores { get; }

    internal double Gibibytes { get; }

    internal int MemoryMebibytes { get; }

    internal int DiskMebibytes { get; }

    /// <summary>The accelerators of a task; zero for none.</summary>
    internal int Count { get; }

    /// <summary>The thousandths of each.</summary>
    internal int Milli { get; }

    internal bool IsShare => Count > 0 && Milli < Whole;

    /// <summary>Whether the pool's nodes have what it takes when they are empty.</summary>
    internal bool Suits(QuickPool pool)
    {
        if (pool.Pool.IsDraining || SlotsOfEmptyNode(pool) is var slots && (long)slots * pool.NodeCount < TaskCount)
            return false;
        return Count == 0 || Matches(pool.Accelerators!, Demand.Accelerators!);
    }

    internal static int Mebibytes(DataSize size) => checked((int)((size.Bytes + Mebibyte - 1) / Mebibyte));

    private int SlotsOfEmptyNode(QuickPool pool)
    {
        var slots = Math.Min(
            Times(pool.Node.CpuMillicores, Millicores),
            Math.Min(Times(pool.Node.Memory.Bytes / Mebibyte, MemoryMebibytes), Times(pool.Node.Disk.Bytes / Mebibyte, DiskMebibytes)));
        var count = pool.Accelerators?.Count ?? 0;
        return Count == 0 ? slots : Math.Min(slots, IsShare ? count * (Whole / Milli) : count / Count);
    }

    private static bool Matches(QuickAccelerators ones, AcceleratorDemand wanted) =>
        (wanted.Model.Length == 0 || string.Equals(ones.Model, wanted.Model, StringComparison.OrdinalIgnoreCase))
        && (wanted.Class.Length == 0 || string.Equals(ones.Class, wanted.Class, StringComparison.OrdinalIgnoreCase))
        && ones.Memory >= wanted.Memory;

    private static int Times(long room, long need) => need <= 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, room / need);
}
