namespace Meridian.Benches.Swf;

/// <summary>
/// The simulator of RLScheduler (Zhang, Dai, He, Bao and Xie, SC 2020), rule by rule: the head of the queue blocks it; with
/// backfill, jobs start in the order of submission that end, by what they asked for, before the head is expected to start.
/// </summary>
internal sealed class PublishedReplay
{
    private readonly SwfTrace _trace;
    private readonly int _end;
    private readonly Func<SwfJob, double> _score;
    private readonly bool _backfills;
    private readonly PriorityQueue<SwfJob, (long End, int Order)> _running = new();
    private readonly List<(SwfJob Job, long Start)> _runningByRequest = [];
    private readonly List<StartedJob> _started = [];
    private List<SwfJob> _queue = [];
    private long _now;
    private int _next;
    private int _free;

    private PublishedReplay(SwfTrace trace, SwfWindow window, Func<SwfJob, double> score, bool backfills)
    {
        (_trace, _end, _score, _backfills) = (trace, window.Start + window.Count, score, backfills);
        (_next, _free) = (window.Start, trace.Processors);
        _now = trace.Jobs[_next].SubmitSeconds;
        _queue.Add(trace.Jobs[_next++]);
    }

    /// <summary>Replays the window with the least score at the head; ties break on submission.</summary>
    internal static IReadOnlyList<StartedJob> Run(SwfTrace trace, SwfWindow window, Func<SwfJob, double> score, bool backfills)
    {
        var replay = new PublishedReplay(trace, window, score, backfills);
        while (replay.MoveToNextJob())
            replay.StartHead();
        return replay._started;
    }

    private void StartHead()
    {
        _queue = [.. _queue.OrderBy(_score).ThenBy(job => job.SubmitSeconds)];
        var head = _queue[0];
        if (head.Processors > _free)
            WaitFor(head);
        Start(head);
    }

    private void WaitFor(SwfJob head)
    {
        var shadow = ShadowOf(head);
        while (head.Processors > _free)
        {
            if (_backfills)
            {
                _queue = [.. _queue.OrderBy(job => job.SubmitSeconds)];
                foreach (var job in _queue.Where(job => _now + job.RequestedSeconds < shadow).ToList())
                {
                    if (job.Processors <= _free)
                        Start(job);
                }
            }

            Advance();
        }
    }

    /// <summary>When the running jobs leave enough processors, by what they asked for.</summary>
    private long ShadowOf(SwfJob head)
    {
        var (free, shadow) = (_free, _now);
        foreach (var (job, start) in _runningByRequest.OrderBy(r => r.Start + r.Job.RequestedSeconds))
        {
            free += job.Processors;
            shadow = start + job.RequestedSeconds;
            if (free >= head.Processors)
                break;
        }

        return shadow;
    }

    private void Start(SwfJob job)
    {
        _queue.Remove(job);
        _free -= job.Processors;
        _running.Enqueue(job, (_now + job.RunSeconds, _started.Count));
        _runningByRequest.Add((job, _now));
        _started.Add(new(job, _now));
    }

    private bool MoveToNextJob()
    {
        while (_queue.Count == 0)
        {
            if (_next >= _end)
                return false;
            Advance();
        }

        return true;
    }

    /// <summary>One arrival or one end, whichever is first; at the same second the arrival.</summary>
    private void Advance()
    {
        var release = _running.TryPeek(out _, out var first) ? first.End : long.MaxValue;
        if (_next < _end && _trace.Jobs[_next].SubmitSeconds <= release)
        {
            _now = Math.Max(_now, _trace.Jobs[_next].SubmitSeconds);
            _queue.Add(_trace.Jobs[_next++]);
            return;
        }

        var ended = _running.Dequeue();
        _now = Math.Max(_now, release);
        _free += ended.Processors;
        _runningByRequest.RemoveAll(r => r.Job == ended);
    }
}
