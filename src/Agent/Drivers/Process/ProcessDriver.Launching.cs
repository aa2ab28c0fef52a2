namespace Meridian.Agent.Drivers.Process;

/// <content>How tasks begin.</content>
public sealed partial class ProcessDriver
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private void Launch(Supervised task)
    {
        try
        {
            if (Supervision.FaultOf(task.Launch) is { } fault)
                throw new IOException(fault);
            if (task.Launch.Sandbox && _bubblewrap is null)
                throw new IOException($"The job asks for isolation, which this node cannot give: {_note}.");
            Spawn(task, Prepare(task.Launch));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Over(task, new TaskOver(task.Id, 125, "cannot-start", TimeSpan.Zero, TimeSpan.Zero, 0) { Detail = failure.Message });
        }
    }

    private IReadOnlyList<string> Prepare(TaskLaunch launch)
    {
        var (state, work) = (StateOf(launch.Id), WorkingDirectory(launch.Id));
        Directory.CreateDirectory(work);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(work, Owner | UnixFileMode.UserExecute);
        Own(work);
        foreach (var input in launch.Inputs)
            Mount(work, input, launch.Sandbox);

        // The task owns its log, so that it can open /dev/stdout, but not the folder that the log is in.
        Create(LogPath(launch.Id), "");
        var variables = WriteVariables(launch, state, launch.Sandbox ? Bubblewrap.Work : work);
        var sandbox = launch.Sandbox ? Bubblewrap.Words(_bubblewrap!, work, variables, launch) : [];
        return Supervision.Words(
            work, state, _groups?.Create(launch) ?? [], [.. Unprivileged(), .. sandbox],
            launch.Sandbox ? Bubblewrap.Variables : variables, launch);
    }

    private void Spawn(Supervised task, IReadOnlyList<string> words)
    {
        lock (task.Lock)
        {
            if (task.EndReason.Length == 0)
            {
                var process = Native.Spawn(Supervision.Shell, words, Supervision.OwnEnvironment, LogPath(task.Id));
                if (process <= 0)
                    throw new IOException($"The task's supervisor cannot be started (error {-process}).");
                (task.Process, task.StartedAt) = (process, Native.SinceBoot());
            }
        }

        if (task.Process == 0)
        {
            // Stopped on the way here.
            Over(task, new TaskOver(task.Id, 137, task.EndReason, TimeSpan.Zero, TimeSpan.Zero, 0));
            return;
        }

        _news.Writer.TryWrite(new TaskRuns(task.Id));
        WatchEndOf(task);
    }

    private string WriteVariables(TaskLaunch launch, string state, string home)
    {
        var path = Path.Combine(state, "variables");
        Create(path, Supervision.Variables(launch, home));
        return path;
    }

    private void Create(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        using (var file = new FileStream(path, options))
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
        Own(path);
    }

    private void Mount(string work, MountedInput input, bool sandbox)
    {
        var at = Path.Combine(work, input.Mount);
        Directory.CreateDirectory(Path.GetDirectoryName(at)!);
        if (sandbox)
            Directory.CreateDirectory(at);
        else if (!Path.Exists(at))
            File.CreateSymbolicLink(at, input.HostPath);
        for (var above = at; above.Length > work.Length; above = Path.GetDirectoryName(above)!)
            Own(above);
    }
}
