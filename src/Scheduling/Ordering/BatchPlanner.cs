using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Scheduling.Ordering;

/// <summary>
/// Orders the queue of one machine for the least mean bounded slowdown. Jobs are ranked by Smith's rule: what a second of
/// waiting is expected to add, over the processor seconds that starting the job is expected to take. They are planned in
/// that order, each where it fits first, by the run times believed; the head of the order is improved by search over whole
/// plans (after Zheng and others, <i>Exploring plan-based scheduling for large-scale computing systems</i>, CLUSTER 2016).
/// What the plan starts now is started.
/// <para>
/// No job starves. One that waited for <see cref="BatchOptions.PromiseAfterSeconds"/> is promised the first start that the
/// requested run times allow; nothing that could delay it is started, and the promise only ever moves to an earlier time.
/// It is kept as long as no job runs for longer than it asked for.
/// </para>
/// </summary>
public static class BatchPlanner
{
    /// <summary>A job that runs for longer than it asked for is expected to take as long again, and at least this long.</summary>
    private const double OverrunSecondsMin = 60;

    /// <summary>Which jobs to start now.</summary>
    public static BatchDecision Decide(BatchPicture picture, BatchOptions options, Seed seed)
    {
        var (now, promised) = (picture.NowSeconds, ImmutableSortedDictionary.CreateBuilder<long, double>());
        var certain = FreeProfile.Of(now, picture.FreeProcessors, picture.Running.Select(r => (CertainEnd(r, now), r.Processors)));
        var likely = FreeProfile.Of(now, picture.FreeProcessors, picture.Running.Select(r => (LikelyEnd(r, now), r.Processors)));
        var starts = ImmutableArray.CreateBuilder<long>();
        foreach (var (job, start) in Promises.Make(picture, options, certain))
        {
            likely.TakeEarliest(job.Processors, Math.Max(1, job.Belief.MeanSeconds));
            if (start <= now)
                starts.Add(job.Id);
            else
                promised.Add(job.Id, start);
        }

        var others = picture.Waiting.Where(job => !promised.ContainsKey(job.Id) && !starts.Contains(job.Id))
            .OrderByDescending(UrgencyOf).ThenBy(job => job.Id)
            .ToArray();
        var head = others.AsSpan(0, Math.Min(others.Length, options.SearchDepth));
        if (head.Length > 1 && others.Min(job => job.Processors) <= likely.FreeNow)
            PlanSearch.Improve(head, likely, options.SearchTries, seed);
        starts.AddRange(StartsOf(others, likely, certain, now));
        return new(starts.ToImmutable(), promised.ToImmutable());
    }

    /// <summary>Smith's rule (1956) for jobs that also take a width: weight over area.</summary>
    public static double UrgencyOf(WaitingJob job) =>
        job.Belief.MeanPerSecond / (Math.Max(job.Belief.MeanSeconds, RunTimeBeliefs.ShortestSeconds) * job.Processors);

    /// <summary>Plans the jobs in order; those start whose place is now and that delay no promise.</summary>
    private static List<long> StartsOf(WaitingJob[] jobs, FreeProfile likely, FreeProfile certain, double now)
    {
        var starts = new List<long>();
        foreach (var job in jobs)
        {
            if (certain.FreeNow == 0)
                break;
            if (likely.TakeEarliest(job.Processors, Math.Max(1, job.Belief.MeanSeconds)) > now
                || !certain.Fits(job.Processors, Math.Max(1, job.RequestedSeconds)))
                continue;
            certain.Take(job.Processors, now, now + Math.Max(1, job.RequestedSeconds));
            starts.Add(job.Id);
        }

        return starts;
    }

    private static double CertainEnd(RunningJob job, double now)
    {
        var left = job.StartedSeconds + job.RequestedSeconds - now;
        return now + (left > 0 ? left : Math.Max(OverrunSecondsMin, -left));
    }

    /// <summary>A job that has run for longer than believed is expected to take as long again, up to what it asked for.</summary>
    private static double LikelyEnd(RunningJob job, double now)
    {
        var (elapsed, certain) = (now - job.StartedSeconds, CertainEnd(job, now));
        var end = elapsed < job.ExpectedSeconds
            ? job.StartedSeconds + job.ExpectedSeconds
            : now + Math.Max(OverrunSecondsMin, elapsed);
        return Math.Min(certain, Math.Max(end, now + 1));
    }
}
