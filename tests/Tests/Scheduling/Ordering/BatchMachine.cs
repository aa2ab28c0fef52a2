using System.Collections.Immutable;
using Meridian.Primitives;
using Meridian.Scheduling.Ordering;

namespace Meridian.Tests.Scheduling.Ordering;

/// <summary>Work that is handed in to a machine of the tests.</summary>
internal sealed record BatchWork(long Id, int Processors, long SubmittedSeconds, long RequestedSeconds, long RunSeconds);

/// <summary>A machine in simulated time that does what the planner decides, and notes what it promised.</summary>
internal sealed class BatchMachine(int processors, BatchOptions options, ulong seed)
{
    private readonly List<WaitingJob> _waiting = [];
    private readonly List<(BatchWork Work, long Start)> _running = [];
    private readonly SortedDictionary<long, BatchWork> _work = [];
    private Seed _seed = new(seed);

    public SortedDictionary<long, long> Starts { get; } = [];

    /// <summary>The first promise to each job, and when it was given.</summary>
    public SortedDictionary<long, (double At, double Start)> FirstPromises { get; } = [];

    /// <summary>Promises that were followed by a later one.</summary>
    public List<long> Postponed { get; } = [];

    public void Run(IReadOnlyList<BatchWork> work)
    {
        var next = 0;
        while (next < work.Count || _running.Count > 0)
        {
            var arrival = next < work.Count ? work[next].SubmittedSeconds : long.MaxValue;
            var now = _running.Select(r => r.Start + r.Work.RunSeconds).Append(arrival).Min();
            _running.RemoveAll(r => r.Start + r.Work.RunSeconds <= now);
            for (; next < work.Count && work[next].SubmittedSeconds <= now; next++)
                HandIn(work[next]);
            Decide(now);
        }
    }

    private void HandIn(BatchWork work)
    {
        _work.Add(work.Id, work);
        var guess = Math.Max(1, work.RequestedSeconds / 3.0);
        _waiting.Add(new(
            work.Id, work.Processors, work.SubmittedSeconds, work.RequestedSeconds, new(guess, 1 / Math.Max(10, guess)), PromisedSeconds: null));
    }

    private void Decide(long now)
    {
        var free = processors - _running.Sum(r => r.Work.Processors);
        var running = _running.Select(r => new RunningJob(
            r.Work.Processors, r.Start, r.Work.RequestedSeconds, Math.Max(1, r.Work.RequestedSeconds / 3.0))).ToList();
        var decision = BatchPlanner.Decide(new(now, free, running, [.. _waiting]), options, _seed.Fork());
        foreach (var id in decision.Starts)
        {
            _running.Add((_work[id], now));
            Starts.Add(id, now);
        }

        _waiting.RemoveAll(job => decision.Starts.Contains(job.Id));
        for (var i = 0; i < _waiting.Count; i++)
            _waiting[i] = Note(_waiting[i], decision.Promises, now);
        if (_running.Sum(r => r.Work.Processors) > processors)
            throw new InvalidOperationException($"At {now} more was started than there is room for.");
    }

    private WaitingJob Note(WaitingJob job, ImmutableSortedDictionary<long, double> promises, long now)
    {
        if (!promises.TryGetValue(job.Id, out var start))
            return job;
        FirstPromises.TryAdd(job.Id, (now, start));
        if (start > job.PromisedSeconds)
            Postponed.Add(job.Id);
        return job with { PromisedSeconds = start };
    }
}
