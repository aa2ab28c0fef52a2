
namespace Meridian.Scheduling.Fleets;

/// <summary>Which node of several that have room a task goes to.</summary>
internal static class NodeChoice
{
    /// <summary>
    /// The least is the best: first what the task takes of the room's worth, where there are accelerators, then how much
    /// would be left over.
    /// </summary>
    internal static (double Loss, double Leftover) Rank(NodeView node, TaskShape shape) =>
        (node.Loss(shape.Demand), Leftover(node, shape));

    /// <summary>
    /// How much room the node would have left over, as the sum of the free shares of what it has: the least is the
    /// tightest fit. A task without accelerators keeps away from nodes that have some free.
    /// </summary>
    internal static double Leftover(NodeView node, TaskShape shape)
    {
        var (need, total) = (NodeView.AmountOf(shape.Demand), node.Node.Total);
        var free = node.Free - need;
        var left = Share(free.CpuMillicores, total.CpuMillicores) + Share(free.Memory.Bytes, total.Memory.Bytes)
            + Share(free.Disk.Bytes, total.Disk.Bytes);
        var accelerators = node.AcceleratorFree;
        if (accelerators.Length == 0)
            return left;
        var milli = 0L;
        foreach (var one in accelerators)
            milli += one;
        var whole = Share(milli, (long)accelerators.Length * NodeView.AcceleratorWhole);
        return shape.Demand.Accelerators is null ? left + (4 * whole) : left + whole;
    }

    private static double Share(long part, long whole) => whole > 0 ? (double)part / whole : 0;
}
