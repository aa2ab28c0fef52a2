using System.Collections.Immutable;
using System.Threading.Channels;

namespace Meridian.Agent.Drivers;

/// <summary>
/// What runs tasks at a pool. A seam: processes here; containers, Slurm, Kubernetes and peers later. Every call is
/// idempotent and returns at once; what happens comes by <see cref="News"/>.
/// </summary>
public interface IDriver : IAsyncDisposable
{
    /// <summary>What the driver can do on this machine now, and what it cannot. Asked whenever the agent dials.</summary>
    DriverInventory Describe();

    /// <summary>Starts the task, once whatever happens: a second start of the same attempt does nothing.</summary>
    void Start(TaskLaunch launch);

    /// <summary>
    /// Ends the task and everything that it started, also one of an earlier life of the agent. One that has not started
    /// never will. Its end comes by news.
    /// </summary>
    void Stop(string id, string reason);

    /// <summary>Takes a task up again that an earlier life of the agent took on; starts it if that life did not.</summary>
    void Adopt(TaskLaunch launch);

    /// <summary>Removes what is kept of a task that is over.</summary>
    void Forget(string id);

    /// <summary>The agent begins, and knows only these tasks: whatever else an earlier life left is ended and removed.</summary>
    void Sweep(IReadOnlySet<string> known);

    /// <summary>Until then tasks may run while the agent itself is dead, in time since the machine booted.</summary>
    void HoldLease(TimeSpan until);

    /// <summary>The lease that an earlier life of the agent held in this boot; nothing where there is none.</summary>
    TimeSpan? HeldLease();

    /// <summary>The task's working directory.</summary>
    string WorkingDirectory(string id);

    /// <summary>The file with the task's standard output and error.</summary>
    string LogPath(string id);

    /// <summary>What happened, in order.</summary>
    ChannelReader<DriverNews> News { get; }
}

/// <summary>What a driver can do.</summary>
/// <param name="Name">The driver's name.</param>
/// <param name="CanSandbox">Whether tasks run isolated.</param>
/// <param name="Note">What is missing, for the operator: codes, separated by <c>; </c>, each with what else there is to say after an equals sign.</param>
public sealed record DriverInventory(string Name, bool CanSandbox, string Note);

/// <summary>A task to start.</summary>
public sealed record TaskLaunch
{
    /// <summary>The attempt, such as <c>12.3-1</c>; safe in a path.</summary>
    public required string Id { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>Environment variables.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Thousandths of a core; a limit.</summary>
    public long CpuMillicores { get; init; }

    /// <summary>Memory; a limit.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Size of the working directory; a limit.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Read-only directories that the task sees below its working directory.</summary>
    public ImmutableArray<MountedInput> Inputs { get; init; } = [];

    /// <summary>The run time after which the task is ended.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Whether the task is isolated; a driver that cannot do that does not start it.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Whether an isolated task may use the node's network.</summary>
    public bool AllowNetwork { get; init; }

    /// <summary>Size of the log; what is beyond it is dropped.</summary>
    public long LogBytesMax { get; init; } = 64L << 20;
}

/// <summary>A directory that a task sees.</summary>
/// <param name="HostPath">Where it is.</param>
/// <param name="Mount">Where the task sees it, below the working directory.</param>
public sealed record MountedInput(string HostPath, string Mount);

/// <summary>Something happened to a task.</summary>
public abstract record DriverNews(string Id);

/// <summary>It runs.</summary>
public sealed record TaskRuns(string Id) : DriverNews(Id);

/// <summary>It is over.</summary>
/// <param name="Id">The attempt.</param>
/// <param name="ExitCode">Its exit code; 128 and the signal where one ended it.</param>
/// <param name="Reason">Empty for an end of its own; else <c>timeout</c>, <c>out-of-memory</c>, <c>output-too-large</c> or what was given to Stop.</param>
/// <param name="RunTime">From start to end.</param>
/// <param name="CpuTime">Processor time, where it was measured.</param>
/// <param name="MemoryPeakBytes">The most memory, where it was measured.</param>
public sealed record TaskOver(
    string Id, int ExitCode, string Reason, TimeSpan RunTime, TimeSpan CpuTime, long MemoryPeakBytes) : DriverNews(Id)
{
    /// <summary>What happened, for people; empty where the reason says all.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>Nobody knows what became of it: the machine was restarted, or its supervisor was killed.</summary>
public sealed record TaskGone(string Id, string Detail) : DriverNews(Id);
