using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <summary>Something that the agent's host is to do, in the order given.</summary>
public abstract record AgentAction;

/// <summary>Keep the record. Whatever follows it in the list waits until it is on the disk.</summary>
public sealed record Keep(AgentRecord Record) : AgentAction;

/// <summary>Send the message, if the line is open; if it is not, drop it.</summary>
public sealed record Send(FromAgent Message) : AgentAction;

/// <summary>Start the attempt.</summary>
public sealed record Launch(StartAttempt Order) : AgentAction;

/// <summary>Find the attempt again that an earlier life of the agent started.</summary>
public sealed record Adopt(StartAttempt Order) : AgentAction;

/// <summary>End the attempt and everything that it started.</summary>
public sealed record Kill(AttemptKey Key, string Reason) : AgentAction;

/// <summary>Gather the attempt's outputs.</summary>
public sealed record Collect(StartAttempt Order, AttemptReport Report) : AgentAction;

/// <summary>Pull a dataset.</summary>
public sealed record Fetch(FetchDataset Order) : AgentAction;

/// <summary>End a pull.</summary>
public sealed record CancelPull(long Transfer) : AgentAction;

/// <summary>Remove a dataset.</summary>
public sealed record Drop(string Root) : AgentAction;

/// <summary>Nothing more is needed of the attempt: its files may go.</summary>
public sealed record Forget(AttemptKey Key) : AgentAction;

/// <summary>What the agent keeps on its disk.</summary>
public abstract record AgentRecord;

/// <summary>An attempt was taken on. Kept before it is started.</summary>
public sealed record Accepted(StartAttempt Order) : AgentRecord;

/// <summary>Something that the control plane must hear.</summary>
public sealed record Owed(FromAgent Message) : AgentRecord;

/// <summary>The control plane has heard it.</summary>
public sealed record Paid(ulong Sequence) : AgentRecord;

/// <summary>
/// The agent's rules, without I/O, clock or luck: each call takes what happened and gives what to do. An attempt is kept on
/// disk before it is started, so it is started once; its end is owed until the control plane acknowledges it; and when
/// the lease runs out while the line is cut, everything is stopped, for it may be about to run elsewhere.
/// </summary>
public sealed class AgentMachine
{
    private const int FinishedMax = 100_000;

    private readonly SortedDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ulong, FromAgent> _owed = [];
    private readonly SortedDictionary<ulong, TimeSpan> _asked = [];
    private readonly SortedSet<long> _fetching = [];
    private readonly SortedSet<string> _finished = new(StringComparer.Ordinal);
    private readonly Queue<string> _finishedOrder = new();
    private ulong _lastSequence;
    private ulong _lastLeaseRequest;
    private TimeSpan _helloAt;
    private TimeSpan _leaseLength = TimeSpan.Zero;
    private TimeSpan _leaseUntil;
    private TimeSpan _lastAsked = TimeSpan.MinValue;
    private bool _isConnected;

    private enum Phase
    {
        Live,
        Collecting,
        Over,
    }

    private sealed class Held(StartAttempt order)
    {
        internal StartAttempt Order => order;

        internal Phase Phase { get; set; }

        internal AttemptReport? Started { get; set; }

        internal ulong EndSequence { get; set; }
    }

    /// <summary>The number of attempts that run.</summary>
    public int LiveCount => _held.Values.Count(h => h.Phase != Phase.Over);

    /// <summary>Everything that an agent must still remember, in the order in which it would be kept anew.</summary>
    public IEnumerable<AgentRecord> Remembered() =>
    [
        .. _held.Values.Select(h => new Accepted(h.Order)), .. _owed.Values.Select(m => new Owed(m)),
    ];

    /// <summary>The agent begins: what its disk remembers is taken up again.</summary>
    public IReadOnlyList<AgentAction> Begin(IEnumerable<AgentRecord> remembered)
    {
        foreach (var record in remembered)
            Remember(record);
        return [.. _held.Values.Where(h => h.Phase == Phase.Live).Select(h => new Adopt(h.Order))];
    }

