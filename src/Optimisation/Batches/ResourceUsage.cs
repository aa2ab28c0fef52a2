namespace Meridian.Optimisation.Batches;

/// <summary>How much of every resource is taken at every moment, for finding the earliest start of a mode.</summary>
public sealed class ResourceUsage
{
    private readonly BatchProblem _problem;
    private readonly List<(long From, long Level)>[] _steps;

    /// <summary>Only what the problem says is taken.</summary>
    public ResourceUsage(BatchProblem problem)
    {
        _problem = problem;
        _steps = new List<(long, long)>[problem.Capacities.Length];
        for (var i = 0; i < _steps.Length; i++)
            _steps[i] = [(long.MinValue, 0)];
        foreach (var taken in problem.Taken)
            Add(taken.Resource, taken.From, taken.Until, taken.Amount);
    }

    /// <summary>Takes what the mode draws from the start on; with a sign of -1, gives it back.</summary>
    public void Add(Mode mode, long start, int sign)
    {
        foreach (var draw in mode.Draws)
            Add(draw.Resource, start + draw.Offset, start + draw.Offset + draw.Length, sign * draw.Amount);
    }

    /// <summary>The earliest start at which the mode overdraws nothing, or nothing if it would finish too late.</summary>
    public long? Earliest(Mode mode, long startMax)
    {
        var start = 0L;
        while (start <= startMax)
        {
            var before = start;
            foreach (var draw in mode.Draws)
            {
                if (draw.Length <= 0 || draw.Amount == 0)
                    continue;
                if (Free(draw, start) is not { } free)
                    return null;
                start = free;
            }

            if (start == before)
                return start;
        }

        return null;
    }

    /// <summary>The earliest start from the given one on at which the draw by itself fits.</summary>
    private long? Free(in Draw draw, long start)
    {
        var (steps, room) = (_steps[draw.Resource], _problem.Capacities[draw.Resource] - draw.Amount);
        if (room < 0)
            return null;
        for (var i = IndexOf(steps, start + draw.Offset); i < steps.Count && steps[i].From < start + draw.Offset + draw.Length; i++)
        {
            if (steps[i].Level <= room)
                continue;
            // What is taken for ever leaves no later start.
            if (i + 1 == steps.Count)
                return null;
            start = Math.Max(start, steps[i + 1].From - draw.Offset);
        }

        return start;
    }

    private void Add(int resource, long from, long until, long amount)
    {
        if (until <= from || amount == 0)
            return;
        var steps = _steps[resource];
        var first = Split(steps, from);
        var end = Split(steps, until);
        for (var i = first; i < end; i++)
            steps[i] = (steps[i].From, steps[i].Level + amount);
        Join(steps, end);
        Join(steps, first);
    }

    private static int Split(List<(long From, long Level)> steps, long at)
    {
        var index = IndexOf(steps, at);
        if (steps[index].From == at)
            return index;
        steps.Insert(index + 1, (at, steps[index].Level));
        return index + 1;
    }

    private static void Join(List<(long From, long Level)> steps, int index)
    {
        if (index > 0 && index < steps.Count && steps[index].Level == steps[index - 1].Level)
            steps.RemoveAt(index);
    }

    /// <summary>The step that holds at the moment.</summary>
    private static int IndexOf(List<(long From, long Level)> steps, long at)
    {
        var (low, high) = (0, steps.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (steps[middle].From <= at)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
