using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <content>How tasks end, and how they are found again.</content>
public sealed partial class ProcessDriver
{
    private void Heard(Standing standing)
    {
        if (_probes.TryGetValue(standing.Id, out var probe) && standing.State != StandingState.Runs)
            probe.TrySetResult(standing);
        if (!_tasks.TryGetValue(standing.Id, out var task) || task.IsOver)
            return;
        switch (standing.State)
        {
            case StandingState.Runs:
                Runs(task, standing);
                break;
            case StandingState.Over:
                // Sizes take time to count: whoever listens to the supervisor goes on meanwhile.
                ThreadPool.UnsafeQueueUserWorkItem(_ => Finish(task, standing), state: null);
                break;
            case StandingState.Gone:
                Over(task, new TaskGone(task.Id, standing.Detail));
                break;
            default:
                NotStarted(task);
                break;
        }
    }

    private void Runs(Supervised task, Standing standing)
    {
        lock (task.Lock)
        {
            if (task.Progress == Progress.Running)
                return;
            (task.Progress, task.StartedAt) = (Progress.Running, TimeSpan.FromMilliseconds(standing.StartedMilliseconds));
        }

        _news.Writer.TryWrite(new TaskRuns(task.Id));
    }

    /// <summary>The supervisor never heard of it: an earlier life of the agent, or an earlier supervisor, did not get that far.</summary>
    private void NotStarted(Supervised task)
    {
        bool wasRunning;
        lock (task.Lock)
        {
            wasRunning = task.Progress == Progress.Running;
            task.Progress = wasRunning ? Progress.Running : Progress.Preparing;
        }

        if (wasRunning)
            Over(task, new TaskGone(task.Id, "The supervisor lost its ledger while the task ran."));
        else
            ThreadPool.UnsafeQueueUserWorkItem(_ => Launch(task), state: null);
    }

    /// <summary>Another supervisor has taken over: it says how everything stands that the last one was told of.</summary>
    private void Reopened()
    {
        if (_lease.Held() is { } until)
            _supervisor.Send(new(OrderKind.Lease) { LeaseSeconds = (long)until.TotalSeconds });
        foreach (var task in _tasks.Values)
        {
            lock (task.Lock)
            {
                if (task.Progress is Progress.Told or Progress.Running)
                    _supervisor.Send(new(task.EndReason.Length > 0 ? OrderKind.Stop : OrderKind.Ask, task.Id));
            }
        }

        foreach (var (id, probe) in _probes)
            probe.TrySetResult(new(id, StandingState.Gone));
    }

    /// <summary>Looks at what no event tells: time, sizes, and groups that could not be removed at once.</summary>
    private void Watch()
    {
        if (Interlocked.Exchange(ref _isWatching, 1) == 1)
            return; // The last look is still under way.
        try
        {
            foreach (var task in _tasks.Values.Where(t => t.Progress == Progress.Running))
                Look(task);
        }
        finally
        {
            Volatile.Write(ref _isWatching, 0);
        }
    }

    private void Look(Supervised task)
    {
        try
        {
            if (task.Launch.Timeout > TimeSpan.Zero && Native.SinceBoot() - task.StartedAt > task.Launch.Timeout)
                End(task, "timeout");
            else if (HoldsTooMuch(task.Launch))
                End(task, "output-too-large");
            BoundLog(task.Launch);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It ended and was cleared away meanwhile.
        }
    }

    private void End(Supervised task, string reason)
    {
        lock (task.Lock)
        {
            if (task.IsOver)
                return;
            if (task.EndReason.Length == 0)
                task.EndReason = reason;
            if (task.Progress != Progress.Preparing) // Else whoever prepares it finds the reason.
                _supervisor.Send(new(OrderKind.Stop, task.Id));
        }
    }

    private void Finish(Supervised task, Standing standing)
    {
        var reason = task.EndReason.Length > 0 ? task.EndReason
            : standing.IsOutOfMemory && standing.ExitCode != 0 ? "out-of-memory"
            : standing.ExitCode == 0 && HoldsTooMuch(task.Launch) ? "output-too-large"
            : standing.Detail.Length > 0 ? "cannot-start"
            : "";
        BoundLog(task.Launch);
        var (run, cpu) = (TimeSpan.FromMilliseconds(standing.RunMilliseconds), TimeSpan.FromMicroseconds(standing.CpuMicroseconds));
        Over(task, new TaskOver(task.Id, standing.ExitCode, reason, run, cpu, standing.MemoryPeakBytes) { Detail = standing.Detail });
    }

    private void Over(Supervised task, DriverNews news)
    {
        lock (task.Lock)
        {
            if (task.IsOver)
                return;
            task.Progress = Progress.Over;
        }

        _news.Writer.TryWrite(news);
    }

    private void BoundLog(TaskLaunch launch)
    {
        var file = new FileInfo(LogPath(launch.Id));
        if (!file.Exists || launch.LogBytesMax <= 0 || file.Length <= launch.LogBytesMax)
            return;
        // The task appends, so that it goes on after what is kept.
        using var log = file.Open(FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        log.SetLength(launch.LogBytesMax);
    }

    private bool HoldsTooMuch(TaskLaunch launch) =>
        launch.DiskBytes > 0 && SizeOf(WorkingDirectory(launch.Id)) > launch.DiskBytes;

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
                .Sum(f => f.Length);
        }
        catch (IOException)
        {
            return 0; // A file vanished meanwhile: the next look counts again.
        }
    }
}
