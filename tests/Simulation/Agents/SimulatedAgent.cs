using Google.Protobuf;
using Meridian.Agent.Attempts;
using Meridian.Domain;
using Meridian.Protocol.Agents;
using Meridian.Simulation.Control;
using Meridian.Simulation.Disks;
using Meridian.Simulation.Network;

namespace Meridian.Simulation.Agents;

/// <summary>An agent's process on its machine: the real rules, with a simulated disk, driver, depot and line.</summary>
internal sealed class SimulatedAgent
{
    private readonly World _world;
    private readonly SimulatedRecords _records = new();
    private readonly SimulatedDriver _driver;
    private readonly Dictionary<long, bool> _pulls = [];
    private readonly SimulatedDepot _depot = new();
    private readonly double _rate;
    private readonly Inventory _full;
    private AgentMachine _machine = new();
    private TimeSpan _bootedAt;
    private int _life;

    internal SimulatedAgent(World world, NodeId node, Inventory inventory)
    {
        (_world, Node, Inventory, _full) = (world, node, inventory, inventory);
        _driver = new(world, this);
        _rate = 1 + ((world.Unit() - 0.5) * 0.004);
    }

    internal NodeId Node { get; }

    /// <summary>What it tells of its machine when it dials.</summary>
    internal Inventory Inventory { get; private set; }

    internal SimulatedDepot Depot => _depot;

    internal IEnumerable<AttemptId> Readers(string root) => _driver.Readers(root);

    internal bool IsUp { get; private set; }

    internal Line? Line { get; private set; }

    /// <summary>Time since the machine booted, by its own clock, which drifts.</summary>
    private TimeSpan Clock => (_world.Now - _bootedAt) * _rate;

    internal void Boot()
    {
        if (IsUp)
            return;
        IsUp = true;
        _life++;
        _machine = new();
        _pulls.Clear();
        _machine.Recall(_depot.Left);
        var begin = _machine.Begin(_records.Read(), _driver.HeldLease(), Clock);
        _records.Rewrite(_machine.Remembered());
        _driver.Sweep(_machine.Holding.Select(Orders.Id).ToHashSet());
        Perform(begin);
        InThisLife(_world.Between(0.1, 0.5), Dial);
        InThisLife(TimeSpan.FromSeconds(1), Tick);
    }

    /// <summary>The process is killed; with the machine, what runs on it too.</summary>
    internal void Crash(bool withMachine)
    {
        if (IsUp)
        {
            IsUp = false;
            _life++;
            _records.Crash(_world.Unit());
            Line?.Break();
            Line = null;
        }

        if (!withMachine)
            return;
        _bootedAt = _world.Now;
        _driver.Reboot();
    }

    /// <summary>The machine has less, or has all again: what its operator offers may change whenever the agent begins.</summary>
    internal void Resize(double share)
    {
        Inventory = _full.Clone();
        Inventory.CpuMillicores = (long)(_full.CpuMillicores * share);
        foreach (var accelerators in Inventory.Accelerators)
            accelerators.Count = (int)(accelerators.Count * share);
    }

    internal void LineCut(Line line)
    {
        if (!ReferenceEquals(Line, line))
            return;
        Line = null;
        _machine.Disconnected();
        InThisLife(_world.Between(0.2, 2), Dial);
    }

    internal void Received(ToAgent message)
    {
        if (message.Acknowledge is { } acknowledged)
            _world.Checks.Acknowledged(Node, _machine, acknowledged.Sequence);
        if (message.Seal is { } seal)
            InThisLife(_world.Between(0.1, 2), () => Line?.Up(new() { Seal = Seal(seal) }));
        else
            Perform(_machine.Received(message, Clock));
    }

    internal void HeardStarted(StartAttempt order)
    {
        if (IsUp)
            Perform(_machine.Started(new() { Key = order.Key, State = AttemptReport.Types.State.Started }));
    }

    internal void HeardEnded(AttemptReport report)
    {
        if (IsUp)
            Perform(_machine.Ended(report.Clone(), Clock));
    }

    /// <summary>What the agent knows of the attempt, for people.</summary>
    internal string About(AttemptId id) =>
        $"held by its agent: {_machine.Holding.Any(key => Orders.Id(key) == id)}, agent up: {IsUp}, line: {Line is not null}, task: {_driver.About(id)}";

    internal TimeSpan WorldTimeOf(TimeSpan sinceBoot) => _bootedAt + (sinceBoot / _rate);

    private void Dial()
    {
        if (!IsUp || Line is not null)
            return;
        if (_world.PlaneFor(Node) is not { IsOpen: true } plane)
        {
            InThisLife(_world.Between(0.5, 2), Dial);
            return;
        }

        Line = _world.Connect(this, plane);
        Perform(_machine.Connected(Inventory, Clock));
    }

    private void Tick()
    {
        Perform(_machine.Tick(new(), Clock));
        InThisLife(TimeSpan.FromSeconds(1), Tick);
    }

    private void InThisLife(TimeSpan delay, Action action)
    {
        var life = _life;
        _world.After(delay, () =>
        {
            if (life == _life && IsUp)
                action();
        });
    }

    private void Perform(IReadOnlyList<AgentAction> actions)
    {
        foreach (var keep in actions.OfType<Keep>())
            _records.Append(keep.Record);
        var mustFlush = actions.Any(a => a is Launch or Send { Message.Sequence: not 0 });
        if (mustFlush && _world.FaultStrikes(0.01))
        {
            Fall();
            return;
        }

        if (mustFlush && !(_world.Options.LaunchesBeforeRecord && actions.Any(a => a is Launch)))
            _records.Flush();
        foreach (var action in actions)
        {
            if (_world.FaultStrikes(0.0005))
            {
                Fall();
                return;
            }

            Perform(action);
        }

        if (_records.IsLong)
            _records.Rewrite(_machine.Remembered());
    }

