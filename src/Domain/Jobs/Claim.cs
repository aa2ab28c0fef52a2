using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>Room that is kept for tasks until the best-effort tasks that hold it have stopped.</summary>
/// <param name="Job">Whose tasks take it.</param>
/// <param name="Amount">What each of them takes.</param>
/// <param name="Placements">The tasks and their nodes.</param>
/// <param name="Victims">The attempts that have still to stop.</param>
/// <param name="At">Since when.</param>
[MemoryPackable]
public sealed partial record Claim(
    long Job, Capacity Amount, ImmutableArray<TaskPlacement> Placements, ImmutableSortedSet<AttemptId> Victims,
    [property: CanonicalTime] DateTimeOffset At);

/// <summary>What claims keep free of a node: what they take of it, beyond what their victims still hold there.</summary>
/// <param name="Amount">Of everything but accelerators.</param>
/// <param name="Milli">The thousandths of each accelerator that is claimed.</param>
public sealed record ClaimedRoom(Capacity Amount, ImmutableSortedDictionary<int, int> Milli)
{
    /// <summary>Nothing is kept free.</summary>
    public static readonly ClaimedRoom None = new(default, ImmutableSortedDictionary<int, int>.Empty);

    /// <summary>What all claims keep free of the node.</summary>
    public static ClaimedRoom On(JobsState jobs, NodeId node)
    {
        var all = None;
        foreach (var claim in jobs.Claims.Values)
        {
            var mine = claim.Placements.Where(p => p.Node == node).ToList();
            if (mine.Count == 0)
                continue;
            var held = claim.Victims.Select(v => jobs.Current(v)?.Live).OfType<Attempt>().Where(a => a.Node == node).ToList();
            var need = mine.Aggregate(default(Capacity), (sum, _) => sum + claim.Amount);
            var rest = held.Aggregate(need, (sum, a) => sum - a.Amount);
            all = new(
                all.Amount + new Capacity(
                    Math.Max(0, rest.CpuMillicores), new(Math.Max(0, rest.Memory.Bytes)), new(Math.Max(0, rest.Disk.Bytes))),
                Add(all.Milli, mine, held));
        }

        return all;
    }

    /// <summary>The thousandths that are kept free of the accelerator.</summary>
    public int MilliOf(int accelerator) => Milli.GetValueOrDefault(accelerator);

    private static ImmutableSortedDictionary<int, int> Add(
        ImmutableSortedDictionary<int, int> all, List<TaskPlacement> mine, List<Attempt> held)
    {
        foreach (var shares in mine.SelectMany(p => p.Shares).GroupBy(s => s.Index))
        {
            var rest = shares.Sum(s => s.Milli) - held.SelectMany(a => a.Shares).Where(s => s.Index == shares.Key).Sum(s => s.Milli);
            all = all.SetItem(shares.Key, all.GetValueOrDefault(shares.Key) + Math.Max(0, rest));
        }

        return all;
    }
}
