using System.Globalization;
using Meridian.Primitives;
using Meridian.Scheduling.Ordering;

namespace Meridian.Benches.Swf;

/// <summary>
/// Replays a window under Meridian's own order. The order sees what is known at each moment: requests, what has run for
/// how long, and the run times of the jobs of the window that have ended.
/// </summary>
internal sealed class OwnReplay
{
    private readonly SwfTrace _trace;
    private readonly BatchOptions _options;
    private readonly RunTimeHistory _history = new();
    private readonly List<SwfJob> _waiting = [];
    private readonly List<(SwfJob Job, long Start, double Expected)> _running = [];
    private readonly List<StartedJob> _started = [];
    private readonly SortedDictionary<long, double> _promises = [];
    private Seed _seed;
    private int _free;

    private OwnReplay(SwfTrace trace, BatchOptions options, ulong seed) =>
        (_trace, _options, _seed, _free) = (trace, options, new(seed), trace.Processors);

    internal static IReadOnlyList<StartedJob> Run(SwfTrace trace, SwfWindow window, BatchOptions options, ulong seed)
    {
        var replay = new OwnReplay(trace, options, seed);
        var (next, end) = (window.Start, window.Start + window.Count);
        while (next < end || replay._running.Count > 0)
        {
            var now = next < end ? trace.Jobs[next].SubmitSeconds : long.MaxValue;
            foreach (var (job, start, _) in replay._running)
                now = Math.Min(now, start + job.RunSeconds);
            replay.EndJobs(now);
            for (; next < end && trace.Jobs[next].SubmitSeconds <= now; next++)
                replay._waiting.Add(trace.Jobs[next]);
            replay.StartJobs(now);
        }

        return replay._started;
    }

    private void EndJobs(long now)
    {
        foreach (var (job, start, _) in _running.Where(r => r.Start + r.Job.RunSeconds <= now))
        {
            _free += job.Processors;
            _history.Learn(FamilyOf(job), job.RequestedSeconds, job.RunSeconds);
        }

        _running.RemoveAll(r => r.Start + r.Job.RunSeconds <= now);
    }

    private void StartJobs(long now)
    {
        if (_waiting.Count == 0 || _waiting.Min(job => job.Processors) > _free)
            return;
        var beliefs = _history.Beliefs(_running.Select(r => new RunningWork(FamilyOf(r.Job), r.Job.RequestedSeconds, now - r.Start)));
        var decision = BatchPlanner.Decide(
            new(now, _free,
                [.. _running.Select(r => new RunningJob(r.Job.Processors, r.Start, r.Job.RequestedSeconds, r.Expected))],
                [.. _waiting.Select(job => Describe(job, beliefs))]),
            _options, _seed.Fork());
        _promises.Clear();
        foreach (var (id, start) in decision.Promises)
            _promises.Add(id, start);
        foreach (var id in decision.Starts)
            Start(_waiting.Find(job => job.Id == id)!, now, beliefs);
    }

    private WaitingJob Describe(SwfJob job, RunTimeBeliefs beliefs) => new(
        job.Id, job.Processors, job.SubmitSeconds, job.RequestedSeconds, beliefs.Of(FamilyOf(job), job.RequestedSeconds),
        _promises.TryGetValue(job.Id, out var start) ? start : null);

    private void Start(SwfJob job, long now, RunTimeBeliefs beliefs)
    {
        _waiting.Remove(job);
        _free -= job.Processors;
        if (_free < 0)
            throw new InvalidOperationException($"Job {job.Id} was started without room.");
        _running.Add((job, now, beliefs.Of(FamilyOf(job), job.RequestedSeconds).MeanSeconds));
        _started.Add(new(job, now));
    }

    /// <summary>A user's jobs of one width and request; the traces number executables by submission, so they say nothing.</summary>
    private static Family FamilyOf(SwfJob job) => new(
        job.User < 0 ? "" : job.User.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{job.Processors} for {job.RequestedSeconds} s"));
}
