namespace Meridian.Scheduling.Fleets;

/// <summary>
/// The tasks of one class that decided to wait for a full pool: the first takes the room that is free first, and so on;
/// each gives its room to the next when it has run.
/// </summary>
internal sealed class Waitlist
{
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _free = new();
    private readonly List<(DateTimeOffset Ready, TimeSpan RunTime)> _waiting = [];

    /// <summary>When the next task that waits has room, or nothing where none will ever be.</summary>
    internal DateTimeOffset? Next => _free.TryPeek(out var at, out _) ? at : null;

    /// <summary>How much of the pool's backlog is these tasks.</summary>
    internal TimeSpan Backlog { get; private set; }

    /// <summary>Counts anew from the times at which room comes free, keeping those that wait.</summary>
    internal void Restart(IEnumerable<DateTimeOffset> slotTimes)
    {
        _free.Clear();
        foreach (var at in slotTimes)
            _free.Enqueue(at, at);
        foreach (var (ready, runTime) in _waiting)
            TakeTurn(ready, runTime);
    }

    internal void Add(DateTimeOffset ready, TimeSpan runTime, TimeSpan backlog)
    {
        _waiting.Add((ready, runTime));
        Backlog += backlog;
        TakeTurn(ready, runTime);
    }

    private void TakeTurn(DateTimeOffset ready, TimeSpan runTime)
    {
        if (!_free.TryDequeue(out var at, out _))
            return;
        var end = (at > ready ? at : ready) + runTime;
        _free.Enqueue(end, end);
    }
}
