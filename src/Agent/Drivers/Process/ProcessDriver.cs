using System.Collections.Concurrent;
using System.Globalization;
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
}

/// <summary>
/// Runs each task as a process tree in a session of its own. A small shell supervises it: it enters the control groups,
/// makes a marker that only one supervisor can make, runs the command, and leaves the exit code in a file. So an attempt
/// runs once even when the agent dies between any two steps, and its end is known even when the agent was away.
/// </summary>
public sealed partial class ProcessDriver : IDriver
{
    // $1 working directory, $2 state folder, $3 number of group files, then those files, then the command.
    private const string Supervisor = """
        work=$1; state=$2; groups=$3; shift 3
        while [ "$groups" -gt 0 ]; do echo $$ > "$1" || exit 125; shift; groups=$((groups-1)); done
        set -C; : > "$state/started" || exit 125; set +C
        cd "$work" || exit 125
        "$@"
        echo "$? ." > "$state/exit"
        """;

    private readonly ProcessDriverOptions _options;
    private readonly TimeProvider _time;
    private readonly ControlGroups? _groups = ControlGroups.Probe();
    private readonly string? _bubblewrap;
    private readonly ConcurrentDictionary<string, Supervised> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, string> _children = new();
    private readonly Channel<DriverNews> _news = Channel.CreateUnbounded<DriverNews>();
    private readonly SemaphoreSlim _started = new(0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _watch;
    private readonly Thread _reaper;

    private sealed class Supervised(TaskLaunch launch, int process, DateTimeOffset startedAt)
    {
        internal readonly Lock Lock = new();

        internal TaskLaunch Launch => launch;

        internal int Process => process;

        internal DateTimeOffset StartedAt => startedAt;

        internal bool IsAdopted { get; init; }

        internal string EndReason { get; set; } = "";

        internal bool IsOver { get; set; }
    }

    /// <summary>Makes the driver and tries out what this machine allows.</summary>
    public ProcessDriver(ProcessDriverOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Folder);
        _bubblewrap = options.ForcePlain ? null : ProbeBubblewrap();
        _reaper = new Thread(ReapForever) { IsBackground = true, Name = "reaper" };
        _reaper.Start();
        _watch = time.CreateTimer(_ => Watch(), state: null, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
    }

    /// <inheritdoc/>
    public ChannelReader<DriverNews> News => _news.Reader;

    /// <inheritdoc/>
    public DriverInventory Describe()
    {
        List<string> notes = [];
        if (_bubblewrap is null)
            notes.Add(_options.ForcePlain ? "sandbox switched off" : "no sandbox: install bubblewrap");
        if (_groups is null)
            notes.Add("no limits: control groups cannot be written");
        if (!Native.IsRoot)
            notes.Add("tasks run as the agent's own user");
        return new("process", _bubblewrap is not null, string.Join("; ", notes));
    }

    /// <inheritdoc/>
    public string WorkingDirectory(string id) => Path.Combine(_options.Folder, id, "work");

    /// <inheritdoc/>
    public string LogPath(string id) => Path.Combine(_options.Folder, id, "log");

    /// <inheritdoc/>
    public void Start(TaskLaunch launch)
    {
        if (_tasks.ContainsKey(launch.Id))
            return;
        try
        {
            Launch(launch);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.AppendAllText(LogPath(launch.Id), $"meridian: {failure.Message}\n");
            _news.Writer.TryWrite(new TaskOver(launch.Id, 125, "cannot-start", TimeSpan.Zero, TimeSpan.Zero, 0));
        }
    }

    /// <inheritdoc/>
    public void Stop(string id, string reason)
    {
        if (_tasks.TryGetValue(id, out var task))
            End(task, reason);
        else
            _news.Writer.TryWrite(new TaskOver(id, 137, reason, TimeSpan.Zero, TimeSpan.Zero, 0));
    }

    /// <inheritdoc/>
    public void Forget(string id)
    {
        _tasks.TryRemove(id, out _);
        _groups?.TryRemove(id);
        var folder = Path.Combine(_options.Folder, id);
        if (Directory.Exists(folder))
            DeleteTree(folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _started.Release();
        await _watch.DisposeAsync();
        _news.Writer.TryComplete();
    }

    private string? ProbeBubblewrap()
    {
        if (Bubblewrap.Find() is not { } program)
            return null;
        var folder = Path.Combine(_options.Folder, "probe");
        Directory.CreateDirectory(folder);
        Own(folder);
        var probe = new TaskLaunch { Id = "probe", Command = ["true"] };
        string[] words = [.. Unprivileged(), .. Bubblewrap.Words(program, folder, probe), "true"];
        var info = new System.Diagnostics.ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var process = System.Diagnostics.Process.Start(info);
            return process is not null && process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0 ? program : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private string[] Unprivileged() => Native.IsRoot
        ? ["/usr/bin/setpriv", $"--reuid={_options.UserId}", $"--regid={_options.UserId}", "--clear-groups", "--no-new-privs"]
        : [];

    private void Own(string path)
    {
        if (Native.IsRoot)
            Native.ChangeOwner(path, _options.UserId, _options.UserId);
    }

    private void Launch(TaskLaunch launch)
    {
        var state = Path.Combine(_options.Folder, launch.Id);
        var work = WorkingDirectory(launch.Id);
        Directory.CreateDirectory(work);
        Own(work);
        var sandbox = launch.Sandbox && _bubblewrap is not null;
        foreach (var input in launch.Inputs)
            Mount(work, input, sandbox);

        var groups = _groups?.Create(launch) ?? [];
        string[] words =
        [
            "/bin/sh", "-c", Supervisor, "meridian-task", work, state,
            groups.Count.ToString(CultureInfo.InvariantCulture), .. groups, .. Unprivileged(),
            .. sandbox ? Bubblewrap.Words(_bubblewrap!, work, launch) : [], .. launch.Command,
        ];
        var process = Native.Spawn("/bin/sh", words, EnvironmentOf(launch, sandbox ? Bubblewrap.Work : work), LogPath(launch.Id));
        if (process <= 0)
            throw new IOException($"The task's supervisor cannot be started (error {-process}).");

        var task = new Supervised(launch, process, _time.GetUtcNow());
        _tasks[launch.Id] = task;
        _children[process] = launch.Id;
        File.WriteAllText(Path.Combine(state, "supervisor"), ProcessIdentity.Of(process));
        _news.Writer.TryWrite(new TaskRuns(launch.Id));
        _started.Release();
    }

    private static List<string> EnvironmentOf(TaskLaunch launch, string home) =>
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", $"HOME={home}", "TMPDIR=/tmp",
        .. launch.Environment.Select(e => $"{e.Key}={e.Value}"),
    ];

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
