namespace Meridian.Optimisation.Batches;

/// <summary>How much of every resource is taken at every moment, for finding the earliest start of a mode.</summary>
public sealed class ResourceUsage
{
    private readonly BatchProblem _problem;
    private readonly Steps[] _steps;

    /// <summary>Only what the problem says is taken.</summary>
    public ResourceUsage(BatchProblem problem)
    {
        _problem = problem;
        _steps = new Steps[problem.Capacities.Length];
        for (var i = 0; i < _steps.Length; i++)
            _steps[i] = new();
        foreach (var taken in problem.Taken)
            _steps[taken.Resource].Add(taken.From, taken.Until, taken.Amount);
    }

    /// <summary>Takes what the mode draws from the start on; with a sign of -1, gives it back.</summary>
    public void Add(Mode mode, long start, int sign)
    {
        foreach (var draw in mode.Draws)
            _steps[draw.Resource].Add(start + draw.Offset, start + draw.Offset + draw.Length, sign * draw.Amount);
    }

    /// <summary>The earliest start at which the mode overdraws nothing, or nothing if it would finish too late.</summary>
    public long? Earliest(Mode mode, long startMax) => Earliest(mode.Draws.AsSpan(), 0, startMax);

    /// <summary>The earliest start within the bounds at which the draws overdraw nothing, or nothing.</summary>
    internal long? Earliest(ReadOnlySpan<Draw> draws, long startMin, long startMax)
    {
        var (start, fitting, next) = (startMin, 0, 0);
        while (start <= startMax)
        {
            if (fitting >= draws.Length)
                return start;
            ref readonly var draw = ref draws[next];
            next = next + 1 < draws.Length ? next + 1 : 0;
            fitting++;
            if (draw.Length <= 0 || draw.Amount == 0)
                continue;
            var free = _steps[draw.Resource].Free(draw, start, _problem.Capacities[draw.Resource] - draw.Amount);
            if (free < 0)
                return null;
            if (free > start)
                (start, fitting) = (free, 1);
        }

        return null;
    }

    /// <summary>What is taken of one resource: a level from each moment to the next.</summary>
    private sealed class Steps
    {
        private long[] _from = new long[16];
        private long[] _level = new long[16];
        private int _count = 1;

        internal Steps() => _from[0] = long.MinValue;

        /// <summary>The earliest start from the given one on at which the draw by itself fits; -1 if never.</summary>
        internal long Free(in Draw draw, long start, long room)
        {
            if (room < 0)
                return -1;
            var until = start + draw.Offset + draw.Length;
            for (var i = IndexOf(start + draw.Offset); i < _count && _from[i] < until; i++)
            {
                if (_level[i] <= room)
                    continue;
                // What is taken for ever leaves no later start.
                do
                {
                    i++;
                    if (i == _count)
                        return -1;
                }
                while (_level[i] > room);
                start = _from[i] - draw.Offset;
                until = start + draw.Offset + draw.Length;
            }

            return start;
        }

        internal void Add(long from, long until, long amount)
        {
            if (until <= from || amount == 0)
                return;
            var first = Split(from);
            var end = Split(until);
            for (var i = first; i < end; i++)
                _level[i] += amount;
            Join(end);
            Join(first);
        }

        private int Split(long at)
        {
            var index = IndexOf(at);
            if (_from[index] == at)
                return index;
            if (_count == _from.Length)
            {
                Array.Resize(ref _from, 2 * _count);
                Array.Resize(ref _level, 2 * _count);
            }

            Array.Copy(_from, index + 1, _from, index + 2, _count - index - 1);
            Array.Copy(_level, index + 1, _level, index + 2, _count - index - 1);
            (_from[index + 1], _level[index + 1]) = (at, _level[index]);
            _count++;
            return index + 1;
        }

        private void Join(int index)
        {
            if (index <= 0 || index >= _count || _level[index] != _level[index - 1])
                return;
            _count--;
            Array.Copy(_from, index + 1, _from, index, _count - index);
            Array.Copy(_level, index + 1, _level, index, _count - index);
        }

        /// <summary>The step that holds at the moment.</summary>
        private int IndexOf(long at)
        {
            var (low, high) = (0, _count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) >>> 1;
                if (_from[middle] <= at)
                    low = middle;
                else
                    high = middle - 1;
            }

            return low;
        }
    }
}
