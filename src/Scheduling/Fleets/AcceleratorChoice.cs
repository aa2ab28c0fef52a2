using System.Collections.Immutable;
using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Fleets;

/// <summary>Which accelerators of a node a task gets.</summary>
internal static class AcceleratorChoice
{
    /// <summary>
    /// How many tasks fit at once. Each task takes its shares from different accelerators, so t tasks fit when the
    /// shares that the accelerators can give, at most t each, suffice for all of them.
    /// </summary>
    internal static long SlotCount(Node node, Func<int, int> free, AcceleratorDemand wanted)
    {
        var units = new List<int>(node.Accelerators.Length);
        for (var i = 0; i < node.Accelerators.Length; i++)
        {
            if (node.Accelerators[i].Suits(wanted))
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
    /// The shares of one task. A single one goes where it takes the least of the room's worth, then where it leaves the
    /// least over; several go to the accelerators with the most room.
    /// </summary>
    internal static ImmutableArray<AcceleratorShare> Choose(Room room, double worth, Ask ask, RoomWorth worths) => ask.Count == 1
        ? [new(worths.Loss(room, worth, ask).Accelerator, ask.Milli)]
        : [.. Roomiest(room, ask).Select(index => new AcceleratorShare(index, ask.Milli))];

    /// <summary>
    /// The accelerators with the most room, so that as many later tasks as possible still find different ones.
    /// </summary>
    internal static IEnumerable<int> Roomiest(Room room, Ask ask)
    {
        var suiting = new List<(int Index, int Milli)>(room.Milli.Length);
        for (var i = 0; i < room.Milli.Length && ask.Count > 0; i++)
        {
            if (ask.Suits(room.Kinds[i], room.Milli[i]))
                suiting.Add((i, room.Milli[i]));
        }

        return suiting.OrderByDescending(s => s.Milli).ThenBy(s => s.Index).Take(ask.Count).Select(s => s.Index);
    }
}
