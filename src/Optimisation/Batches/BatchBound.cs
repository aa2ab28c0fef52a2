namespace Meridian.Optimisation.Batches;

/// <summary>
/// What no plan can cost less than: the time-indexed linear relaxation, by its Lagrangian dual. Each resource has a price in
/// each slot of time; at given prices every activity takes its best mode and start by itself, which is a bound, and the prices are
/// moved by the volume algorithm. Starts may lie anywhere and lengths are not rounded: only the prices are the same for a slot.
/// </summary>
/// <remarks>
/// M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science 27, 1981; J. P. Sousa
/// and L. A. Wolsey, "A time indexed formulation of non-preemptive single machine scheduling problems", Math. Programming 54, 1992;
/// F. Barahona and R. Anbil, "The volume algorithm: producing primal solutions with a subgradient method", Math. Programming 87, 2000.
/// </remarks>
public sealed class BatchBound
{
    private const int SlotCountMax = 20_000;
    private const int RedCountMax = 5;
    private const double StepFirst = 0.2;
    private const double StepMin = 1e-3;
    private const double Memory = 0.8;

    private readonly BatchProblem _problem;
    private readonly SlotPrices _slots;
    private readonly int[][] _modes;
    private readonly int[] _last;
    private readonly double[][] _room;
    private readonly double[][] _centre;
    private readonly double[][] _used;
    private readonly double[][] _mean;

    private BatchBound(BatchProblem problem, long slot, int slotCount)
    {
        (_problem, _slots) = (problem, new(problem.Capacities.Length, slot, slotCount));
        _modes = [.. problem.Activities.Select(a => a.ModesByCost())];
        _last = [.. problem.Activities.Select(_ => -1)];
        double[][] Rows() => [.. problem.Capacities.Select(_ => new double[slotCount])];
        (_room, _centre, _used, _mean) = (Rows(), Rows(), Rows(), Rows());
        for (var resource = 0; resource < _room.Length; resource++)
            Array.Fill(_room[resource], problem.Capacities[resource] * (double)slot);
        foreach (var taken in problem.Taken)
            _slots.AddArea(_room[taken.Resource], Math.Max(0, taken.From), taken.Until, -taken.Amount);
        foreach (var row in _room)
        {
            for (var at = 0; at < slotCount; at++)
                row[at] = Math.Max(0, row[at]);
        }
    }

    /// <summary>The bound, and what its prices rule out: a mode and start that by themselves cost more than the plan is above the bound.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="costOfPlan">The cost of a known plan; only what is in no cheaper one is ruled out.</param>
    /// <param name="slot">The length of a slot, from 1; a short one gives a better bound.</param>
    /// <param name="finishMax">No sensible plan goes on for longer; what starts later is taken as free of rivals.</param>
    /// <param name="roundCount">How often the prices are moved.</param>
    public static BatchLimits Of(BatchProblem problem, double costOfPlan, long slot, long finishMax, int roundCount)
    {
        var bound = new BatchBound(problem, slot, (int)Math.Clamp((finishMax / slot) + 1, 1, SlotCountMax));
        bound.Climb(costOfPlan, roundCount);
        Copy(bound._centre, bound._slots.Prices);
        var value = bound.Evaluate();
        var slack = Math.Max(0, costOfPlan - value) + 1e-6;
        return new(value, [.. problem.Activities.Select(activity =>
        {
            var last = -1;
            var least = bound.Evaluate(activity, activity.ModesByCost(), ref last);
            return activity.Modes.Select(m => bound._slots.Starts(activity, m, least + slack)).ToArray();
        })]);
    }

    private void Climb(double costOfPlan, int roundCount)
    {
        var (value, step, red) = (Evaluate(), StepFirst, 0);
        Copy(_used, _mean);
        for (var round = 1; round < roundCount && step > StepMin; round++)
        {
            var target = Math.Min(costOfPlan, value + (0.1 * Math.Abs(value)));
            if (!Follow(step * (target - value)))
                break;
            var found = Evaluate();
            Blend();
            if (found > value)
            {
                (value, red) = (found, 0);
                step = Math.Min(2, step * 1.1);
                Copy(_slots.Prices, _centre);
            }
            else if (++red >= RedCountMax)
            {
                (step, red) = (step * 0.7, 0);
            }
        }
    }

    /// <summary>What the activities cost at least at these prices, less what the room is worth: a bound. Notes what they use.</summary>
    private double Evaluate()
    {
        _slots.Changed();
        var value = 0d;
        for (var resource = 0; resource < _room.Length; resource++)
        {
            Array.Clear(_used[resource]);
            for (var at = 0; at < _slots.SlotCount; at++)
                value -= _slots.Prices[resource][at] * _room[resource][at];
        }

        for (var i = 0; i < _modes.Length; i++)
            value += Evaluate(_problem.Activities[i], _modes[i], ref _last[i]);
        return value;
    }

    /// <summary>What the activity costs at least. The last best mode is tried first, since it rules most others out.</summary>
    private double Evaluate(Activity activity, int[] modes, ref int last)
    {
        var (cost, mode, start) = (activity.CostLeftOut, -1, 0L);
        for (var i = -1; i < modes.Length; i++)
        {
            var index = i < 0 ? last : modes[i];
            if (index < 0 || (i >= 0 && index == last))
                continue;
            if (i >= 0 && activity.CostOf(new(index, 0)) >= cost)
                break;
            var (found, at) = _slots.Least(activity, activity.Modes[index], cost);
            if (found < cost)
                (cost, mode, start) = (found, index, at);
        }

        if (mode >= 0)
            _slots.AddArea(activity.Modes[mode], start, _used);
        last = mode;
        return cost;
    }

    /// <summary>Moves the prices from the best ones along what is overdrawn on average; false when nothing would change.</summary>
    private bool Follow(double gap)
    {
        var norm = 0d;
        for (var resource = 0; resource < _room.Length; resource++)
        {
            var scale = Scale(resource);
            for (var at = 0; at < _slots.SlotCount; at++)
            {
                var over = (_mean[resource][at] - _room[resource][at]) / scale;
                norm += _centre[resource][at] <= 0 && over < 0 ? 0 : over * over;
            }
        }

        if (norm < 1e-12 || gap <= 0)
            return false;
        for (var resource = 0; resource < _room.Length; resource++)
        {
            var scale = Scale(resource);
            for (var at = 0; at < _slots.SlotCount; at++)
            {
                var over = (_mean[resource][at] - _room[resource][at]) / scale;
                _slots.Prices[resource][at] = Math.Max(0, _centre[resource][at] + (gap / norm * over / scale));
            }
        }

        return true;
    }

    private double Scale(int resource) => Math.Max(1, _problem.Capacities[resource]) * (double)_slots.Slot;

    private void Blend()
    {
        for (var resource = 0; resource < _mean.Length; resource++)
        {
            for (var at = 0; at < _mean[resource].Length; at++)
                _mean[resource][at] = (Memory * _mean[resource][at]) + ((1 - Memory) * _used[resource][at]);
        }
    }

    private static void Copy(double[][] from, double[][] to)
    {
        for (var i = 0; i < from.Length; i++)
            Array.Copy(from[i], to[i], Math.Min(from[i].Length, to[i].Length));
    }
}
