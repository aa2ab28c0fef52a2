namespace Meridian.Scheduling.Ordering;

/// <summary>A member with those below it. It stands in its parent's line while there are jobs below it.</summary>
/// <param name="parent">The branch above, or nothing at the root.</param>
/// <param name="member">Whose branch it is.</param>
/// <param name="overdueBefore">Leaves whose oldest job, and whose last overdue turn, is from before come first.</param>
internal sealed class FairBranch(FairBranch? parent, FairMember member, DateTimeOffset overdueBefore)
{
    private static readonly Comparer<FairBranch> InLine = Comparer<FairBranch>.Create((left, right) =>
        (left.OverdueSince, right.OverdueSince) switch
        {
            ({ } a, { } b) when a != b => a.CompareTo(b),
            ({ }, null) => -1,
            (null, { }) => 1,
            _ when left._share != right._share => left._share.CompareTo(right._share),
            _ when left._servedAt != right._servedAt => left._servedAt.CompareTo(right._servedAt),
            _ => string.CompareOrdinal(left.Name, right.Name),
        });

    private readonly SortedDictionary<string, FairBranch> _children = new(StringComparer.Ordinal);
    private readonly SortedSet<FairBranch> _line = new(InLine);
    private readonly HashSet<long> _done = [];
    private IEnumerator<long>? _byRank;
    private IEnumerator<long>? _byAge;
    private Claim _held = member.Held;
    private double _share = member.Held.Dominant / member.Weight;
    private DateTimeOffset _servedAt = member.ServedAt;
    private DateTimeOffset? _overdueSince;

    internal FairBranch? Parent => parent;

    private string Name { get; } = member.Name;

    internal bool HasJobs => _byAge is not null || _line.Count > 0;

    /// <summary>The job whose turn it is: the oldest of a leaf that is overdue, otherwise the first by rank.</summary>
    internal long First => _overdueSince is null ? _byRank!.Current : _byAge!.Current;

    /// <summary>Since when a leaf below, or this one, has been overdue for longest; nothing where none is.</summary>
    internal DateTimeOffset? OverdueSince => _line.Count > 0 ? _line.Min!.OverdueSince : _overdueSince;

    /// <summary>The share up to which the first in line lets others go ahead: none where it is overdue.</summary>
    internal double? FirstShare => _line.Min is { } first ? first.OverdueSince is null ? first._share : 0 : null;

    internal FairBranch Child(FairMember of)
    {
        if (!_children.TryGetValue(of.Name, out var child))
            _children.Add(of.Name, child = new(this, of, overdueBefore));
        return child;
    }

    /// <summary>Puts jobs into the leaf's line. They are read as they come to their turns, since few of many do.</summary>
    /// <param name="byRank">All of them in the order of their turns.</param>
    /// <param name="byAge">The same, the oldest first; at least one.</param>
    /// <param name="oldest">Since when the oldest waits.</param>
    internal void Wait(IEnumerable<long> byRank, IEnumerable<long> byAge, DateTimeOffset oldest = default)
    {
        LeaveLines();
        (_byRank, _byAge) = (NextOf(byRank.GetEnumerator()), NextOf(byAge.GetEnumerator()));
        var since = oldest > member.OverdueTurnAt ? oldest : member.OverdueTurnAt;
        _overdueSince = since < overdueBefore ? since : null;
        for (var branch = this; branch.Parent is { } above; branch = above)
            above._line.Add(branch);
    }

    /// <summary>The first of the line, which leaves it for its turn; nothing at a leaf.</summary>
    internal FairBranch? LeaveFirst()
    {
        if (_line.Min is not { } first)
            return null;
        _line.Remove(first);
        return first;
    }

    internal void RemoveFirst()
    {
        _done.Add(First);
        (_byRank, _byAge) = (Waiting(_byRank), Waiting(_byAge));
    }

    internal void EndOverdue() => _overdueSince = null;

    /// <summary>Ends a turn in which so much was placed.</summary>
    internal void Return(Claim placed, bool isServed)
    {
        _held += placed;
        _share = _held.Dominant / member.Weight;
        if (isServed)
            _servedAt = DateTimeOffset.MaxValue;
        if (HasJobs)
            parent?._line.Add(this);
    }

    /// <summary>How many tasks take the branch past the share by no more than a turn; at least one.</summary>
    internal int CountUpTo(double share, Claim perTask)
    {
        var bound = (share * member.Weight) + (FairQueue.TurnShare * Math.Min(1, member.Weight));
        var count = Math.Min(
            CountUpTo(bound, _held.Cores, perTask.Cores),
            Math.Min(
                CountUpTo(bound, _held.Memory, perTask.Memory),
                CountUpTo(bound, _held.Accelerators, perTask.Accelerators)));
        return (int)Math.Clamp(count, 1, int.MaxValue);
    }

    /// <summary>The first from here on that has not had its turn; nothing at the end.</summary>
    private IEnumerator<long>? Waiting(IEnumerator<long>? line)
    {
        while (line is not null && _done.Contains(line.Current))
            line = NextOf(line);
        return line;
    }

    private static IEnumerator<long>? NextOf(IEnumerator<long> line)
    {
        if (line.MoveNext())
            return line;
        line.Dispose();
        return null;
    }

    /// <summary>Leaves the lines above, from the top: what a line is ordered by may only change outside of it.</summary>
    private void LeaveLines()
    {
        parent?.LeaveLines();
        parent?._line.Remove(this);
    }

    private static double CountUpTo(double bound, double held, double perTask) =>
        perTask <= 0 ? int.MaxValue : Math.Floor((bound - held) / perTask) + 1;
}
