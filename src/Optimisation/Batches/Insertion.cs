namespace Meridian.Optimisation.Batches;

/// <summary>
/// Where an activity costs least beside what is taken. Its modes lie in groups that draw the same from their start to their
/// finish (the place of a job, say, while its ways there differ): when there is room for a group's shortest is a bound on all of
/// it, and so most modes are never looked at.
/// </summary>
internal sealed class Insertion
{
    private readonly Activity _activity;
    private readonly Group[] _groups;
    private readonly (double Bound, long Start, int Group)[] _order;

    internal Insertion(Activity activity)
    {
        _activity = activity;
        _groups = [.. Enumerable.Range(0, activity.Modes.Length)
            .GroupBy(i => string.Join(',', Core(activity.Modes[i]).Select(d => (d.Resource, d.Amount))), StringComparer.Ordinal)
            .Select(g => new Group(activity, [.. g]))];
        _order = new (double, long, int)[_groups.Length];
    }

    /// <summary>The choice of least cost; left out where that is cheaper or nothing else is possible.</summary>
    internal Choice Best(ResourceUsage usage)
    {
        var (best, cost) = (Choice.LeftOut, _activity.CostLeftOut);
        var count = 0;
        for (var i = 0; i < _groups.Length; i++)
        {
            var group = _groups[i];
            if (group.Least < cost && usage.Earliest(group.Core, 0, StartMax(cost, group.Least, group.Core.Length > 0 ? group.Core[0].Length : 0)) is { } start)
                Insert(count++, (group.Least + (_activity.CostPerTime * start), start, i));
        }

        for (var i = 0; i < count && _order[i].Bound < cost; i++)
        {
            var (_, from, group) = _order[i];
            foreach (var index in _groups[group].Modes)
            {
                var mode = _activity.Modes[index];
                var least = _activity.CostOf(new(index, 0));
                if (least + (_activity.CostPerTime * from) >= cost)
                    break;
                if (usage.Earliest(mode.Draws.AsSpan(), from, StartMax(cost, least, mode.Length)) is { } start
                    && _activity.CostOf(new(index, start)) is var found && found < cost)
                    (best, cost) = (new(index, start), found);
            }
        }

        return best;
    }

    private static IEnumerable<Draw> Core(Mode mode) => mode.Draws.Where(d => d.Offset == 0 && d.Length == mode.Length);

    /// <summary>The latest start at which the activity would be in time and cost no more than that.</summary>
    private long StartMax(double cost, double least, long length)
    {
        var last = _activity.FinishMax - length;
        return _activity.CostPerTime <= 0 ? last : (long)Math.Min(last, (cost - least) / _activity.CostPerTime);
    }

    private void Insert(int count, (double Bound, long Start, int Group) one)
    {
        for (; count > 0 && _order[count - 1].Bound > one.Bound; count--)
            _order[count] = _order[count - 1];
        _order[count] = one;
    }

    /// <summary>Modes that draw the same from the start to the finish, the cheapest first.</summary>
    private sealed class Group
    {
        internal Group(Activity activity, int[] modes)
        {
            Modes = [.. modes.OrderBy(i => activity.CostOf(new(i, 0)))];
            Least = activity.CostOf(new(Modes[0], 0));
            Core = [.. Core(activity.Modes[modes.MinBy(i => activity.Modes[i].Length)])];
        }

        internal int[] Modes { get; }

        /// <summary>What the cheapest costs from the beginning on.</summary>
        internal double Least { get; }

        /// <summary>What all of them draw, for as long as the shortest takes.</summary>
        internal Draw[] Core { get; }
    }
}
