using Meridian.Primitives;

namespace Meridian.Scheduling.Ordering;

/// <summary>
/// Gives turns to those who share a domain, so that nobody is served while somebody who waits has less: weighted dominant
/// resource fairness (Ghodsi and others, NSDI 2011) at every level of a tree. What nobody claims is lent to whoever does;
/// the lender comes first from then on, since its share is the least. Within a leaf jobs keep their order.
/// <para>
/// A turn lasts until the share exceeds the next sibling's by <see cref="TurnShare"/>, not by one task, so that arrays of
/// small tasks need few turns: shares of those who wait differ by no more than that and one task.
/// </para>
/// </summary>
internal sealed class FairQueue
{
    /// <summary>How far a turn may lead beyond the next sibling's share, for weights up to one.</summary>
    internal const double TurnShare = 0.01;

    private readonly FairBranch _root;
    private FairBranch? _turn;

    /// <summary>A queue without members.</summary>
    /// <param name="overdueBefore">Leaves whose oldest job, and whose last overdue turn, is from before come first.</param>
    internal FairQueue(DateTimeOffset overdueBefore = default) =>
        _root = new(parent: null, new("", Weight: 1, Held: default), overdueBefore);

    /// <summary>The leaf below these members, from the top; known ones are told apart by their names.</summary>
    internal FairBranch Leaf(params ReadOnlySpan<FairMember> path)
    {
        var branch = _root;
        foreach (var member in path)
            branch = branch.Child(member);
        return branch;
    }

    /// <summary>Takes the next job; its turn ends with <see cref="EndTurn"/>.</summary>
    internal bool TryTakeTurn(out long job)
    {
        Invariant.Holds(_turn is null, "A turn ends before the next begins.");
        job = 0;
        if (!_root.HasJobs)
            return false;
        var branch = _root;
        while (branch.LeaveFirst() is { } next)
            branch = next;
        (_turn, job) = (branch, branch.First);
        return true;
    }

    /// <summary>Whether the turn is that of a leaf which is overdue.</summary>
    internal bool IsOverdueTurn => _turn is { OverdueSince: not null };

    /// <summary>How many tasks may be placed in this turn; at least one.</summary>
    internal int TurnCount(Claim perTask)
    {
        if (IsOverdueTurn)
            return 1;
        var count = int.MaxValue;
        for (var branch = _turn; branch?.Parent is { } parent; branch = parent)
        {
            if (parent.FirstShare is { } other)
                count = Math.Min(count, branch.CountUpTo(other, perTask));
        }

        return count;
    }

    /// <summary>
    /// Ends the turn: what was placed is held from now on; the job stays first in its line where there is more of it. An
    /// overdue turn may be passed on to the next job of the leaf.
    /// </summary>
    internal void EndTurn(Claim perTask, int placedCount, bool isMore, bool wasOverdue = true)
    {
        Invariant.Holds(_turn is not null, "A turn begins before it ends.");
        if (!isMore)
            _turn!.RemoveFirst();
        if (wasOverdue)
            _turn!.EndOverdue();
        for (var branch = _turn; branch is not null; branch = branch.Parent)
            branch.Return(perTask * placedCount, isServed: placedCount > 0);
        _turn = null;
    }
}
