using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <content>How tasks end, and how they are found again.</content>
public sealed partial class ProcessDriver
{
    private void Adopt(Supervised task, StartMark mark)
    {
        (task.Process, task.StartedAt) = (mark.IsAlive ? mark.Process : 0, mark.StartedAt);
        _news.Writer.TryWrite(new TaskRuns(task.Id));
        WatchEndOf(task);
    }

    private void WatchEndOf(Supervised task)
    {
        if (task.Process == 0 || !_exits.TryWatch(task.Process, () => SupervisorEnded(task)))
            SupervisorEnded(task);
    }

    private void SupervisorEnded(Supervised task)
    {
        int ended;
        lock (task.Lock)
        {
            // The group before its leader is reaped: after that the number may be another's.
            ended = task.Process;
            Native.KillGroup(ended);
            Native.Reap(ended);
            task.Process = 0;
        }

        if (StartMark.Read(StateOf(task.Id)) is not { IsAlive: true } mark || mark.Process == ended)
        {
            Finish(task);
            return;
        }

        // An earlier life of the agent had just started the one that made the mark; ours stood back.
        lock (task.Lock)
            (task.Process, task.StartedAt) = (mark.Process, mark.StartedAt);
        if (task.EndReason.Length > 0)
            End(task, task.EndReason);
        WatchEndOf(task);
    }

    /// <summary>Looks at what no event tells: time, sizes, and groups that could not be removed at once.</summary>
    private void Watch()
    {
        if (Interlocked.Exchange(ref _isWatching, 1) == 1)
            return; // The last look is still under way.
        try
        {
            foreach (var task in _tasks.Values.Where(t => !t.IsOver && t.Process != 0))
                Look(task);
            foreach (var id in _groupsLeft.Keys)
                RemoveGroups(id);
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
            Native.KillGroup(task.Process); // Under the lock: so long the number is its own.
        }

        _groups?.Kill(task.Id);
    }

    private void Finish(Supervised task)
    {
        // Whatever the task left behind ends with it.
        _groups?.Kill(task.Id);
        var state = StateOf(task.Id);
        var (cpu, memoryPeak, isOutOfMemory) = _groups?.Usage(task.Id) ?? (TimeSpan.Zero, 0, false);
        RemoveGroups(task.Id);
        var mark = StartMark.Read(state);
        var exit = mark is { IsOfThisBoot: true } ? ExitCode(state) : null;
        var reason = task.EndReason.Length > 0 ? task.EndReason
            : isOutOfMemory && exit != 0 ? "out-of-memory"
            : exit == 0 && HoldsTooMuch(task.Launch) ? "output-too-large"
            : "";
        if (exit is null && reason.Length == 0)
        {
            Over(task, Unknown(task, mark));
            return;
        }

        BoundLog(task.Launch);
        Over(task, new TaskOver(task.Id, exit ?? 137, reason, RunTime(state), cpu, memoryPeak));
    }

    private DriverNews Unknown(Supervised task, StartMark? mark)
    {
        // Without a mark nothing has run, and now nothing will.
        if (mark is null && StartMark.TryBar(StateOf(task.Id)))
            return new TaskOver(task.Id, 125, "cannot-start", TimeSpan.Zero, TimeSpan.Zero, 0) { Detail = "The task's supervisor ended before the command: see the log." };
        return new TaskGone(task.Id, mark is { IsOfThisBoot: false, Boot.Length: > 0 }
            ? "The machine was restarted while the task ran."
            : "The task's supervisor ended without a word: something outside Meridian killed it.");
    }

    private void Over(Supervised task, DriverNews news)
    {
        lock (task.Lock)
        {
            if (task.IsOver)
                return;
            task.IsOver = true;
        }

        _news.Writer.TryWrite(news);
    }

    private void RemoveGroups(string id)
    {
        if (_groups?.TryRemove(id) == false)
            _groupsLeft[id] = true;
        else
            _groupsLeft.TryRemove(id, out _);
    }

    private static TimeSpan RunTime(string state)
    {
        var ended = StartMark.ExitIn(state);
        if (!File.Exists(ended))
            return TimeSpan.Zero;
        var time = File.GetLastWriteTimeUtc(ended) - File.GetLastWriteTimeUtc(StartMark.PathIn(state));
        return time > TimeSpan.Zero ? time : TimeSpan.Zero;
    }

    /// <summary>The code that the supervisor left, or nothing while it has not. A file without its closing mark is half written.</summary>
    private static int? ExitCode(string state)
    {
        var text = Native.ReadSmall(StartMark.ExitIn(state)).Trim();
        return text.EndsWith(" .", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                ? code
                : null;
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

    private static void DeleteTree(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A process that is still ending may hold it; the next start of the agent sweeps it away.
        }
    }
}
