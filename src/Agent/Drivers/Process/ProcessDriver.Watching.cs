using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <content>How tasks end, and how they are found again.</content>
public sealed partial class ProcessDriver
{
    /// <inheritdoc/>
    public void Adopt(TaskLaunch launch)
    {
        var state = Path.Combine(_options.Folder, launch.Id);
        var supervisor = Path.Combine(state, "supervisor");
        var identity = File.Exists(supervisor) ? File.ReadAllText(supervisor) : "";
        var process = ProcessIdentity.Find(identity);
        var hasStarted = File.Exists(Path.Combine(state, "started"));
        if (!hasStarted && process == 0)
        {
            // Nothing has run: the marker can still be made, once, by whoever comes first.
            Start(launch);
            return;
        }

        var startedAt = hasStarted
            ? new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(state, "started")), TimeSpan.Zero)
            : _time.GetUtcNow();
        var task = new Supervised(launch, process, startedAt) { IsAdopted = true };
        if (_tasks.TryAdd(launch.Id, task))
            _news.Writer.TryWrite(new TaskRuns(launch.Id));
        LookAt(task);
    }

    /// <summary>One thread waits for children of ours to end. It leaves children of others, such as .NET's, to them.</summary>
    private void ReapForever()
    {
        while (!_ending.IsCancellationRequested)
        {
            var process = Native.PeekEndedChild();
            if (process > 0 && _children.TryRemove(process, out var id))
            {
                Native.Reap(process);
                if (_tasks.TryGetValue(id, out var task))
                    Finish(task);
            }
            else if (process == 0)
            {
                _started.Wait(TimeSpan.FromSeconds(1));
            }
            else if (!_children.ContainsKey(process))
            {
                // Not ours, or ours and not yet noted: look again in a moment.
                _started.Wait(TimeSpan.FromMilliseconds(2));
            }
        }
    }

    /// <summary>Looks at what no event tells: time, sizes, and adopted tasks.</summary>
    private void Watch()
    {
        foreach (var task in _tasks.Values.Where(t => !t.IsOver))
        {
            if (_time.GetUtcNow() - task.StartedAt > task.Launch.Timeout)
                End(task, "timeout");
            else if (task.Launch.DiskBytes > 0 && SizeOf(WorkingDirectory(task.Launch.Id)) > task.Launch.DiskBytes)
                End(task, "output-too-large");
            BoundLog(task.Launch);
            if (task.IsAdopted)
                LookAt(task);
        }
    }

    private void LookAt(Supervised task)
    {
        var state = Path.Combine(_options.Folder, task.Launch.Id);
        if (ExitCode(state) is not null)
            Finish(task);
        else if (ProcessIdentity.Find(File.Exists(Path.Combine(state, "supervisor")) ? File.ReadAllText(Path.Combine(state, "supervisor")) : "") == 0)
            Finish(task);
    }

    private void End(Supervised task, string reason)
    {
        lock (task.Lock)
        {
            if (task.IsOver)
                return;
            if (task.EndReason.Length == 0)
                task.EndReason = reason;
        }

        Native.KillGroup(task.Process);
        _groups?.Kill(task.Launch.Id);
    }

    private void Finish(Supervised task)
    {
        var id = task.Launch.Id;
        lock (task.Lock)
        {
            if (task.IsOver)
                return;
            task.IsOver = true;
        }

        // Whatever the task left behind ends with it.
        Native.KillGroup(task.Process);
        _groups?.Kill(id);
        var (cpu, memoryPeak, isOutOfMemory) = _groups?.Usage(id) ?? (TimeSpan.Zero, 0, false);
        _groups?.TryRemove(id);

        var state = Path.Combine(_options.Folder, id);
        var exit = ExitCode(state);
        if (exit is null && task.EndReason.Length == 0 && !isOutOfMemory)
        {
            _news.Writer.TryWrite(new TaskGone(id, "The task's supervisor ended without a word: it was killed, or the machine restarted."));
            return;
        }

        var endedAt = File.Exists(Path.Combine(state, "exit"))
            ? new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(state, "exit")), TimeSpan.Zero)
            : _time.GetUtcNow();
        var runTime = endedAt > task.StartedAt ? endedAt - task.StartedAt : TimeSpan.Zero;
        var reason = task.EndReason.Length > 0 ? task.EndReason : isOutOfMemory && exit != 0 ? "out-of-memory" : "";
        BoundLog(task.Launch);
        _news.Writer.TryWrite(new TaskOver(id, exit ?? 137, reason, runTime, cpu, memoryPeak));
    }

    /// <summary>The code that the supervisor left, or nothing while it has not. A file without its closing mark is half written.</summary>
    private static int? ExitCode(string state)
    {
        var path = Path.Combine(state, "exit");
        if (!File.Exists(path))
            return null;
        var text = File.ReadAllText(path).Trim();
        return text.EndsWith(" .", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                ? code
                : null;
    }

    private void BoundLog(TaskLaunch launch)
    {
        var file = new FileInfo(LogPath(launch.Id));
        if (!file.Exists || file.Length <= launch.LogBytesMax)
            return;
        // The task appends, so that it goes on after what is kept.
        using var log = file.Open(FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        log.SetLength(launch.LogBytesMax);
    }

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
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A process that is still ending may hold it; the next start of the agent removes it.
        }
    }
}