    /// <summary>The line is open.</summary>
    public IReadOnlyList<AgentAction> Connected(Inventory inventory, TimeSpan now)
    {
        _isConnected = true;
        _helloAt = now;
        var hello = new Hello { Inventory = inventory };
        hello.Holding.AddRange(_held.Values.Select(h => h.Order.Key));
        hello.Fetching.AddRange(_fetching);
        return
        [
            new Send(new() { Hello = hello }),
            .. _held.Values.Where(h => h.Started is not null && h.Phase == Phase.Live)
                .Select(h => new Send(new() { Attempt = h.Started })),
            .. _owed.Values.Select(m => new Send(m)),
        ];
    }

    /// <summary>The line is cut.</summary>
    public void Disconnected()
    {
        _isConnected = false;
        _asked.Clear();
        _lastAsked = TimeSpan.MinValue;
    }

    /// <summary>Time has passed.</summary>
    public IReadOnlyList<AgentAction> Tick(Load load, TimeSpan now)
    {
        if (_leaseLength > TimeSpan.Zero && now >= _leaseUntil)
        {
            _leaseLength = TimeSpan.Zero;
            return [.. _held.Values.Where(h => h.Phase == Phase.Live).Select(h => new Kill(h.Order.Key, "lease-expired"))];
        }

        if (!_isConnected)
            return [];
        var heartbeat = new Heartbeat { Load = load };
        if (_leaseLength > TimeSpan.Zero && (_lastAsked == TimeSpan.MinValue || now - _lastAsked > _leaseLength / 3))
        {
            heartbeat.LeaseRequest = ++_lastLeaseRequest;
            _asked[_lastLeaseRequest] = now;
            _lastAsked = now;
        }

        return [new Send(new() { Heartbeat = heartbeat })];
    }

    /// <summary>The control plane said something.</summary>
    public IReadOnlyList<AgentAction> Received(ToAgent message, TimeSpan now)
    {
        switch (message.BodyCase)
        {
            case ToAgent.BodyOneofCase.Welcome:
                // Counted from before we asked, so that we never think it longer than the control plane does.
                Lease(_helloAt, message.Welcome.LeaseMilliseconds);
                _lastAsked = now;
                return [];
            case ToAgent.BodyOneofCase.Lease:
                if (_asked.Remove(message.Lease.LeaseRequest, out var asked))
                    Lease(asked, message.Lease.LeaseMilliseconds);
                return [];
            case ToAgent.BodyOneofCase.Start:
                return Start(message.Start);
            case ToAgent.BodyOneofCase.Stop:
                return Stop(message.Stop);
            case ToAgent.BodyOneofCase.Fetch:
                return _fetching.Add(message.Fetch.Transfer) ? [new Fetch(message.Fetch)] : [];
            case ToAgent.BodyOneofCase.CancelFetch:
                return _fetching.Contains(message.CancelFetch.Transfer) ? [new CancelPull(message.CancelFetch.Transfer)] : [];
            case ToAgent.BodyOneofCase.Drop:
                return [new Drop(message.Drop.Root)];
            case ToAgent.BodyOneofCase.Acknowledge:
                return Acknowledge(message.Acknowledge.Sequence);
            default:
                return [];
        }
    }

    /// <summary>The driver says that the attempt runs; for a service, that it is well.</summary>
    public IReadOnlyList<AgentAction> Started(AttemptReport report)
    {
        if (!_held.TryGetValue(Name(report.Key), out var held) || held.Phase != Phase.Live)
            return [];
        held.Started = report;
        return [new Send(new() { Attempt = report })];
    }

