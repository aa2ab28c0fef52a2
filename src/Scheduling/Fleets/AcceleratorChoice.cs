using System.Collections.Immutable;
using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Fleets;

/// <summary>Which accelerators of a node a task gets.</summary>
internal static class AcceleratorChoice
{
    /// <summary>Whether the accelerator is of the wanted kind, taken or not.</summary>
    internal static bool Matches(Accelerator one, AcceleratorDemand wanted) =>
        (wanted.Model.Length == 0 || string.Equals(one.Model, wanted.Model, StringComparison.OrdinalIgnoreCase))
        && (wanted.Class.Length == 0 || string.Equals(one.Class, wanted.Class, StringComparison.OrdinalIgnoreCase))
        && one.Memory >= wanted.Memory;

    /// <summary>
    /// How many tasks fit at once. Each task takes its shares from different accelerators, so t tasks fit when the
    /// shares that the accelerators can give, at most t each, suffice for all of them.
    /// </summary>
    internal static long SlotCount(Node node, Func<int, int> free, AcceleratorDemand wanted)
    {
        var units = new List<int>(node.Accelerators.Length);
        for (var i = 0; i < node.Accelerators.Length; i++)
        {
            if (Matches(node.Accelerators[i], wanted))
                units.Add(Math.Max(0, free(i)) / Math.Max(1, wanted.FractionMilli));
        }

        var count = Math.Max(1, wanted.Count);
        for (var tasks = units.Sum(u => (long)u) / count; tasks > 0; tasks--)
        {
            if (units.Sum(u => Math.Min(u, tasks)) >= tasks * count)
                return tasks;
        }

        return 0;
    }

    /// <summary>
    /// The shares of one task. One share goes where it leaves the least over; several go to the accelerators with the
    /// most room, so that as many later tasks as possible still find different ones.
    /// </summary>
    internal static ImmutableArray<AcceleratorShare> Choose(Node node, int[] free, AcceleratorDemand wanted)
    {
        var fitting = Enumerable.Range(0, free.Length)
            .Where(i => free[i] >= wanted.FractionMilli && Matches(node.Accelerators[i], wanted));
        var ordered = wanted.Count == 1
            ? fitting.OrderBy(i => free[i]).ThenBy(i => i)
            : fitting.OrderByDescending(i => free[i]).ThenBy(i => i);
        return [.. ordered.Take(wanted.Count).Select(i => new AcceleratorShare(i, wanted.FractionMilli))];
    }
}
