using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>What has to stop so that tasks can start at a pool, and where they start then.</summary>
/// <param name="Victims">What stops.</param>
/// <param name="Seats">A node and the accelerators for each task.</param>
internal sealed record RoomPlan(ImmutableArray<Yielder> Victims, ImmutableArray<(NodeId Node, ImmutableArray<AcceleratorShare> Shares)> Seats)
{
    internal int StopCount { get; } = Victims.Sum(v => v.Attempts.Length);

    internal double LostWork { get; } = Victims.Sum(v => v.LostWork);
}

/// <summary>
/// Chooses the fewest best-effort attempts of a pool, or of one place in it, that make room for tasks, and of as many those that lose the least work.
/// For one task on one node the choice is the best one up to <see cref="ExactMax"/> attempts at once; several tasks take node
/// after node, each where it costs the least, and what turned out not to be needed is left running.
/// </summary>
internal sealed class RoomMaking(Yielders yielders, TaskShape shape, Func<NodeId, bool> isReady)
{
    /// <summary>The most attempts of which every combination on a node is tried.</summary>
    internal const int ExactMax = 3;

    /// <summary>From so many on, combinations of two, and of three, are not all tried.</summary>
    private static readonly int[] TriedMax = [int.MaxValue, 64, 24];

    private readonly SortedDictionary<NodeId, (NodeView Free, List<Yielder> Yielders)> _nodes = [];

    /// <summary>
    /// How to make room for so many tasks, or for as many as possible where they need not start together. Nothing where that
    /// is not possible, or where nothing has to stop.
    /// </summary>
    internal RoomPlan? Plan(IReadOnlyList<NodeView> place, int count, bool isWhole)
    {
        foreach (var node in place.Where(n => !n.IsReserved && isReady(n.Node.Id) && n.SlotCountWhenEmpty(shape) > 0))
            _nodes.Add(node.Node.Id, (node.Copy(), yielders.On(node)));
        var (seats, victims) = (new SortedDictionary<NodeId, int>(), new List<Yielder>());
        var left = count - Sit(seats, count);
        while (left > 0 && Cheapest() is { } next)
        {
            victims.AddRange(next);
            foreach (var one in next)
                Return(one);
            left -= Sit(seats, left);
        }

        if ((isWhole && left > 0) || victims.Count == 0)
            return null;
        LeaveRunning(place, seats, victims);
        return Settled(place, seats, victims);
    }

    private int Sit(SortedDictionary<NodeId, int> seats, int count)
    {
        var sat = 0;
        foreach (var (id, (free, _)) in _nodes)
        {
            var here = Math.Min(count - sat, free.SlotCount(shape));
            for (var i = 0; i < here; i++)
                free.Take(shape);
            if (here > 0)
                seats[id] = seats.GetValueOrDefault(id) + here;
            sat += here;
        }

        return sat;
    }

    private void Return(Yielder yielder)
    {
        foreach (var attempt in yielder.Attempts)
        {
            if (_nodes.TryGetValue(attempt.Node, out var node))
                node.Free.Return(attempt);
        }

        foreach (var (_, (_, others)) in _nodes)
            others.Remove(yielder);
    }

    /// <summary>The least that makes room for one task more on any node.</summary>
    private List<Yielder>? Cheapest()
    {
        (List<Yielder> Set, (int Count, double Lost) Cost)? best = null;
        foreach (var (id, (free, others)) in _nodes)
        {
            foreach (var set in Sufficient(id, free, others))
            {
                var cost = (set.Sum(y => y.Attempts.Length), set.Sum(y => y.LostWork));
                if (best is null || cost.CompareTo(best.Value.Cost) < 0)
                    best = (set, cost);
            }
        }

        return best?.Set;
    }

    /// <summary>Sets that suffice on the node, the best one among them.</summary>
    private IEnumerable<List<Yielder>> Sufficient(NodeId id, NodeView free, List<Yielder> others)
    {
        var isFound = false;
        for (var size = 1; size <= Math.Min(ExactMax, others.Count) && others.Count <= TriedMax[size - 1]; size++)
        {
            foreach (var set in Combinations(others, size, from: 0).Where(set => IsRoom(id, free, set)))
            {
                isFound = true;
                yield return set;
            }

            if (isFound && others.TrueForAll(y => y.Attempts.Length == 1))
                yield break;
        }

        if (!isFound && Gathered(id, free, others) is { } gathered)
            yield return gathered;
    }

    /// <summary>Those with the least work until there is room, less those that are not needed.</summary>
    private List<Yielder>? Gathered(NodeId id, NodeView free, List<Yielder> others)
    {
        var set = new List<Yielder>();
        foreach (var one in others.OrderBy(y => y.LostWork).ThenBy(y => y.Attempts.Length).ThenBy(y => y.First))
        {
            set.Add(one);
            if (!IsRoom(id, free, set))
                continue;
            foreach (var needless in set.OrderByDescending(y => y.LostWork).ThenBy(y => y.First).ToList())
            {
                if (IsRoom(id, free, set.FindAll(y => y != needless)))
                    set.Remove(needless);
            }

            return set;
        }

        return null;
    }

    private static IEnumerable<List<Yielder>> Combinations(List<Yielder> all, int size, int from)
    {
        if (size == 0)
        {
            yield return [];
            yield break;
        }

        for (var i = from; i <= all.Count - size; i++)
        {
            foreach (var rest in Combinations(all, size - 1, i + 1))
                yield return [all[i], .. rest];
        }
    }

    private bool IsRoom(NodeId id, NodeView free, List<Yielder> set) => With(id, free, set).SlotCount(shape) > 0;

    private static NodeView With(NodeId id, NodeView free, IEnumerable<Yielder> set)
    {
        var then = free.Copy();
        foreach (var attempt in set.SelectMany(y => y.Attempts).Where(a => a.Node == id))
            then.Return(attempt);
        return then;
    }

    private void LeaveRunning(IReadOnlyList<NodeView> place, SortedDictionary<NodeId, int> seats, List<Yielder> victims)
    {
        foreach (var needless in victims.OrderByDescending(v => v.Attempts.Length).ThenByDescending(v => v.LostWork).ThenBy(v => v.First).ToList())
        {
            var rest = victims.FindAll(v => v != needless);
            if (rest.Count > 0 && place.All(n => With(n.Node.Id, n, rest).SlotCount(shape) >= seats.GetValueOrDefault(n.Node.Id)))
                victims.Remove(needless);
        }
    }

    private RoomPlan Settled(IReadOnlyList<NodeView> place, SortedDictionary<NodeId, int> seats, List<Yielder> victims)
    {
        var settled = ImmutableArray.CreateBuilder<(NodeId, ImmutableArray<AcceleratorShare>)>();
        foreach (var node in place.Where(n => seats.ContainsKey(n.Node.Id)))
        {
            var then = With(node.Node.Id, node, victims);
            for (var i = 0; i < seats[node.Node.Id]; i++)
                settled.Add((node.Node.Id, then.Take(shape)));
        }

        return new([.. victims], settled.ToImmutable());
    }
}
