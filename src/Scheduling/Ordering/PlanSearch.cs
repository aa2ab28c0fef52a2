using Meridian.Primitives;

namespace Meridian.Scheduling.Ordering;

/// <summary>Looks for a better order of a few jobs by moving one of them at a time and planning anew.</summary>
internal static class PlanSearch
{
    /// <summary>Puts the jobs in the best order found: the least sum of what their waits are expected to add.</summary>
    internal static void Improve(Span<WaitingJob> jobs, FreeProfile free, int tries, Seed seed)
    {
        var (order, scratch) = (jobs.ToArray(), free.Copy());
        var best = CostOf(order, free, scratch, double.MaxValue);
        for (var i = 0; i < tries && best > 0; i++)
        {
            var (from, to) = (seed.Next(order.Length), seed.Next(order.Length));
            Move(order, from, to);
            var cost = CostOf(order, free, scratch, best);
            if (cost < best)
                best = cost;
            else
                Move(order, to, from);
        }

        order.CopyTo(jobs);
    }

    private static double CostOf(WaitingJob[] order, FreeProfile free, FreeProfile scratch, double enough)
    {
        scratch.CopyFrom(free);
        var (cost, now) = (0.0, free.Now);
        foreach (var job in order)
        {
            var start = scratch.TakeEarliest(job.Processors, Math.Max(1, job.Belief.MeanSeconds));
            cost += (start - now) * job.Belief.MeanPerSecond;
            if (cost >= enough)
                break;
        }

        return cost;
    }

    private static void Move(WaitingJob[] order, int from, int to)
    {
        var job = order[from];
        if (from < to)
            Array.Copy(order, from + 1, order, from, to - from);
        else
            Array.Copy(order, to, order, to + 1, from - to);
        order[to] = job;
    }
}
