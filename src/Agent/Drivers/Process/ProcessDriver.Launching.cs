using System.Collections.Immutable;

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
            var sandbox = _sandbox;
            if (task.Launch.Sandbox && sandbox.Program is null)
                throw new IOException($"The job asks for isolation, which this node cannot give: {sandbox.Note}.");
            var (words, environment) = Prepare(task.Launch, sandbox.Program);
            Spawn(task, words, environment);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Over(task, new TaskOver(task.Id, 125, "cannot-start", TimeSpan.Zero, TimeSpan.Zero, 0) { Detail = failure.Message });
        }
    }

    private (ImmutableArray<string> Words, IReadOnlyList<string> Environment) Prepare(TaskLaunch launch, string? bubblewrap)
    {
        var (state, work) = (StateOf(launch.Id), WorkingDirectory(launch.Id));
        var marks = StartMark.FolderIn(state);
        foreach (var folder in new[] { work, marks })
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, Owner | UnixFileMode.UserExecute);
            Own(folder);
        }

        foreach (var input in launch.Inputs)
            Mount(work, input, launch.Sandbox);
        // The task owns its log, so that it can open /dev/stdout, but not the folder that the log is in.
        Create(LogPath(launch.Id), []);
        _groups?.Create(launch);
        if (!launch.Sandbox)
        {
            return (
                Supervision.Words(work, marks, settings: "", launch.Command),
                [.. Supervision.Variables(launch, work).Select(v => $"{v.Key}={v.Value}")]);
        }

        // The task's variables go into the sandbox's settings: outside it they could lead its loader astray.
        var settings = Path.Combine(state, "sandbox");
        Create(settings, Bubblewrap.Settings(work, launch));
        return (
            Supervision.Words(work, marks, settings, [.. Bubblewrap.Words(bubblewrap!), .. launch.Command]),
            Supervision.OwnEnvironment);
    }

    private void Spawn(Supervised task, IReadOnlyList<string> words, IReadOnlyList<string> environment)
    {
        lock (task.Lock)
        {
            if (task.EndReason.Length == 0)
                (task.Process, task.StartedAt) = (SpawnLimited(task.Id, words, environment), Native.SinceBoot());
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

    private int SpawnLimited(string id, IReadOnlyList<string> words, IReadOnlyList<string> environment)
    {
        var (read, write) = Native.Pipe();
        try
        {
            var process = _spawner.Spawn(words, environment, LogPath(id), read);
            if (process <= 0)
                throw new IOException($"The task's supervisor cannot be started (error {-process}).");
            _groups?.Enter(id, process);
            Native.WriteLineEnd(write);
            return process;
        }
        finally
        {
            Native.Close(read);
            Native.Close(write); // Without the word the supervisor goes away, and leaves no mark.
        }
    }

    private void Create(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        using (var file = new FileStream(path, options))
            file.Write(content);
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
