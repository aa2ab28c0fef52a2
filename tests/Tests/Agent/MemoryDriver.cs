using System.Collections.Concurrent;
using System.Threading.Channels;
using Meridian.Agent.Drivers;

namespace Meridian.Tests.Agent;

/// <summary>The second driver: tasks that are nothing but their names, which end when a test says so.</summary>
internal sealed class MemoryDriver(string folder) : IDriver
{
    private readonly Channel<DriverNews> _news = Channel.CreateUnbounded<DriverNews>();
    private readonly ConcurrentDictionary<string, TaskLaunch> _started = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, TaskLaunch> Started => _started;

    internal ConcurrentQueue<string> Forgotten { get; } = new();

    public ChannelReader<DriverNews> News => _news.Reader;

    public DriverInventory Describe() => new("memory", CanSandbox: false, "nothing runs");

    public void Start(TaskLaunch launch)
    {
        if (!_started.TryAdd(launch.Id, launch))
            return;
        Directory.CreateDirectory(WorkingDirectory(launch.Id));
        _news.Writer.TryWrite(new TaskRuns(launch.Id));
    }

    public void Stop(string id, string reason) => End(id, exitCode: 137, reason);

    public void Adopt(TaskLaunch launch) => Start(launch);

    public void Forget(string id) => Forgotten.Enqueue(id);

    public void Sweep(IReadOnlySet<string> known)
    {
    }

    public void HoldLease(TimeSpan until)
    {
    }

    public TimeSpan? HeldLease() => null;

    public string WorkingDirectory(string id) => Path.Combine(folder, id, "work");

    public string LogPath(string id) => Path.Combine(folder, id, "log");

    public ValueTask DisposeAsync()
    {
        _news.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    internal void End(string id, int exitCode, string reason = "") =>
        _news.Writer.TryWrite(new TaskOver(id, exitCode, reason, TimeSpan.FromSeconds(1), TimeSpan.Zero, 0));
}
