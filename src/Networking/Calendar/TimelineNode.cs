namespace Meridian.Networking.Calendar;

/// <summary>
/// A node of a persistent AVL tree over the moments at which the reserved amount changes, in order of time. Each node
/// knows the sum of the changes under it and the largest and smallest running sum, so a question about any interval
/// descends once.
/// </summary>
internal sealed class TimelineNode
{
    private readonly int _height;

    private TimelineNode(TimelineNode? left, long time, long change, TimelineNode? right)
    {
        (Left, Time, Change, Right) = (left, time, change, right);
        _height = Math.Max(HeightOf(left), HeightOf(right)) + 1;

        var here = checked(SumOf(left) + change);
        Sum = checked(here + SumOf(right));
        Largest = Math.Max(left?.Largest ?? long.MinValue, here);
        Smallest = Math.Min(left?.Smallest ?? long.MaxValue, here);
        if (right is null)
            return;
        Largest = Math.Max(Largest, checked(here + right.Largest));
        Smallest = Math.Min(Smallest, checked(here + right.Smallest));
    }

    internal TimelineNode? Left { get; }

    internal TimelineNode? Right { get; }

    /// <summary>The moment of the change, in UTC ticks.</summary>
    internal long Time { get; }

    /// <summary>By how much the amount changes at the moment; never zero.</summary>
    internal long Change { get; }

    /// <summary>The sum of the changes under this node.</summary>
    internal long Sum { get; }

    /// <summary>The largest sum of the first one or more changes under this node.</summary>
    internal long Largest { get; }

    /// <summary>The smallest sum of the first one or more changes under this node.</summary>
    internal long Smallest { get; }

    internal static long SumOf(TimelineNode? node) => node?.Sum ?? 0;

    /// <summary>The tree with the change added at the moment; changes that cancel out leave nothing behind.</summary>
    internal static TimelineNode? With(TimelineNode? node, long time, long change)
    {
        if (node is null)
            return change == 0 ? null : new(left: null, time, change, right: null);
        if (time < node.Time)
            return Balance(With(node.Left, time, change), node.Time, node.Change, node.Right);
        if (time > node.Time)
            return Balance(node.Left, node.Time, node.Change, With(node.Right, time, change));

        var sum = checked(node.Change + change);
        return sum == 0 ? Glue(node.Left, node.Right) : new(node.Left, time, sum, node.Right);
    }

    /// <summary>The part of the tree later than the moment.</summary>
    internal static TimelineNode? After(TimelineNode? node, long time)
    {
        if (node is null)
            return null;
        return node.Time <= time
            ? After(node.Right, time)
            : Join(After(node.Left, time), node.Time, node.Change, node.Right);
    }

    /// <summary>A balanced tree of changes that are already in order of time.</summary>
    internal static TimelineNode? FromSorted(ReadOnlySpan<(long Time, long Change)> changes)
    {
        if (changes.IsEmpty)
            return null;
        var middle = changes.Length / 2;
        var (time, change) = changes[middle];
        return new(FromSorted(changes[..middle]), time, change, FromSorted(changes[(middle + 1)..]));
    }

    /// <summary>The sum of the changes up to and at the moment.</summary>
    internal static long LevelAt(TimelineNode? node, long time)
    {
        var level = 0L;
        while (node is not null)
        {
            if (node.Time > time)
            {
                node = node.Left;
                continue;
            }

            level += SumOf(node.Left) + node.Change;
            node = node.Right;
        }

        return level;
    }

    /// <summary>The largest level set by a change strictly between the moments, or the smallest number when there is none.</summary>
    internal static long LargestBetween(TimelineNode? node, long before, long after, long until)
    {
        while (node is not null && (node.Time <= after || node.Time >= until))
        {
            before += node.Time <= after ? SumOf(node.Left) + node.Change : 0;
            node = node.Time <= after ? node.Right : node.Left;
        }

        if (node is null)
            return long.MinValue;
        var here = before + SumOf(node.Left) + node.Change;
        return Math.Max(here, Math.Max(LargestAfter(node.Left, before, after), LargestUntil(node.Right, here, until)));
    }

