using Meridian.Primitives;

namespace Meridian.Scheduling.Ordering;

/// <summary>
/// How many processors are free from now on: steps, each good until the next, the last for ever. A job is put where it
/// fits first (conservative backfilling: Mu'alem and Feitelson, TPDS 2001).
/// </summary>
internal sealed class FreeProfile
{
    private double[] _times;
    private int[] _free;
    private int _count;

    private FreeProfile(int capacity) => (_times, _free) = (new double[capacity], new int[capacity]);

    /// <summary>The profile of a machine with some processors free and others coming free.</summary>
    internal static FreeProfile Of(double now, int free, IEnumerable<(double At, int Processors)> ends)
    {
        var profile = new FreeProfile(64) { _count = 1 };
        (profile._times[0], profile._free[0]) = (now, free);
        foreach (var (at, processors) in ends.OrderBy(end => end.At))
        {
            Invariant.Holds(at >= now, "What runs ends now or later.");
            var last = profile._count - 1;
            if (at > profile._times[last])
            {
                profile.Insert(profile._count, at);
                last++;
            }

            profile._free[last] += processors;
        }

        return profile;
    }

    /// <summary>The first moment that it knows of.</summary>
    internal double Now => _times[0];

    /// <summary>The processors free now.</summary>
    internal int FreeNow => _free[0];

    internal void CopyFrom(FreeProfile other)
    {
        if (_times.Length < other._count)
            (_times, _free) = (new double[other._times.Length], new int[other._times.Length]);
        Array.Copy(other._times, _times, other._count);
        Array.Copy(other._free, _free, other._count);
        _count = other._count;
    }

    internal FreeProfile Copy()
    {
        var copy = new FreeProfile(_times.Length);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes the processors as early as they are free for so long, and says when that is.</summary>
    internal double TakeEarliest(int processors, double seconds)
    {
        var first = 0;
        while (true)
        {
            while (_free[first] < processors)
                first++;
            var end = _times[first] + seconds;
            var after = first + 1;
            while (after < _count && _times[after] < end && _free[after] >= processors)
                after++;
            if (after == _count || _times[after] >= end)
            {
                var start = _times[first];
                Change(first, after, end, -processors);
                return start;
            }

            first = after;
        }
    }

    /// <summary>Whether the processors are free from now for so long.</summary>
    internal bool Fits(int processors, double seconds)
    {
        var end = _times[0] + seconds;
        for (var i = 0; i < _count && _times[i] < end; i++)
        {
            if (_free[i] < processors)
                return false;
        }

        return true;
    }

    /// <summary>Takes the processors then, whether they are free or not; a negative number gives them back.</summary>
    internal void Take(int processors, double start, double end)
    {
        var first = 0;
        while (first < _count && _times[first] < start)
            first++;
        if (first == _count || _times[first] > start)
        {
            Insert(first, start);
            _free[first] = _free[first - 1];
        }

        var after = first + 1;
        while (after < _count && _times[after] < end)
            after++;
        Change(first, after, end, -processors);
    }

    /// <summary>Changes the steps from the first up to the end, which is at or before the step after them.</summary>
    private void Change(int first, int after, double end, int by)
    {
        if (after == _count || _times[after] > end)
            Insert(after, end);
        for (var i = first; i < after; i++)
            _free[i] += by;
    }

    private void Insert(int index, double time)
    {
        if (_count == _times.Length)
        {
            Array.Resize(ref _times, 2 * _count);
            Array.Resize(ref _free, 2 * _count);
        }

        Array.Copy(_times, index, _times, index + 1, _count - index);
        Array.Copy(_free, index, _free, index + 1, _count - index);
        (_times[index], _free[index]) = (time, index > 0 ? _free[index - 1] : 0);
        _count++;
    }
}
