using Meridian.Agent.Attempts;
using Meridian.Protocol.Agents;

namespace Meridian.Tests.Agent;

/// <summary>
/// An agent's rules on a disk that forgets what was not flushed, with a driver that counts starts, and messages that come
/// twice, late or not at all. One seed makes one history.
/// </summary>
internal sealed class AgentWorld(int seed)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly Random _random = new(seed);
    private readonly List<AgentRecord> _disk = [];
    private readonly List<ToAgent> _toAgent = [];
    private readonly Dictionary<AttemptKey, int> _launches = [];
    private readonly HashSet<AttemptKey> _running = [];
    private readonly HashSet<AttemptKey> _barred = [];
    private readonly Dictionary<AttemptKey, AttemptReport> _heard = [];
    private readonly List<AttemptKey> _ordered = [];
    private AgentMachine _machine = new();
    private List<AgentRecord> _unflushed = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private TimeSpan? _leaseUntil;
    private bool _isConnected;

    internal List<string> Violations { get; } = [];

    internal IReadOnlyDictionary<AttemptKey, AttemptReport> Heard => _heard;

    internal IReadOnlyList<AttemptKey> Ordered => _ordered;

    internal AgentWorld Run(int steps)
    {
        for (var i = 0; i < steps; i++)
            Step();
        Settle();
        return this;
    }

    private void Step()
    {
        _now += TimeSpan.FromMilliseconds(_random.Next(3000));
        switch (_random.Next(12))
        {
            case 0 or 1:
                Order();
                break;
            case 2 when _ordered.Count > 0:
                Deliver(new() { Stop = new() { Key = _ordered[_random.Next(_ordered.Count)], Reason = "cancelled" } });
                break;
            case 3 when _isConnected:
                Cut();
                break;
            case 4 when !_isConnected:
                Connect();
                break;
            case 5:
                Crash();
                break;
            case 6 or 7 when _running.Count > 0:
                End(_running.ElementAt(_random.Next(_running.Count)), AttemptReport.Types.State.Succeeded, "");
                break;
            case 8 or 9 when _toAgent.Count > 0:
                DeliverOne();
                break;
            default:
                Do(_machine.Tick(new(), _now));
                break;
        }

        CheckLease();
    }

    private void Order()
    {
        var key = new AttemptKey { Job = _random.Next(8), Task = _random.Next(2), Attempt = 1 };
        if (!_ordered.Contains(key))
            _ordered.Add(key);
        Deliver(new() { Start = new() { Key = key, Command = { "true" } } });
    }

    // Copies of what was said stay behind and arrive at any later time.
    private void Deliver(ToAgent message)
    {
        if (_random.Next(3) > 0)
            _toAgent.Add(message.Clone());
        if (_isConnected && _random.Next(4) > 0)
            Do(_machine.Received(message, _now));
    }

    private void DeliverOne()
    {
        var message = _toAgent[_random.Next(_toAgent.Count)];
        if (_random.Next(3) > 0)
            _toAgent.Remove(message);
        if (_isConnected)
            Do(_machine.Received(message, _now));
    }

    private void Connect()
    {
        _isConnected = true;
        Do(_machine.Connected(new(), _now));
        Do(_machine.Received(new() { Welcome = new() { LeaseMilliseconds = (long)Lease.TotalMilliseconds } }, _now));
    }

    private void Cut()
    {
        _isConnected = false;
        _machine.Disconnected();
    }

    private void Crash()
    {
        // A part of what was written without a flush may still have reached the disk, from the front.
        _disk.AddRange(_unflushed.Take(_random.Next(_unflushed.Count + 1)));
        _unflushed = [];
        _isConnected = false;
        if (_random.Next(3) == 0)
            StayDead();
        _machine = new();
        var actions = _machine.Begin(_disk, _leaseUntil, _now);
        if (_random.Next(2) == 0)
        {
            _disk.Clear();
            _disk.AddRange(_machine.Remembered());
        }

        Do(actions);
    }

    // Nobody is there to end the tasks but its supervisor.
    private void StayDead()
    {
        _now += TimeSpan.FromSeconds(_random.Next(60));
        if (!(_now < _leaseUntil))
            _running.Clear();
    }

    private void Do(IReadOnlyList<AgentAction> actions)
    {
        _unflushed.AddRange(actions.OfType<Keep>().Select(k => k.Record));
        if (actions.Any(a => a is Launch or Send { Message.Sequence: not 0 }))
        {
            _disk.AddRange(_unflushed);
            _unflushed = [];
            if (_random.Next(40) == 0)
            {
                Crash(); // After the flush and before anything was done.
                return;
            }
        }

        foreach (var action in actions)
            Do(action);
    }

    private void Do(AgentAction action)
    {
        switch (action)
        {
            case Launch launch:
                Start(launch.Order.Key);
                break;
            case Adopt adopt when _running.Contains(adopt.Order.Key):
                break;
            case Adopt adopt when !_launches.ContainsKey(adopt.Order.Key):
                Start(adopt.Order.Key);
                break;
            case Adopt adopt:
                End(adopt.Order.Key, AttemptReport.Types.State.Lost, "agent-lost");
                break;
            case Kill kill:
                if (!_launches.ContainsKey(kill.Key))
                    _barred.Add(kill.Key);
                End(kill.Key, AttemptReport.Types.State.Stopped, kill.Reason);
                break;
            case ShipLog ship:
                Do(_machine.LogArrived(ship.Order.Key));
                break;
            case LeaseHeld held:
                _leaseUntil = held.Until;
                break;
            case Redial:
                Cut();
                break;
            case Send { Message: { Sequence: not 0 } message } when _isConnected && _random.Next(4) > 0:
                Hear(message);
                break;
            default:
                break;
        }
    }

    private void Start(AttemptKey key)
    {
        if (_barred.Contains(key))
            return;
        if (!_disk.OfType<Accepted>().Any(a => a.Order.Key.Equals(key)))
            Violations.Add($"{key} was launched before its record was on the disk");
        if (!(_now < _leaseUntil))
            Violations.Add($"{key} was launched without a lease");
        _launches[key] = _launches.GetValueOrDefault(key) + 1;
        if (_launches[key] > 1)
            Violations.Add($"{key} was launched twice");
        if (_heard.ContainsKey(key))
            Violations.Add($"{key} was launched after its end was heard");
        _running.Add(key);
    }

    private void End(AttemptKey key, AttemptReport.Types.State state, string reason)
    {
        _running.Remove(key);
        Do(_machine.Ended(new() { Key = key, State = state, Reason = reason }, _now));
    }

    private void Hear(FromAgent message)
    {
        if (_heard.TryGetValue(message.Attempt.Key, out var before) && !before.Equals(message.Attempt))
            Violations.Add($"{message.Attempt.Key} ended in two ways");
        _heard[message.Attempt.Key] = message.Attempt;
        if (_random.Next(4) > 0)
            Do(_machine.Received(new() { Acknowledge = new() { Sequence = message.Sequence } }, _now));
    }

    private void CheckLease()
    {
        Do(_machine.Tick(new(), _now));
        if (_running.Count > 0 && !(_now < _leaseUntil))
            Violations.Add("A task runs without a lease");
    }

    /// <summary>The line stays open and nothing is lost any more: everything that was taken on must come to a known end.</summary>
    private void Settle()
    {
        for (var round = 0; round < 40; round++)
        {
            _now += TimeSpan.FromSeconds(5);
            if (!_isConnected)
                Connect();
            foreach (var key in _running.ToList())
                End(key, AttemptReport.Types.State.Succeeded, "");
            Do(_machine.Tick(new(), _now));
            Do(_machine.Received(new() { Welcome = new() { LeaseMilliseconds = (long)Lease.TotalMilliseconds } }, _now));
        }

        foreach (var key in _launches.Keys.Where(k => !_heard.ContainsKey(k)))
            Violations.Add($"The end of {key} was never heard");
        if (_machine.LiveCount > 0)
            Violations.Add("An attempt never ended");
    }
}
