using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

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
/// Runs each task as a process tree in a session of its own. A small shell supervises it: it enters the control groups,
/// makes a mark that only one supervisor can make, runs the command, and leaves the exit code in a file. So an attempt
/// runs once even when the agent dies between any two steps, and its end is known even when the agent was away.
/// </summary>
public sealed partial class ProcessDriver : IDriver
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(500);

    private readonly ProcessDriverOptions _options;
    private readonly TimeProvider _time;
    private readonly ControlGroups? _groups;
    private readonly ExitWatch _exits = new();
    private readonly Warden _warden;
    private readonly Spawner _spawner;
    private volatile Sandbox _sandbox;
    private readonly ConcurrentDictionary<string, Supervised> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _groupsLeft = new(StringComparer.Ordinal);
    private readonly Channel<DriverNews> _news = Channel.CreateUnbounded<DriverNews>();
    private readonly ITimer _watch;
    private int _isWatching;

    private sealed record Sandbox(string? Program, string Note);

    /// <summary>Makes the driver and tries out what this machine allows.</summary>
    public ProcessDriver(ProcessDriverOptions options, TimeProvider time)
    {
        _options = options with { Folder = Path.GetFullPath(options.Folder) };
        _time = time;
        Directory.CreateDirectory(_options.Folder);
        _spawner = new(options.UserId);
        _groups = ControlGroups.Probe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_options.Folder)))[..12]);
        _warden = new(_options.Folder, _groups?.Processes ?? "", _exits);
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
            _groups is null ? "no limits: control groups cannot be written" : "",
            Native.IsRoot ? "" : "tasks run as the agent's own user",
        }.Where(n => n.Length > 0)));
    }

    /// <inheritdoc/>
    public string WorkingDirectory(string id) => Path.Combine(StateOf(id), "work");

    /// <inheritdoc/>
    public string LogPath(string id) => Path.Combine(StateOf(id), "log");

    /// <inheritdoc/>
    public void HoldLease(TimeSpan until) => _warden.Hold(until);

    /// <inheritdoc/>
    public TimeSpan? HeldLease() => _warden.Held();

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
        var task = new Supervised(launch);
        if (!_tasks.TryAdd(launch.Id, task))
            return;
        if (StartMark.Read(StateOf(launch.Id)) is { } mark)
            Adopt(task, mark);
        else
            Launch(task); // Nothing has run: the mark can still be made, once, by whoever comes first.
    }

    /// <inheritdoc/>
    public void Stop(string id, string reason)
    {
        var barred = new Supervised(new() { Id = id, Command = [] });
        if (_tasks.TryAdd(id, barred))
        {
            if (StartMark.TryBar(StateOf(id)))
            {
                Over(barred, new TaskOver(id, 137, reason, TimeSpan.Zero, TimeSpan.Zero, 0));
                return;
            }

            Adopt(barred, StartMark.Read(StateOf(id))!); // An earlier life of the agent started it.
        }

        End(_tasks[id], reason);
    }

    /// <inheritdoc/>
    public void Forget(string id)
    {
        _tasks.TryRemove(id, out _);
        RemoveGroups(id);
        // Large results must not hold up whoever calls.
        ThreadPool.UnsafeQueueUserWorkItem(static folder => DeleteTree(folder), StateOf(id), preferLocal: false);
    }

    /// <inheritdoc/>
    public void Sweep(IReadOnlySet<string> known)
    {
        foreach (var state in Directory.EnumerateDirectories(_options.Folder).Where(d => !known.Contains(Path.GetFileName(d))).ToList())
        {
            if (StartMark.Read(state) is { IsAlive: true } mark)
                Native.KillGroup(mark.Process);
            DeleteTree(state);
        }

        foreach (var id in (_groups?.Tasks ?? []).Where(id => !known.Contains(id)))
        {
            _groups!.Kill(id);
            RemoveGroups(id);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        if (_tasks.Values.All(t => t.IsOver))
        {
            _warden.Dismiss();
            _groups?.TryRemoveScope();
        }

        _exits.Dispose();
        _spawner.Dispose();
        _news.Writer.TryComplete();
    }

    private string StateOf(string id) => Path.Combine(_options.Folder, id);

    private Sandbox Probe()
    {
        if (_options.ForcePlain)
            return new(null, "sandbox switched off");
        if ((_options.SandboxProgram ?? Bubblewrap.Find()) is not { } program)
            return new(null, "no sandbox: install bubblewrap");
        const string id = "probe";
        DeleteTree(StateOf(id));
        var probe = new TaskLaunch { Id = id, Command = ["true"], Sandbox = true };
        Directory.CreateDirectory(WorkingDirectory(id));
        Own(WorkingDirectory(id));
        Create(LogPath(id), []);
        var settings = Path.Combine(StateOf(id), "sandbox");
        Create(settings, Bubblewrap.Settings(WorkingDirectory(id), probe));
        var process = _spawner.Spawn(
            [Supervision.Shell, "-c", "exec \"$@\" 3< \"$0\"", settings, .. Bubblewrap.Words(program), "true"],
            Supervision.OwnEnvironment, LogPath(id), input: -1);
        var isGood = process > 0 && Native.Wait(process) == 0;
        var said = File.ReadLines(LogPath(id)).FirstOrDefault($"error {-process}");
        DeleteTree(StateOf(id));
        return isGood ? new(program, "") : new(null, $"no sandbox: {said}");
    }

    private void Own(string path)
    {
        if (Native.IsRoot)
            Native.ChangeOwner(path, _options.UserId, _options.UserId);
    }
}
