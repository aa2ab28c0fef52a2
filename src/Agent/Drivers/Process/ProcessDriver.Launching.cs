using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <content>How tasks begin.</content>
public sealed partial class ProcessDriver
{
    private void Launch(Supervised task)
    {
        try
        {
            if (Supervision.FaultOf(task.Launch) is { } fault)
                throw new IOException(fault);
            var sandbox = _sandbox;
            if (task.Launch.Sandbox && sandbox.Program is null)
                throw new IOException($"The job asks for isolation, which this node cannot give: {sandbox.Note}.");
            Prepare(task.Launch);
            Begin(task, OrderOf(task.Launch, sandbox.Program));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Over(task, new TaskOver(task.Id, 125, "cannot-start", TimeSpan.Zero, TimeSpan.Zero, 0) { Detail = failure.Message });
        }
    }

    private void Prepare(TaskLaunch launch)
    {
        _folders.Make(launch.Id);
        foreach (var input in launch.Inputs)
            Mount(WorkingDirectory(launch.Id), input, launch.Sandbox);
    }

    private Order OrderOf(TaskLaunch launch, string? bubblewrap)
    {
        var work = WorkingDirectory(launch.Id);
        var order = new Order(OrderKind.Start, launch.Id)
        {
            Directory = work,
            Log = LogPath(launch.Id),
            CpuMillicores = launch.CpuMillicores,
            MemoryBytes = launch.MemoryBytes,
        };
        // The task's variables go into the sandbox's settings: outside it they could lead its loader astray, and
        // everybody may read a command line.
        return launch.Sandbox
            ? order with
            {
                Words = [.. Bubblewrap.Words(bubblewrap!), .. launch.Command],
                Environment = Supervision.OwnEnvironment,
                Settings = Bubblewrap.Settings(work, Etc, launch),
            }
            : order with { Words = launch.Command, Environment = [.. Supervision.Variables(launch, work).Select(v => $"{v.Key}={v.Value}")] };
    }

    private void Begin(Supervised task, Order order)
    {
        lock (task.Lock)
        {
            if (task.EndReason.Length == 0)
            {
                task.Progress = Progress.Told;
                _supervisor.Send(order);
                return;
            }
        }

        // Stopped on the way here.
        Over(task, new TaskOver(task.Id, 137, task.EndReason, TimeSpan.Zero, TimeSpan.Zero, 0));
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
            _folders.Own(above);
    }
}
