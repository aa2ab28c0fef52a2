using System.Diagnostics;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>
/// Jobs come, are decided on, and end, on a simulated clock. What waits is decided on when something ends. Every decision
/// on arrival is timed by itself.
/// </summary>
internal sealed class NationalRun : IQuickListener
{
    private const long SweepMilliseconds = 600_000;

    private readonly QuickPath _path;
    private readonly QuickDispatcher _dispatcher;
    private readonly EndWheel _wheel;
    private readonly DecisionLog? _log;
    private readonly Occupancy _occupancy;
    private readonly Dictionary<long, Arrival> _waiting = [];
    private long _runningCount;
    private long _sweepAt;
    private Counts _counted = new();
    private Arrival _arrived;
    private long _now;
    private long _fillCount;

    internal NationalRun(QuickPath path, long start, DecisionLog? log)
    {
        (_path, _log, _now) = (path, log, start);
        _dispatcher = new(path, this);
        _wheel = new(start);
        _occupancy = new(path);
    }

    internal LatencyHistogram Latencies { get; } = new();

    internal Occupancy Occupied => _occupancy;

    internal Counts Counted => _counted;

    internal int LeftWaiting => _dispatcher.WaitingCount;

    /// <summary>How many waited when the fleet was full.</summary>
    internal int WaitingAtFirst { get; private set; }

    /// <summary>
    /// How long the decisions of the day took, with everything that ended meanwhile and what waited for it, but without the work that
    /// ends after the last arrival.
    /// </summary>
    internal TimeSpan DayTook { get; private set; }

    /// <summary>When the fleet was full, on the simulated clock.</summary>
    internal long DayBegan { get; private set; }

    /// <summary>When the last job had come, on the simulated clock.</summary>
    internal long LastArrival { get; private set; }

    /// <summary>Lets the jobs come that fill the fleet; nothing of them is counted.</summary>
    internal void Fill(IEnumerator<Arrival[]> batches, long count)
    {
        _fillCount = count;
        for (; count > 0 && batches.MoveNext(); count -= batches.Current.Length)
            Come(batches.Current);
        _counted = new();
        Latencies.Clear();
        _occupancy.Restart(_now);
        DayBegan = _now;
        WaitingAtFirst = _dispatcher.WaitingCount;
    }

    /// <summary>Lets all other jobs come and, after the last, work end until none waits.</summary>
    internal void Go(IEnumerator<Arrival[]> batches)
    {
        var began = Stopwatch.GetTimestamp();
        while (batches.MoveNext())
            Come(batches.Current);
        (LastArrival, DayTook) = (_now, Stopwatch.GetElapsedTime(began));
        _occupancy.Stop(_now);
        while (_dispatcher.WaitingCount > 0 && _runningCount > 0)
            EndUntil(_now += 1000);
        _dispatcher.Sweep(_now + (24 * 3_600_000));
    }

    /// <inheritdoc/>
    public void Placed(in QuickJob job, in QuickPlacement placement)
    {
        var arrival = _arrived;
        if (job.Id != _arrived.Job.Id)
            _waiting.Remove(job.Id, out arrival);
        var end = placement.Ready + (long)((placement.Finish - placement.Ready) * arrival.RunShare);
        _wheel.Add(placement.Holding, end);
        _runningCount++;
        _occupancy.Change(_now, placement.Pool, job.Shape, 1);
        _log?.Write(job, placement, _path);
        if (job.Id > _fillCount)
            _counted.Add(job, placement, arrival.At, end);
    }

    /// <inheritdoc/>
    public void Refused(in QuickJob job)
    {
        _waiting.Remove(job.Id);
        if (job.Id > _fillCount)
            _counted.Refuse(job);
    }

    private void Come(Arrival[] batch)
    {
        foreach (ref readonly var arrival in batch.AsSpan())
            Arrive(arrival);
    }

    private void Arrive(in Arrival arrival)
    {
        EndUntil(arrival.At);
        if (arrival.At >= _sweepAt)
        {
            _arrived = default;
            _dispatcher.Sweep(arrival.At);
            _sweepAt = arrival.At + SweepMilliseconds;
        }

        (_arrived, _now) = (arrival, arrival.At);
        var waiting = _dispatcher.WaitingCount;
        var began = Stopwatch.GetTimestamp();
        _dispatcher.Submit(arrival.Job, arrival.At);
        Latencies.Add(Stopwatch.GetElapsedTime(began).Ticks);
        if (_dispatcher.WaitingCount == waiting)
            return;
        _waiting.Add(arrival.Job.Id, arrival);
        _counted.WaitedCount++;
    }

    private void EndUntil(long moment)
    {
        while (_wheel.TryTake(moment, out var holding, out var end))
        {
            _now = Math.Max(_now, end);
            var (pool, shape) = _path.OwnerOf(holding);
            _runningCount--;
            _occupancy.Change(_now, pool, shape, -1);
            _arrived = default;
            _dispatcher.End(holding, _now);
        }
    }
}
