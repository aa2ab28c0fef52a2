using Meridian.Primitives;

namespace Meridian.Benches.National;

/// <summary>
/// What ends when, in buckets of a second: adding and taking cost the same however much runs. Ends in one second come out in
/// the opposite order of their adding. Moments are milliseconds.
/// </summary>
internal sealed class EndWheel
{
    private const int BucketCount = 1 << 19;
    private const int BucketMilliseconds = 1000;

    private readonly int[] _first = new int[BucketCount];
    private int[] _next = new int[1024];
    private long _bucket;

    internal EndWheel(long start)
    {
        _bucket = start / BucketMilliseconds;
        Array.Fill(_first, -1);
    }

    /// <summary>Notes that the holding ends at the moment, or in the second after it.</summary>
    internal void Add(int holding, long end)
    {
        var bucket = (end / BucketMilliseconds) + 1;
        Invariant.Holds(bucket >= _bucket && bucket < _bucket + BucketCount, "what runs ends within six days");
        if (holding >= _next.Length)
            Array.Resize(ref _next, Math.Max(holding + 1, _next.Length * 2));
        ref var first = ref _first[bucket % BucketCount];
        (_next[holding], first) = (first, holding);
    }

    /// <summary>Takes out one that has ended by the moment, with the second in which it did; false when there is none.</summary>
    internal bool TryTake(long now, out int holding, out long end)
    {
        for (; _bucket * BucketMilliseconds <= now; _bucket++)
        {
            ref var first = ref _first[_bucket % BucketCount];
            (holding, end) = (first, _bucket * BucketMilliseconds);
            if (holding < 0)
                continue;
            first = _next[holding];
            return true;
        }

        (holding, end) = (-1, 0);
        return false;
    }
}
