namespace Meridian.Scheduling.Ordering;

/// <summary>A member with those below it. It stands in its parent's line while there are jobs below it.</summary>
internal sealed class FairBranch(FairBranch? parent, FairMember member)
{
    private static readonly Comparer<FairBranch> ByShare = Comparer<FairBranch>.Create((left, right) =>
        left._share != right._share ? left._share.CompareTo(right._share) : string.CompareOrdinal(left.Name, right.Name));

    private readonly SortedDictionary<string, FairBranch> _children = new(StringComparer.Ordinal);
    private readonly SortedSet<FairBranch> _line = new(ByShare);
    private readonly Queue<long> _jobs = new();
    private Claim _held = member.Held;
    private double _share = member.Held.Dominant / member.Weight;

    internal FairBranch? Parent => parent;

    private string Name { get; } = member.Name;

    internal bool HasJobs => _jobs.Count > 0 || _line.Count > 0;

    internal long First => _jobs.Peek();

    internal double? FirstShare => _line.Min?._share;

    internal FairBranch Child(FairMember of)
    {
        if (!_children.TryGetValue(of.Name, out var child))
            _children.Add(of.Name, child = new(this, of));
        return child;
    }

    internal void Add(long job)
    {
        _jobs.Enqueue(job);
        for (var branch = this; branch.Parent is { } above && above._line.Add(branch); branch = above)
        {
            // Every branch above stands in its own parent's line from now on.
        }
    }

    /// <summary>The first of the line, which leaves it for its turn; nothing at a leaf.</summary>
    internal FairBranch? LeaveFirst()
    {
        if (_line.Min is not { } first)
            return null;
        _line.Remove(first);
        return first;
    }

    internal void RemoveFirst() => _jobs.Dequeue();

    internal void Return(Claim placed)
    {
        _held += placed;
        _share = _held.Dominant / member.Weight;
        if (HasJobs)
            parent?._line.Add(this);
    }

    internal int CountUpTo(double share, Claim perTask)
    {
        var bound = share * member.Weight;
        var count = Math.Min(
            CountUpTo(bound, _held.Cores, perTask.Cores),
            Math.Min(
                CountUpTo(bound, _held.Memory, perTask.Memory),
                CountUpTo(bound, _held.Accelerators, perTask.Accelerators)));
        return (int)Math.Clamp(count, 1, int.MaxValue);
    }

    private static double CountUpTo(double bound, double held, double perTask) =>
        perTask <= 0 ? int.MaxValue : Math.Floor((bound - held) / perTask) + 1;
}
