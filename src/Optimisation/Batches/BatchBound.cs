namespace Meridian.Optimisation.Batches;

/// <summary>
/// What no plan can cost less than: the time-indexed linear relaxation, by its Lagrangian dual. Each resource has a price in
/// each slot of time; at given prices every activity takes its best mode and start by itself, which is a bound, and the prices are
/// moved by subgradients. Lengths are rounded down to whole slots, so the bound holds for starts between slots too.
/// </summary>
/// <remarks>
/// M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science 27, 1981; J. P. Sousa
/// and L. A. Wolsey, "A time indexed formulation of non-preemptive single machine scheduling problems", Math. Programming 54, 1992.
/// </remarks>
public sealed class BatchBound
{
    private const double StepFirst = 1.5;
    private const int PatienceCount = 12;

    private readonly BatchProblem _problem;
    private readonly long _slot;
    private readonly int _slotCount;
    private readonly int[][] _modes;
    private readonly double[][] _room;
    private readonly double[][] _prices;
    private readonly double[][] _sums;
    private readonly double[][] _used;
    private readonly double[][] _direction;

    private BatchBound(BatchProblem problem, long slot, int slotCount)
    {
        (_problem, _slot, _slotCount) = (problem, slot, slotCount);
        _modes = [.. problem.Activities.Select(a => a.ModesByCost())];
        var count = problem.Capacities.Length;
        double[][] Rows(int length) => [.. Enumerable.Range(0, count).Select(_ => new double[length])];
        (_room, _prices, _used, _sums, _direction) = (Rows(slotCount), Rows(slotCount), Rows(slotCount), Rows(slotCount + 1), Rows(slotCount));
        for (var resource = 0; resource < count; resource++)
            Array.Fill(_room[resource], problem.Capacities[resource]);
        foreach (var taken in problem.Taken)
        {
            // Only whole slots count as taken.
            for (var at = Math.Max(0, (taken.From + slot - 1) / slot); at < Math.Min(slotCount, taken.Until / slot); at++)
                _room[taken.Resource][at] = Math.Max(0, _room[taken.Resource][at] - taken.Amount);
        }
    }

    /// <summary>A bound on the cost of every plan.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="costOfPlan">The cost of a known plan, by which the steps are measured.</param>
    /// <param name="slot">The length of a slot, from 1; a short one gives a better bound.</param>
    /// <param name="finishMax">No sensible plan goes on for longer; what starts later is taken as free of rivals.</param>
    /// <param name="roundCount">How often the prices are moved.</param>
    public static double Of(BatchProblem problem, double costOfPlan, long slot, long finishMax, int roundCount)
    {
        var bound = new BatchBound(problem, slot, (int)Math.Clamp((finishMax / slot) + 1, 1, 20_000));
        var (best, step, stale) = (double.NegativeInfinity, StepFirst, 0);
        for (var round = 0; round < roundCount; round++)
        {
            var value = bound.Evaluate();
            stale = value > best + (1e-6 * Math.Abs(best)) ? 0 : stale + 1;
            best = Math.Max(best, value);
            if (stale >= PatienceCount)
                (step, stale) = (step / 2, 0);
            if (!bound.Follow(step * (costOfPlan - value)))
                break;
        }

        return best;
    }

    /// <summary>The bound at these prices, noting what is used at them.</summary>
    private double Evaluate()
    {
        var value = 0d;
        for (var resource = 0; resource < _prices.Length; resource++)
        {
            Array.Clear(_used[resource]);
            for (var at = 0; at < _slotCount; at++)
            {
                _sums[resource][at + 1] = _sums[resource][at] + _prices[resource][at];
                value -= _prices[resource][at] * _room[resource][at];
            }
        }

        for (var i = 0; i < _modes.Length; i++)
            value += Evaluate(_problem.Activities[i], _modes[i]);
        return value;
    }

    private double Evaluate(Activity activity, int[] modes)
    {
        var (cost, mode, start) = (activity.CostLeftOut, -1, 0);
        foreach (var i in modes)
        {
            var one = activity.Modes[i];
            if (activity.CostOf(new(i, 0)) >= cost)
                break;
            for (var at = 0; at < _slotCount; at++)
            {
                var bare = one.Cost + (activity.CostPerTime * ((at * _slot) + one.Length));
                if (bare >= cost || (at * _slot) + one.Length > activity.FinishMax)
                    break;
                var priced = bare;
                foreach (var draw in one.Draws)
                {
                    var (first, end) = Slots(draw, at);
                    priced += draw.Amount * (_sums[draw.Resource][end] - _sums[draw.Resource][first]);
                }

                if (priced < cost)
                    (cost, mode, start) = (priced, i, at);
            }
        }

        if (mode < 0)
            return cost;
        foreach (var draw in activity.Modes[mode].Draws)
        {
            var (first, end) = Slots(draw, start);
            for (var at = first; at < end; at++)
                _used[draw.Resource][at] += draw.Amount;
        }

        return cost;
    }

    /// <summary>The slots that the draw is sure to take whole: between the slots of its beginning and its end.</summary>
    private (int First, int End) Slots(in Draw draw, int at)
    {
        var first = Math.Min(_slotCount, at + ((draw.Offset + _slot - 1) / _slot));
        var end = Math.Min(_slotCount, at + ((draw.Offset + draw.Length) / _slot));
        return ((int)first, (int)Math.Max(first, end));
    }

    /// <summary>Moves the prices along what is overdrawn; false when nothing would change.</summary>
    private bool Follow(double gap)
    {
        var norm = 0d;
        for (var resource = 0; resource < _prices.Length; resource++)
        {
            var scale = Math.Max(1, _problem.Capacities[resource]);
            for (var at = 0; at < _slotCount; at++)
            {
                // The direction keeps something of the last ones, which would else point to and fro.
                var over = (_used[resource][at] - _room[resource][at]) / scale;
                var now = (0.6 * _direction[resource][at]) + over;
                _direction[resource][at] = now = _prices[resource][at] <= 0 && now < 0 ? 0 : now;
                norm += now * now;
            }
        }

        if (norm < 1e-12 || gap <= 0)
            return false;
        for (var resource = 0; resource < _prices.Length; resource++)
        {
            var scale = Math.Max(1, _problem.Capacities[resource]);
            for (var at = 0; at < _slotCount; at++)
                _prices[resource][at] = Math.Max(0, _prices[resource][at] + (gap / norm * _direction[resource][at] / scale));
        }

        return true;
    }
}