    /// <summary>The first change after the moment that leaves the level at or under the limit.</summary>
    internal static long? FirstAtMost(TimelineNode? node, long before, long after, long limit)
    {
        if (node is null || before + node.Smallest > limit)
            return null;
        var here = before + SumOf(node.Left) + node.Change;
        if (node.Time <= after)
            return FirstAtMost(node.Right, here, after, limit);
        return FirstAtMost(node.Left, before, after, limit)
            ?? (here <= limit ? node.Time : FirstAtMost(node.Right, here, after, limit));
    }

    /// <summary>The last change strictly between the moments that leaves the level over the limit.</summary>
    internal static long? LastAbove(TimelineNode? node, long before, long after, long until, long limit)
    {
        if (node is null || before + node.Largest <= limit)
            return null;
        var here = before + SumOf(node.Left) + node.Change;
        if (node.Time >= until)
            return LastAbove(node.Left, before, after, until, limit);
        if (LastAbove(node.Right, here, after, until, limit) is { } later)
            return later;
        if (node.Time <= after)
            return null;
        return here > limit ? node.Time : LastAbove(node.Left, before, after, until, limit);
    }

    private static long LargestAfter(TimelineNode? node, long before, long after)
    {
        var largest = long.MinValue;
        while (node is not null)
        {
            var here = before + SumOf(node.Left) + node.Change;
            if (node.Time <= after)
            {
                (before, node) = (here, node.Right);
                continue;
            }

            largest = Math.Max(largest, here);
            if (node.Right is { } right)
                largest = Math.Max(largest, here + right.Largest);
            node = node.Left;
        }

        return largest;
    }

    private static long LargestUntil(TimelineNode? node, long before, long until)
    {
        var largest = long.MinValue;
        while (node is not null)
        {
            if (node.Time >= until)
            {
                node = node.Left;
                continue;
            }

            if (node.Left is { } left)
                largest = Math.Max(largest, before + left.Largest);
            before += SumOf(node.Left) + node.Change;
            largest = Math.Max(largest, before);
            node = node.Right;
        }

        return largest;
    }

    private static int HeightOf(TimelineNode? node) => node?._height ?? 0;

    private static TimelineNode? Glue(TimelineNode? left, TimelineNode? right)
    {
        if (left is null || right is null)
            return left ?? right;
        var first = right;
        while (first.Left is not null)
            first = first.Left;
        return Balance(left, first.Time, first.Change, With(right, first.Time, -first.Change));
    }

    private static TimelineNode Join(TimelineNode? left, long time, long change, TimelineNode? right)
    {
        if (HeightOf(left) > HeightOf(right) + 1)
            return Balance(left!.Left, left.Time, left.Change, Join(left.Right, time, change, right));
        return HeightOf(right) > HeightOf(left) + 1
            ? Balance(Join(left, time, change, right!.Left), right.Time, right.Change, right.Right)
            : new(left, time, change, right);
    }

    private static TimelineNode Balance(TimelineNode? left, long time, long change, TimelineNode? right)
    {
        var lean = HeightOf(left) - HeightOf(right);
        if (lean > 1)
        {
            return HeightOf(left!.Left) >= HeightOf(left.Right)
                ? new(left.Left, left.Time, left.Change, new(left.Right, time, change, right))
                : Pivot(left.Left, left.Time, left.Change, left.Right!, time, change, right);
        }

        if (lean >= -1)
            return new(left, time, change, right);
        return HeightOf(right!.Right) >= HeightOf(right.Left)
            ? new(new(left, time, change, right.Left), right.Time, right.Change, right.Right)
            : Pivot(left, time, change, right.Left!, right.Time, right.Change, right.Right);
    }

    private static TimelineNode Pivot(
        TimelineNode? left, long leftTime, long leftChange, TimelineNode middle, long rightTime, long rightChange,
        TimelineNode? right) =>
        new(
            new(left, leftTime, leftChange, middle.Left),
            middle.Time,
            middle.Change,
            new(middle.Right, rightTime, rightChange, right));
}
