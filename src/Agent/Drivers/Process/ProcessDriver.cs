using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <summary>How processes are run.</summary>
public sealed record ProcessDriverOptions
{
    /// <summary>The folder for working directories and logs.</summary>
    public required string Folder { get; init; }

    /// <summary>The user that tasks run as, where the agent is root. Default 65534, nobody.</summary>
    public int UserId { get; init; } = 65534;

    /// <summary>Runs without a sandbox even where there is one.</summary>
    public bool ForcePlain { get; init; }

    /// <summary>The bubblewrap to use; by default the machine's own, where it is installed.</summary>
    public string? SandboxProgram { get; init; }
}

/// <summary>
/// Runs each task as a process tree in a session of its own. A supervisor that outlives the agent starts them, once each,
/// and learns how they end: so an attempt runs once even when the agent dies between any two steps, and its end is
/// known even when the agent was away. Folders, sandboxes, times and sizes are the driver's.
/// </summary>
public sealed partial class ProcessDriver : IDriver
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeMax = TimeSpan.FromSeconds(30);

    private readonly ProcessDriverOptions _options;
    private readonly TimeProvider _time;
    private readonly SupervisorLine _supervisor;
    private volatile Sandbox _sandbox;
    private readonly ConcurrentDictionary<string, Supervised> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Standing>> _probes = new(StringComparer.Ordinal);
    private readonly Channel<DriverNews> _news = Channel.CreateUnbounded<DriverNews>();
    private readonly ITimer _watch;
    private readonly LeaseFile _lease;
    private readonly AttemptFolders _folders;
    private int _isWatching;
    private int _probeCount;

    private sealed record Sandbox(string? Program, string Note);

    /// <summary>Makes the driver and tries out what this machine allows.</summary>
    public ProcessDriver(ProcessDriverOptions options, TimeProvider time)
    {
        _options = options with { Folder = Path.GetFullPath(options.Folder) };
        _time = time;
        _lease = new(_options.Folder);
        Directory.CreateDirectory(_options.Folder);
        _supervisor = new(_options.Folder, options.UserId, Heard, Reopened);
        _folders = new(_options.Folder, Native.IsRoot ? options.UserId : null, endsAll: _supervisor.HasGroups);
        _supervisor.Begin();
        _sandbox = Probe();
        _watch = time.CreateTimer(_ => Watch(), state: null, WatchEvery, WatchEvery);
    }

    /// <inheritdoc/>
    public ChannelReader<DriverNews> News => _news.Reader;

    /// <inheritdoc/>
    public DriverInventory Describe()
    {
        // A sandbox that could not be had a moment ago, for want of processes or memory, may be had now.
        if (_sandbox.Program is null)
            _sandbox = Probe();
        return new("process", _sandbox.Program is not null, string.Join("; ", new[]
        {
            _sandbox.Note,
            !_supervisor.HasGroups ? "no-limits" : "",
            Native.IsRoot ? "" : "own-user",
        }.Where(n => n.Length > 0)));
    }

    /// <inheritdoc/>
    public string WorkingDirectory(string id) => _folders.WorkOf(id);

    /// <inheritdoc/>
    public string LogPath(string id) => _folders.LogOf(id);

    /// <inheritdoc/>
    public void HoldLease(TimeSpan until)
    {
        // Whole seconds, cut: the supervisor may be early, never late.
        var seconds = (long)until.TotalSeconds;
        _lease.Hold(seconds);
        _supervisor.Send(new(OrderKind.Lease) { LeaseSeconds = seconds });
    }

    /// <inheritdoc/>
    public TimeSpan? HeldLease() => _lease.Held();

    /// <inheritdoc/>
    public void Start(TaskLaunch launch)
    {
        var task = new Supervised(launch);
        if (_tasks.TryAdd(launch.Id, task))
            Launch(task);
    }

    /// <inheritdoc/>
    public void Adopt(TaskLaunch launch)
    {
        var task = new Supervised(launch) { Progress = Progress.Told };
        if (_tasks.TryAdd(launch.Id, task))
            _supervisor.Send(new(OrderKind.Ask, launch.Id));
    }

    /// <inheritdoc/>
    public void Stop(string id, string reason)
    {
        var unknown = new Supervised(new() { Id = id, Command = [] }) { Progress = Progress.Told };
        End(_tasks.GetOrAdd(id, unknown), reason);
    }

    /// <inheritdoc/>
    public void Forget(string id)
    {
        _tasks.TryRemove(id, out _);
        _supervisor.Send(new(OrderKind.Forget, id));
        // Large results must not hold up whoever calls.
        ThreadPool.UnsafeQueueUserWorkItem(_folders.Release, id, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Sweep(IReadOnlySet<string> known)
    {
        _supervisor.Send(new(OrderKind.Sweep) { Words = [.. known] });
        _folders.Sweep(known, kept: Etc);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        if (_tasks.Values.All(t => t.IsOver))
            _supervisor.Leave();
        _supervisor.Dispose();
        _news.Writer.TryComplete();
    }

    /// <summary>The supervisor's number, where this life of the agent started it.</summary>
    internal int SupervisorProcess => _supervisor.Process;

    /// <summary>What tasks in a sandbox see as <c>/etc</c>.</summary>
    private string Etc => Path.Combine(_options.Folder, ".etc");

    private Sandbox Probe()
    {
        if (_options.ForcePlain)
            return new(null, "sandbox-off");
        if ((_options.SandboxProgram ?? Bubblewrap.Find()) is not { } program)
            return new(null, "no-bubblewrap");
        try
        {
            SandboxEtc.Refresh(Etc);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(null, $"sandbox-fails={failure.Message}");
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"probe-{Environment.ProcessId}-{++_probeCount}");
        var probe = new TaskLaunch { Id = id, Command = ["true"], Sandbox = true };
        _folders.Make(id);
        var ended = new TaskCompletionSource<Standing>(TaskCreationOptions.RunContinuationsAsynchronously);
        _probes[id] = ended;
        _supervisor.Send(OrderOf(probe, program));
        var isGood = ended.Task.Wait(ProbeMax) && ended.Task.Result is { State: StandingState.Over, ExitCode: 0 };
        var said = File.ReadLines(LogPath(id)).FirstOrDefault("it does not start");
        _probes.TryRemove(id, out _);
        _supervisor.Send(new(OrderKind.Forget, id));
        _folders.Release(id);
        return isGood ? new(program, "") : new(null, $"sandbox-fails={said}");
    }
}
