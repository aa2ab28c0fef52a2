using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Meridian.Agent.Attempts;
using Meridian.Agent.Drivers;
using Meridian.Protocol.Agents;
using Meridian.Supervisor;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Hosting;

/// <summary>
/// The hands of the agent's rules: one loop feeds <see cref="AgentMachine"/> with what happened, puts its records on disk,
/// and then does what it says. Many things that happened at once share one flush.
/// </summary>
internal sealed partial class AgentRuntime : IAsyncDisposable
{
    private const int BatchMax = 512;

    private readonly AgentMachine _machine = new();
    private readonly IDriver _driver;
    private readonly IDatasets _datasets;
    private readonly string _path;
    private RecordFile _records;
    private readonly LogShipper _logs;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Func<IReadOnlyList<AgentAction>>> _happenings = Channel.CreateUnbounded<Func<IReadOnlyList<AgentAction>>>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, StartAttempt> _orders = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _launchRoom = new(Environment.ProcessorCount * 2);
    private readonly CancellationTokenSource _ending = new();
    private readonly IReadOnlyList<AgentAction> _begin;
    private volatile ChannelWriter<FromAgent>? _line;

    internal AgentRuntime(string folder, IDriver driver, IDatasets datasets, TimeProvider time, ILogger log)
    {
        (_driver, _datasets, _time, _log) = (driver, datasets, time, log);
        _path = Path.Combine(folder, "attempts.records");
        _machine.Recall(datasets.Exchanges.Left);
        _begin = _machine.Begin(RecordFile.Read(_path), driver.HeldLease(), Now());
        _records = RecordFile.Begin(_path, _machine.Remembered());
        _logs = new(message => _line?.TryWrite(message), key => Tell(() => _machine.LogArrived(key)));
        driver.Sweep(_machine.Holding.Select(Id).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The services among the tasks; unless given, they listen on loopback.</summary>
    internal Services Services { get; init; } = new(IPAddress.Loopback, TimeProvider.System);

    /// <summary>Runs until cancelled. Only a failing disk ends it earlier.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ending.Token);
        Perform(_begin);
        Task[] work = [ThinkAsync(both.Token), HearDriverAsync(both.Token), WatchAsync(both.Token)];
        await await Task.WhenAny(work);
    }

    internal void LineOpened(ChannelWriter<FromAgent> line, Inventory inventory)
    {
        Tell(() =>
        {
            _line = line;
            return _machine.Connected(inventory, Now());
        });
        Tell(() =>
        {
            _logs.LineOpened();
            return [];
        });
    }

    internal void LineCut() => Tell(() =>
    {
        _line = null;
        _machine.Disconnected();
        return [];
    });

    internal void Received(ToAgent message)
    {
        if (message.LogAcknowledge is { } log)
            _logs.Acknowledged(Id(log.Key), log.Offset);
        else if (message.Seal is { } seal)
            _ = SealAsync(seal);
        else
            Tell(() => _machine.Received(message, Now()));
    }

    /// <summary>Says something in passing, if the line is open.</summary>
    internal void Tell(FromAgent news) => _line?.TryWrite(news);

    internal void Tick(Load load)
    {
        Tell(() =>
        {
            load.RunningAttempts = _machine.LiveCount;
            return _machine.Tick(load, Now());
        });

        // Said in passing: the next word makes up for one that is lost.
        foreach (var progress in _datasets.Progress())
            _line?.TryWrite(new() { Transfer = progress });
        foreach (var progress in _datasets.Exchanges.Progress())
            _line?.TryWrite(new() { Exchange = progress });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _records.Dispose();
        await _driver.DisposeAsync();
    }

    internal static string Id(AttemptKey key) => $"{key.Job}.{key.Task}-{key.Attempt}";

    // Not the clock of _time, which stands still while the machine sleeps: a lease does not.
    private static TimeSpan Now() => Native.SinceBoot();

    private void Tell(Func<IReadOnlyList<AgentAction>> happening) => _happenings.Writer.TryWrite(happening);

    private async Task ThinkAsync(CancellationToken cancellation)
    {
        var actions = new List<AgentAction>();
        while (await _happenings.Reader.WaitToReadAsync(cancellation))
        {
            actions.Clear();
            for (var i = 0; i < BatchMax && _happenings.Reader.TryRead(out var happening); i++)
                actions.AddRange(happening());
            Perform(actions);
        }
    }

    private void Perform(IReadOnlyList<AgentAction> actions)
    {
        foreach (var keep in actions.OfType<Keep>())
            _records.Append(keep.Record);
        if (actions.Any(a => a is Launch or Send { Message.Sequence: not 0 }))
            _records.Flush();
        foreach (var action in actions)
            Perform(action);
        if (_records.IsLong)
        {
            _records.Dispose();
            _records = RecordFile.Begin(_path, _machine.Remembered());
        }
    }

    private void Perform(AgentAction action)
    {
        switch (action)
        {
            case Send send:
                _line?.TryWrite(send.Message);
                break;
            case Redial:
                _line?.TryComplete();
                break;
            case LeaseHeld lease:
                _driver.HoldLease(lease.Until);
                break;
            case Launch launch:
                _ = RunGuardedAsync(launch.Order, order => StartAsync(order, isAdopted: false));
                break;
            case Adopt adopt:
                _ = RunGuardedAsync(adopt.Order, order => StartAsync(order, isAdopted: true));
                break;
            case Kill kill:
                _driver.Stop(Id(kill.Key), kill.Reason);
                break;
            case ShipLog ship:
                _logs.Begin(Id(ship.Order.Key), ship.Order.Key, _driver.LogPath(Id(ship.Order.Key)), ship.Order.LogBytesMax);
                _logs.Over(Id(ship.Order.Key));
                break;
            case Collect collect:
                _ = CollectAsync(collect);
                break;
            case Fetch fetch:
                _ = FetchAsync(fetch.Order);
                break;
            case CancelPull cancel:
                _datasets.CancelPull(cancel.Transfer);
                break;
            case BeginExchange begin:
                _ = ExchangeAsync(begin.Order);
                break;
            case StopExchange stop:
                _datasets.Exchanges.Cancel(stop.Exchange);
                break;
            case Drop drop:
                _ = DropAsync(drop.Root);
                break;
            case Forget forget:
                _orders.TryRemove(Id(forget.Key), out _);
                Services.Close(Id(forget.Key));
                _driver.Forget(Id(forget.Key));
                break;
            default:
                break;
        }
    }

    private async Task RunGuardedAsync(StartAttempt order, Func<StartAttempt, Task> start)
    {
        await _launchRoom.WaitAsync();
        try
        {
            await Task.Run(() => start(order));
        }
        catch (Exception failure) when (!_ending.IsCancellationRequested)
        {
            LogCannotStart(Id(order.Key), failure.Message);
            Tell(() => _machine.Ended(Report(order.Key, AttemptReport.Types.State.Failed, "cannot-start", failure.Message), Now()));
        }
        finally
        {
            _launchRoom.Release();
        }
    }

    private async Task StartAsync(StartAttempt order, bool isAdopted)
    {
        var id = Id(order.Key);
        _orders[id] = order;
        _logs.Begin(id, order.Key, _driver.LogPath(id), order.LogBytesMax);
        if (order.Container.Length > 0)
            throw new NotSupportedException($"This pool runs processes; the job asks for the container '{order.Container}'.");
        var inputs = ImmutableArray.CreateBuilder<MountedInput>();
        foreach (var mount in order.Inputs.GroupBy(i => i.Mount, StringComparer.Ordinal))
            inputs.Add(new(await _datasets.FolderOfAsync([.. mount.Select(i => i.Root)], _ending.Token), mount.Key));

        var launch = LaunchOf(order, inputs.ToImmutable());
        if (isAdopted)
            _driver.Adopt(launch);
        else
            _driver.Start(launch);
    }

    private TaskLaunch LaunchOf(StartAttempt order, ImmutableArray<MountedInput> inputs)
    {
        var environment = order.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal)
            .SetItem("MERIDIAN_JOB", order.Key.Job.ToString())
            .SetItem("MERIDIAN_TASK_INDEX", order.Key.Task.ToString())
            .SetItem("MERIDIAN_TASK_COUNT", order.TaskCount.ToString())
            .SetItem("MERIDIAN_ATTEMPT", order.Key.Attempt.ToString());
        if (order.IsService)
        {
            var folder = Path.GetDirectoryName(_driver.LogPath(Id(order.Key)))!;
            environment = environment.SetItems(Services.Open(Id(order.Key), order, folder));
        }

        return new()
        {
            Id = Id(order.Key),
            Command = [.. order.Command],
            Environment = environment,
            CpuMillicores = order.CpuMillicores,
            MemoryBytes = order.MemoryBytes,
            DiskBytes = order.DiskBytes,
            Inputs = inputs,
            Timeout = TimeSpan.FromMilliseconds(order.TimeoutMilliseconds),
            Sandbox = order.Sandbox,
            AllowNetwork = order.AllowNetwork,
            LogBytesMax = order.LogBytesMax,
        };
    }

    [LoggerMessage(LogLevel.Warning, "Attempt {Id} cannot start: {Reason}")]
    private partial void LogCannotStart(string id, string reason);
}