    /// <summary>Killed between two of its own steps.</summary>
    private void Fall()
    {
        Crash(withMachine: false);
        _world.After(_world.Between(0.2, 2), Boot);
    }

    private void Perform(AgentAction action)
    {
        switch (action)
        {
            case Send send:
                Line?.Up(send.Message);
                break;
            case Launch launch:
                Begin(launch.Order, _driver.Start);
                break;
            case Adopt adopt:
                Begin(adopt.Order, _driver.Adopt);
                break;
            case Kill kill:
                _driver.Stop(kill.Key, kill.Reason);
                break;
            case LeaseHeld lease:
                _driver.HoldLease(lease.Until);
                break;
            case Redial:
                Line?.Break();
                break;
            case ShipLog ship:
                InThisLife(_world.Between(0.1, 2), () => ShipLog(ship));
                break;
            case Forget forget:
                _driver.Forget(forget.Key);
                break;
            case Collect collect:
                InThisLife(_world.Between(0.1, 2), () => Perform(_machine.Collected(WithOutputs(collect), Clock)));
                break;
            case Fetch fetch:
                Pull(fetch.Order);
                break;
            case CancelPull cancel:
                _pulls[cancel.Transfer] = true;
                break;
            case BeginExchange begin:
                Exchange(begin.Order);
                break;
            case StopExchange stop:
                _depot.Left.Remove(stop.Exchange);
                break;
            case Drop drop:
                _world.Checks.Dropped(this, drop.Root);
                _depot.Content.Remove(drop.Root);
                break;
            default:
                break;
        }
    }

    private void Begin(StartAttempt order, Action<StartAttempt> start) => InThisLife(_world.Between(0, 0.1), () => start(order));

    private void ShipLog(ShipLog ship)
    {
        if (Line is null)
            InThisLife(_world.Between(0.5, 2), () => ShipLog(ship));
        else
            Perform(_machine.LogArrived(ship.Order.Key));
    }

    private SealReport Seal(SealDataset order)
    {
        var report = new SealReport { Transfer = order.Transfer, Root = order.Root };
        if (_world.FaultStrikes(0.1))
        {
            report.Reason = "seal-failed";
            return report;
        }

        report.SealedRoot = $"{order.Root} sealed by {Node}";
        report.Keys.AddRange(order.Recipients.Select(r => new SealedKey { Agent = r.Agent, Key = ByteString.CopyFromUtf8("key for " + r.Agent) }));
        return report;
    }

    private void Pull(FetchDataset order)
    {
        _pulls[order.Transfer] = false;
        var seconds = order.Bytes * 8d / Math.Max(1, order.Sources.Sum(s => s.BitsPerSecond));
        InThisLife(TimeSpan.FromSeconds(seconds * 0.4), () =>
        {
            if (!_pulls[order.Transfer])
                Line?.Up(new() { Transfer = new() { Transfer = order.Transfer, State = TransferReport.Types.State.Moving, BytesMoved = order.Bytes / 2 } });
        });
        InThisLife(TimeSpan.FromSeconds(seconds * 0.8) + _world.Between(0.1, 1), () =>
        {
            var isThere = order.Sources.Any(s => _world.AgentOf(new(s.Agent)).Depot.Content.Contains(order.Root));
            var isWell = isThere && !_pulls[order.Transfer] && !_world.FaultStrikes(0.1);
            if (isWell)
                _depot.Content.Add(order.Root);
            Perform(_machine.Fetched(new()
            {
                Transfer = order.Transfer,
                State = isWell ? TransferReport.Types.State.Done : TransferReport.Types.State.Failed,
                BytesMoved = isWell ? order.Bytes : 0,
                Reason = isWell ? "" : "pull-failed",
            }, Clock));
        });
    }

    /// <summary>Between the depot and a store outside. What was half done goes on in the next life, if it is still wanted.</summary>
    private void Exchange(ExchangeOrder order)
    {
        _depot.Left.Add(order.Exchange);
        InThisLife(_world.Between(0.5, 20), () =>
        {
            var isStopped = !_depot.Left.Remove(order.Exchange);
            var isWell = !isStopped && !_world.FaultStrikes(0.1) && order.Roots.All(_depot.Content.Contains);
            var report = new ExchangeReport
            {
                Exchange = order.Exchange,
                State = isWell ? ExchangeReport.Types.State.Done : ExchangeReport.Types.State.Failed,
                Reason = isWell ? "" : isStopped ? "cancelled" : "store-refused",
            };
            if (isWell && !order.Export)
            {
                (report.Root, report.BytesDone, report.Files) = ($"import-{order.Exchange}", 1 << 20, 1);
                _depot.Content.Add(report.Root);
            }

            Perform(_machine.Exchanged(report, Clock));
        });
    }

    private AttemptReport WithOutputs(Collect collect)
    {
        var report = collect.Report.Clone();
        foreach (var output in collect.Order.Outputs)
        {
            var root = $"out-{output.Name}-{Orders.Id(report.Key)}";
            _depot.Content.Add(root);
            report.Outputs.Add(new OutputResult { Name = output.Name, Root = root, Bytes = 1 << 20, Files = 1 });
        }

        return report;
    }
}
