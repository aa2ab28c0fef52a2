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
    private readonly PriorityQueue<long, (int Rank, long Job)> _byRank = new();
    private readonly Queue<long> _byAge = new();
    private readonly HashSet<long> _done = [];
    private Claim _held = member.Held;
    private double _share = member.Held.Dominant / member.Weight;
    private DateTimeOffset _servedAt = member.ServedAt;
    private DateTimeOffset? _overdueSince;

    internal FairBranch? Parent => parent;

    private string Name { get; } = member.Name;

    internal bool HasJobs => _byAge.Count > 0 || _line.Count > 0;

    /// <summary>The job whose turn it is: the oldest of a leaf that is overdue, otherwise the first by rank.</summary>
    internal long First => _overdueSince is null ? _byRank.Peek() : _byAge.Peek();

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

    /// <summary>Puts a job into the leaf's line: by rank, the least first, and then by number. The oldest is added first.</summary>
    internal void Add(long job, DateTimeOffset submittedAt = default, int rank = 0)
    {
        _byRank.Enqueue(job, (rank, job));
        _byAge.Enqueue(job);
        if (_byAge.Count > 1)
            return;
        LeaveLines();
        var since = submittedAt > member.OverdueTurnAt ? submittedAt : member.OverdueTurnAt;
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
        while (_byRank.TryPeek(out var job, out _) && _done.Contains(job))
            _byRank.Dequeue();
        while (_byAge.TryPeek(out var job) && _done.Contains(job))
            _byAge.Dequeue();
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

    /// <summary>Leaves the lines above, from the top: what a line is ordered by may only change outside of it.</summary>
    private void LeaveLines()
    {
        parent?.LeaveLines();
        parent?._line.Remove(this);
    }

    private static double CountUpTo(double bound, double held, double perTask) =>
        perTask <= 0 ? int.MaxValue : Math.Floor((bound - held) / perTask) + 1;
}
