using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>
/// When there is room on nodes for one task more, again and again, by what the attempts are expected to do and by what is
/// reserved. An attempt that is overdue is expected to take as long again as it is overdue.
/// </summary>
internal static class SlotTimes
{
    internal static IEnumerable<DateTimeOffset> Of(
        IReadOnlyList<NodeView> place, TaskShape shape, IEnumerable<Attempt> live, DateTimeOffset now)
    {
        var reserved = place.Where(node => node.Reservations.Count > 0).ToList();
        if (reserved.Count == 0)
            return Plain(place, shape, live, now);
        var byNode = live.ToLookup(attempt => attempt.Node);
        return Plain([.. place.Except(reserved)], shape, byNode.SelectMany(a => a), now)
            .Concat(reserved.SelectMany(node => Beside(node, shape, byNode[node.Node.Id].ToList(), now)))
            .Order();
    }

    private static IEnumerable<DateTimeOffset> Plain(
        IReadOnlyList<NodeView> place, TaskShape shape, IEnumerable<Attempt> live, DateTimeOffset now)
    {
        var views = new SortedDictionary<NodeId, NodeView>();
        foreach (var node in place)
            views.Add(node.Node.Id, node.Copy());
        foreach (var (attempt, at) in live.Select(a => (a, EndOf(a, now))).OrderBy(x => x.Item2).ThenBy(x => x.a.Id))
        {
            if (!views.TryGetValue(attempt.Node, out var view))
                continue;
            var before = view.SlotCount(shape);
            view.Return(attempt);
            for (var more = view.SlotCount(shape) - before; more > 0; more--)
                yield return at;
        }
    }

    /// <summary>Beside reservations: a task starts where it is certain to be gone when the next one begins, or after the last.</summary>
    private static IEnumerable<DateTimeOffset> Beside(NodeView node, TaskShape shape, List<Attempt> live, DateTimeOffset now)
    {
        var (slots, longest) = (node.SlotCount(shape), shape.Yields ? TimeSpan.Zero : shape.LongestOn(node.Node.Id));
        var times = live.Select(attempt => EndOf(attempt, now)).Concat(node.Reservations.Select(r => r.Request.To)).Distinct().Order();
        foreach (var at in times)
        {
            var starts = node.Reservations.Select(r => r.HeldFrom).Where(from => at < from && from < at + longest);
            var count = starts.Append(at).Min(moment => node.With(FreeAt(node, live, moment, now)).SlotCount(shape));
            for (; slots < count; slots++)
                yield return at;
        }
    }

    private static (Capacity Amount, int[] Milli) FreeAt(NodeView node, List<Attempt> live, DateTimeOffset at, DateTimeOffset now)
    {
        var (amount, milli) = (node.Node.Total, new int[node.Node.Accelerators.Length]);
        Array.Fill(milli, NodeView.AcceleratorWhole);
        var taken = live.Where(attempt => EndOf(attempt, now) > at).Select(attempt => (attempt.Amount, attempt.Shares))
            .Concat(node.Reservations.Where(r => r.IsHeldAt(at)).Select(r => r.On(node.Node.Id)!).Select(held => (held.Amount, held.Shares)));
        foreach (var (some, shares) in taken)
        {
            amount -= some;
            foreach (var share in shares.Where(s => s.Index < milli.Length))
                milli[share.Index] -= share.Milli;
        }

        return (amount, milli);
    }

    private static DateTimeOffset EndOf(Attempt attempt, DateTimeOffset now) =>
        attempt.ExpectedFinish > now ? attempt.ExpectedFinish : now + (now - attempt.ExpectedFinish) + TimeSpan.FromSeconds(1);
}