    /// <summary>The driver says that the attempt is over. One that ended well still has outputs to gather.</summary>
    public IReadOnlyList<AgentAction> Ended(AttemptReport report)
    {
        if (!_held.TryGetValue(Name(report.Key), out var held) || held.Phase != Phase.Live)
            return [];
        if (report.State != AttemptReport.Types.State.Succeeded || held.Order.Outputs.Count == 0)
            return Close(held, report);
        held.Phase = Phase.Collecting;
        return [new Collect(held.Order, report)];
    }

    /// <summary>The outputs are gathered, or cannot be: the report says which.</summary>
    public IReadOnlyList<AgentAction> Collected(AttemptReport report) =>
        _held.TryGetValue(Name(report.Key), out var held) && held.Phase == Phase.Collecting ? Close(held, report) : [];

    /// <summary>A pull is over.</summary>
    public IReadOnlyList<AgentAction> Fetched(TransferReport report)
    {
        // Not kept: an order that is still open comes again with the next line, and finds the data here.
        _fetching.Remove(report.Transfer);
        return [new Send(new() { Transfer = report })];
    }

    private static string Name(AttemptKey key) => $"{key.Job:d19}.{key.Task:d10}.{key.Attempt:d10}";

    private void Lease(TimeSpan from, long milliseconds)
    {
        _leaseLength = TimeSpan.FromMilliseconds(milliseconds);
        var until = from + _leaseLength;
        _leaseUntil = until > _leaseUntil ? until : _leaseUntil;
    }

    private List<AgentAction> Start(StartAttempt order)
    {
        // A start that was overtaken by its own end must not run it again.
        if (_held.ContainsKey(Name(order.Key)) || _finished.Contains(Name(order.Key)))
            return [];
        _held[Name(order.Key)] = new(order);
        return [new Keep(new Accepted(order)), new Launch(order)];
    }

    private List<AgentAction> Stop(StopAttempt order)
    {
        if (_held.TryGetValue(Name(order.Key), out var held))
            return held.Phase == Phase.Live ? [new Kill(order.Key, order.Reason)] : [];

        // Never heard of: the start may still be on its way, and must find the attempt over.
        held = new Held(new() { Key = order.Key });
        _held[Name(order.Key)] = held;
        return
        [
            new Keep(new Accepted(held.Order)),
            .. Close(held, new() { Key = order.Key, State = AttemptReport.Types.State.Stopped, Reason = order.Reason, ExitCode = -1 }),
        ];
    }

    private List<AgentAction> Close(Held held, AttemptReport report)
    {
        held.Phase = Phase.Over;
        held.EndSequence = ++_lastSequence;
        var message = new FromAgent { Sequence = _lastSequence, Attempt = report };
        _owed[_lastSequence] = message;
        return [new Keep(new Owed(message)), new Send(message)];
    }

    private List<AgentAction> Acknowledge(ulong sequence)
    {
        if (!_owed.Remove(sequence, out var message))
            return [];
        Finish(Name(message.Attempt.Key));
        return [new Keep(new Paid(sequence)), new Forget(message.Attempt.Key)];
    }

    private void Finish(string name)
    {
        _held.Remove(name);
        if (_finished.Add(name))
            _finishedOrder.Enqueue(name);
        if (_finishedOrder.Count > FinishedMax)
            _finished.Remove(_finishedOrder.Dequeue());
    }

    private void Remember(AgentRecord record)
    {
        switch (record)
        {
            case Accepted accepted:
                _held[Name(accepted.Order.Key)] = new(accepted.Order);
                break;
            case Owed { Message: var message }:
                _owed[message.Sequence] = message;
                _lastSequence = Math.Max(_lastSequence, message.Sequence);
                if (_held.TryGetValue(Name(message.Attempt.Key), out var held))
                    (held.Phase, held.EndSequence) = (Phase.Over, message.Sequence);
                break;
            case Paid paid:
                _lastSequence = Math.Max(_lastSequence, paid.Sequence);
                if (_owed.Remove(paid.Sequence, out var done))
                    Finish(Name(done.Attempt.Key));
                break;
            default:
                break;
        }
    }
}
