using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Scheduling.Fleets;

namespace Meridian.Scheduling.Candidates;

/// <summary>The places of a pool in which tasks are kept together: its nodes, what is behind one switch, or all of it.</summary>
internal static class Places
{
    /// <summary>The ready nodes of each place, in the order of their names.</summary>
    internal static IReadOnlyList<IReadOnlyList<NodeView>> Of(Together together, PoolView pool) => together == Together.Anywhere
        ? [pool.Nodes]
        : [.. pool.Nodes.GroupBy(n => Nearness.PlaceOf(together, n.Node), StringComparer.Ordinal).Select(g => g.ToList())];

    /// <summary>The places to which the next task, or the gang, may go: only that of its living tasks where there are any.</summary>
    internal static IReadOnlyList<IReadOnlyList<NodeView>> Of(JobClass jobs, PoolView pool)
    {
        var together = jobs.Spec.Constraints.Together;
        if (jobs.Place is not { } place)
            return Of(together, pool);
        var nodes = pool.Nodes.Where(n => string.Equals(Nearness.PlaceOf(together, n.Node), place, StringComparison.Ordinal)).ToList();
        return nodes.Count == 0 ? [] : [nodes];
    }

    /// <summary>
    /// The place for the next of so many tasks that need not start together: where the most of them find room now, then
    /// when it is empty, for the others have to follow. Of equals the tightest.
    /// </summary>
    internal static IReadOnlyList<NodeView> ForNext(JobClass jobs, Candidate candidate, int count)
    {
        var places = Of(jobs, candidate.View);
        if (places.Count <= 1)
            return places.Count == 0 ? [] : places[0];
        return places.MinBy(nodes =>
        {
            var (slots, whenEmpty) = (Slots(jobs, nodes, candidate.Shape), SlotsWhenEmpty(jobs, nodes, candidate.Shape));
            return (-Math.Min(slots, count), -Math.Min(whenEmpty, count), slots);
        })!;
    }

    /// <summary>How many more tasks fit on the nodes at once now.</summary>
    internal static long Slots(JobClass jobs, IEnumerable<NodeView> nodes, TaskShape shape) => Apart(jobs, nodes, n => n.SlotCount(shape));

    /// <summary>How many more tasks fit on the nodes at once when they are empty.</summary>
    internal static long SlotsWhenEmpty(JobClass jobs, IEnumerable<NodeView> nodes, TaskShape shape) =>
        Apart(jobs, nodes, n => n.SlotCountWhenEmpty(shape));

    /// <summary>Together with the others, and yet apart from them as far as the job asks for that.</summary>
    private static long Apart(JobClass jobs, IEnumerable<NodeView> nodes, Func<NodeView, int> slots)
    {
        if (jobs.Spread?.Copy() is not { } spread)
            return nodes.Sum(n => (long)slots(n));
        var sum = 0L;
        foreach (var node in nodes)
        {
            var count = Math.Min(slots(node), spread.At(node.Node.Id));
            spread.Take(node.Node.Id, count);
            sum += count;
        }

        return sum;
    }
}
