using System.Diagnostics;
using Meridian.Agent.Drivers;
using Meridian.Agent.Drivers.Process;
using Xunit;

namespace Meridian.Tests.Agent;

/// <summary>A process driver in a folder of its own, and what it said of each task.</summary>
internal sealed class DriverWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-driver-").FullName;
    private readonly Dictionary<string, DriverNews> _ends = new(StringComparer.Ordinal);
    private bool _isPlain;

    internal DriverWorld(bool isPlain = false)
    {
        _isPlain = isPlain;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        Driver = Open();
    }

    internal ProcessDriver Driver { get; private set; }

    internal string Folder => _folder;

    /// <summary>The agent's process dies and another takes up its folder. The tasks go on.</summary>
    internal async Task RestartAsync(bool isPlain)
    {
        await Driver.DisposeAsync();
        _isPlain = isPlain;
        _ends.Clear();
        Driver = Open();
    }

    internal TaskLaunch Launch(string id, params string[] command) => new()
    {
        Id = id,
        Command = [.. command],
        CpuMillicores = 2000,
        MemoryBytes = 256 << 20,
        DiskBytes = 256 << 20,
        Timeout = TimeSpan.FromMinutes(5),
        Sandbox = !_isPlain,
        LogBytesMax = 64 << 20,
    };

    internal async Task<TaskOver> RunAsync(TaskLaunch launch)
    {
        Driver.Start(launch);
        return await OverAsync(launch.Id);
    }

    internal async Task<DriverNews> RunEndAsync(TaskLaunch launch)
    {
        Driver.Start(launch);
        return await EndAsync(launch.Id);
    }

    internal async Task<TaskOver> OverAsync(string id) => (TaskOver)await EndAsync(id);

    internal async Task<DriverNews> EndAsync(string id)
    {
        while (!_ends.ContainsKey(id))
        {
            var news = await Driver.News.ReadAsync().AsTask().WaitAsync(Patience);
            if (news is not TaskRuns)
                _ends[news.Id] = news;
        }

        return _ends[id];
    }

    internal void KillSupervisor() => Process.GetProcessById(Driver.SupervisorProcess).Kill();

    internal string Log(string id) => File.ReadAllText(Driver.LogPath(id));

    /// <summary>Waits for the task to have written the text.</summary>
    internal async Task SaysAsync(string id, string text)
    {
        await UntilAsync(
            () => File.Exists(Driver.LogPath(id)) && Log(id).Contains(text, StringComparison.Ordinal), $"the task {id} says '{text}'");
    }

    /// <summary>Whether a process with the word on its command line runs anywhere on this machine.</summary>
    internal static bool IsRunning(string word) => Process.GetProcesses().Any(p =>
    {
        try
        {
            return File.ReadAllText($"/proc/{p.Id}/cmdline").Contains(word, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });

    /// <summary>Waits for the last process with the word to be gone.</summary>
    internal static Task GoneAsync(string word) => UntilAsync(() => !IsRunning(word), $"no process is left of '{word}'");

    public async ValueTask DisposeAsync()
    {
        Driver.Sweep(new HashSet<string>());
        await Driver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilAsync(Func<bool> isSo, string what)
    {
        var began = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"It is not so after {Patience.TotalMinutes} minutes that {what}.");
            await look.WaitForNextTickAsync();
        }
    }

    private ProcessDriver Open() => new(new() { Folder = _folder, ForcePlain = _isPlain }, TimeProvider.System);
}
