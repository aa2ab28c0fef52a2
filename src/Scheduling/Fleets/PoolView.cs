using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>A pool and its ready nodes, for one round.</summary>
internal sealed class PoolView(Pool pool, Site site, List<NodeView> nodes)
{
    internal Pool Pool { get; } = pool;

    internal Site Site { get; } = site;

    /// <summary>The ready nodes, in the order of their names.</summary>
    internal IReadOnlyList<NodeView> Nodes => nodes;

    /// <summary>The reservation whose room this is, or 0 for what is free for all.</summary>
    internal long Reservation { get; init; }

    /// <summary>Grows with every change of what is free, so that answers about it can be kept until then.</summary>
    internal int Version { get; private set; }

    /// <summary>How long the tasks that decided in this round to wait for this pool keep all of it busy.</summary>
    internal TimeSpan Backlog { get; private set; }

    /// <summary>Attempts that hold room in the views and are not yet in the state.</summary>
    internal List<Attempt> Proposed { get; } = [];

    /// <summary>Takes the room of one task on one of the nodes, and says which accelerators.</summary>
    internal ImmutableArray<AcceleratorShare> Take(NodeView node, TaskShape shape)
    {
        Version++;
        return node.Take(shape);
    }

    /// <summary>Until when room is kept for tasks that wait for it, or nothing. There is one reservation at a time.</summary>
    internal DateTimeOffset? ReservedUntil { get; private set; }

    /// <summary>
    /// Keeps room for so many tasks from the moment at which there will be enough whatever happens, which is when enough of
    /// what lives has come to its latest end. They are all at one of the places, where that comes first. Nothing where it never does.
    /// </summary>
    internal void Reserve(
        IReadOnlyList<IReadOnlyList<NodeView>> places, TaskShape shape, int count,
        IEnumerable<(Attempt Attempt, DateTimeOffset LatestEnd)> live, DateTimeOffset now)
    {
        var byNode = live.ToLookup(a => a.Attempt.Node);
        (DateTimeOffset At, SortedDictionary<Domain.NodeId, NodeView> Later)? first = null;
        foreach (var place in places)
        {
            var ends = place.SelectMany(n => byNode[n.Node.Id]).OrderBy(a => a.LatestEnd).ThenBy(a => a.Attempt.Id);
            if (RoomBy(place, shape, count, ends, now) is { } room && (first is null || room.At < first.Value.At))
                first = room;
        }

        if (first is var (at, later) && at > now)
            Reserve(shape, count, later, at, now);
    }

    /// <summary>When so many tasks fit on the nodes at the latest, and what is free then; nothing where they never do.</summary>
    private static (DateTimeOffset At, SortedDictionary<Domain.NodeId, NodeView> Later)? RoomBy(
        IReadOnlyList<NodeView> place, TaskShape shape, int count,
        IEnumerable<(Attempt Attempt, DateTimeOffset LatestEnd)> ends, DateTimeOffset now)
    {
        var later = new SortedDictionary<Domain.NodeId, NodeView>();
        foreach (var node in place)
            later.Add(node.Node.Id, node.Copy());
        var (slots, at) = (later.Values.Sum(n => (long)n.SlotCount(shape)), now);
        foreach (var (attempt, end) in ends)
        {
            if (slots >= count)
                break;
            var view = later[attempt.Node];
            slots -= view.SlotCount(shape);
            view.Return(attempt);
            slots += view.SlotCount(shape);
            at = end;
        }

        return slots >= count ? (at, later) : null;
    }

    private void Reserve(
        TaskShape shape, int count, SortedDictionary<Domain.NodeId, NodeView> later, DateTimeOffset at, DateTimeOffset now)
    {
        var missing = count;
        foreach (var node in nodes.Where(n => later.ContainsKey(n.Node.Id)).OrderByDescending(n => later[n.Node.Id].SlotCount(shape)).ThenBy(n => n.Node.Id))
        {
            var then = later[node.Node.Id];
            var seats = Math.Min(missing, then.SlotCount(shape));
            for (var i = 0; i < seats; i++)
                then.Take(shape);
            if (seats > 0)
                node.Reserve(at - now, then);
            missing -= seats;
        }

        ReservedUntil = at;
        Version++;
    }

    /// <summary>Notes that a task of the shape and run time will wait here; says how long it keeps the pool busy.</summary>
    internal TimeSpan Queue(TaskShape shape, TimeSpan runTime)
    {
        var busy = runTime / Math.Max(1, nodes.Sum(n => (long)n.SlotCountWhenEmpty(shape)));
        Backlog += busy;
        return busy;
    }

    /// <summary>Puts the node's view in place of an older one.</summary>
    internal void Replace(NodeView view)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Node.Id != view.Node.Id)
                continue;
            view.ReserveAs(nodes[i]);
            nodes[i] = view;
        }

        Version++;
    }
}
