using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <summary>
/// The agent's rules, without I/O, clock or luck: each call takes what happened and gives what to do. An attempt is kept on
/// disk before it is started, so it is started once; its end is owed until the control plane acknowledges it; and when
/// the lease runs out, everything is stopped, for it may be about to run elsewhere.
/// </summary>
/// <remarks>
/// Every <c>now</c> is time since the machine booted, suspended time included, so that a lease outlives the agent's process.
/// </remarks>
public sealed partial class AgentMachine
{
    private const int FinishedMax = 100_000;
    private const int AskedMax = 16;
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<AttemptName, Held> _held = [];
    private readonly SortedDictionary<ulong, Debt> _owed = [];
    private readonly SortedDictionary<ulong, TimeSpan> _asked = [];
    private readonly SortedSet<long> _fetching = [];
    private readonly SortedSet<long> _exchanging = [];
    private readonly SortedSet<long> _leftExchanges = [];
    private readonly HashSet<AttemptName> _finished = []; // For lookup only: its order means nothing.
    private readonly Queue<AttemptName> _finishedOrder = new();
    private ulong _lastSequence;
    private ulong _lastLeaseRequest;
    private TimeSpan _helloAt;
    private TimeSpan _leaseLength;
    private TimeSpan? _leaseUntil;
    private TimeSpan? _lastAsked;
    private TimeSpan? _lastHeartbeat;
    private TimeSpan _heartbeatEvery = TimeSpan.FromSeconds(5);
    private bool _isConnected;
    private bool _hasPassedOver;

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

        internal bool IsHeard { get; set; }

        internal bool IsLogWhole { get; set; }
    }

    private sealed class Debt(FromAgent message, TimeSpan sentAt)
    {
        internal FromAgent Message => message;

        internal TimeSpan SentAt { get; set; } = sentAt;
    }

    /// <summary>The number of attempts that run.</summary>
    public int LiveCount => _held.Values.Count(h => h.Phase != Phase.Over);

    /// <summary>The attempts that the agent knows and has not finished with.</summary>
    public IEnumerable<AttemptKey> Holding => _held.Keys.Select(n => n.ToKey());

    /// <summary>An earlier life left these exchanges half done: the control plane says whether to go on with them.</summary>
    public void Recall(IEnumerable<long> exchanges) => _leftExchanges.UnionWith(exchanges);

    /// <summary>The line is open.</summary>
    public IReadOnlyList<AgentAction> Connected(Inventory inventory, TimeSpan now)
    {
        (_isConnected, _helloAt, _lastAsked, _lastHeartbeat, _hasPassedOver) = (true, now, now, now, false);
        _asked.Clear();
        var hello = new Hello { Inventory = inventory };
        hello.Holding.AddRange(_held.Where(h => !h.Value.IsHeard).Select(h => h.Key.ToKey()));
        hello.Fetching.AddRange(_fetching);
        hello.Exchanging.AddRange(_exchanging.Union(_leftExchanges));
        return
        [
            new Send(new() { Hello = hello }),
            .. _held.Values.Where(h => h.Started is not null && h.Phase == Phase.Live)
                .Select(h => new Send(new() { Attempt = h.Started })),
            .. _owed.Values.Select(d => Resend(d, now)),
        ];
    }

    /// <summary>The line is cut.</summary>
    public void Disconnected()
    {
        _isConnected = false;
        _asked.Clear();
    }

    /// <summary>Time has passed. To be called every second or so.</summary>
    public IReadOnlyList<AgentAction> Tick(Load load, TimeSpan now)
    {
        var actions = new List<AgentAction>();
        if (_leaseUntil is not null && !HoldsLease(now))
        {
            _leaseUntil = null;
            actions.AddRange(_held.Values.Where(h => h.Phase == Phase.Live).Select(h => new Kill(h.Order.Key, "lease-expired")));
            _hasPassedOver = true;
        }

        if (!_isConnected)
            return actions;
        if (_hasPassedOver)
        {
            // On this line the control plane believes what is no longer so: Hello tells it, and Welcome brings a lease.
            _hasPassedOver = false;
            return [.. actions, new Redial()];
        }

        actions.AddRange(_owed.Values.Where(d => now - d.SentAt > ResendAfter).Select(d => Resend(d, now)).ToList());
        if (_lastHeartbeat is null || now - _lastHeartbeat >= _heartbeatEvery)
        {
            _lastHeartbeat = now;
            actions.Add(new Send(new() { Heartbeat = new() { Load = load, LeaseRequest = LeaseRequest(now) } }));
        }

        return actions;
    }

    /// <summary>The control plane said something.</summary>
    public IReadOnlyList<AgentAction> Received(ToAgent message, TimeSpan now)
    {
        switch (message.BodyCase)
        {
            case ToAgent.BodyOneofCase.Welcome:
                if (message.Welcome.HeartbeatMilliseconds > 0)
                    _heartbeatEvery = TimeSpan.FromMilliseconds(message.Welcome.HeartbeatMilliseconds);
                // Counted from before we asked, so that we never think it longer than the control plane does.
                return Lease(_helloAt, message.Welcome.LeaseMilliseconds);
            case ToAgent.BodyOneofCase.Lease:
                return _asked.Remove(message.Lease.LeaseRequest, out var asked)
                    ? Lease(asked, message.Lease.LeaseMilliseconds)
                    : [];
            case ToAgent.BodyOneofCase.Start:
                return Start(message.Start, now);
            case ToAgent.BodyOneofCase.Stop:
                return Stop(message.Stop, now);
            case ToAgent.BodyOneofCase.Fetch:
                return Pull(message.Fetch, now);
            case ToAgent.BodyOneofCase.CancelFetch:
                return _fetching.Contains(message.CancelFetch.Transfer) ? [new CancelPull(message.CancelFetch.Transfer)] : [];
            case ToAgent.BodyOneofCase.Exchange:
                return Exchange(message.Exchange, now);
            case ToAgent.BodyOneofCase.CancelExchange:
                _leftExchanges.Remove(message.CancelExchange.Exchange);
                return [new StopExchange(message.CancelExchange.Exchange)];
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
        if (!_held.TryGetValue(AttemptName.Of(report.Key), out var held) || held.Phase != Phase.Live)
            return [];
        held.Started = report;
        return [new Send(new() { Attempt = report })];
    }

    /// <summary>The driver says that the attempt is over. One that ended well still has outputs to gather.</summary>
    public IReadOnlyList<AgentAction> Ended(AttemptReport report, TimeSpan now)
    {
        if (!_held.TryGetValue(AttemptName.Of(report.Key), out var held) || held.Phase != Phase.Live)
            return [];
        if (report.State != AttemptReport.Types.State.Succeeded || held.Order.Outputs.Count == 0)
            return Close(held, report, now);
        held.Phase = Phase.Collecting;
        return [new Collect(held.Order, report)];
    }

    /// <summary>The outputs are gathered, or cannot be: the report says which.</summary>
    public IReadOnlyList<AgentAction> Collected(AttemptReport report, TimeSpan now) =>
        _held.TryGetValue(AttemptName.Of(report.Key), out var held) && held.Phase == Phase.Collecting
            ? Close(held, report, now)
            : [];

    /// <summary>The whole log of an attempt that is over has arrived.</summary>
    public IReadOnlyList<AgentAction> LogArrived(AttemptKey key)
    {
        if (!_held.TryGetValue(AttemptName.Of(key), out var held) || held.Phase != Phase.Over)
            return [];
        held.IsLogWhole = true;
        return FinishIfDone(held);
    }

    /// <summary>A pull is over.</summary>
    public IReadOnlyList<AgentAction> Fetched(TransferReport report, TimeSpan now) =>
        _fetching.Remove(report.Transfer) ? Owe(new() { Transfer = report }, now) : [];

    /// <summary>An exchange with a store outside is over.</summary>
    public IReadOnlyList<AgentAction> Exchanged(ExchangeReport report, TimeSpan now) =>
        _exchanging.Remove(report.Exchange) ? Owe(new() { Exchange = report }, now) : [];

    private bool HoldsLease(TimeSpan now) => _leaseUntil is { } until && now < until;

    private AgentAction[] Lease(TimeSpan from, long milliseconds)
    {
        _leaseLength = TimeSpan.FromMilliseconds(milliseconds);
        var until = from + _leaseLength;
        if (_leaseUntil >= until)
            return [];
        _leaseUntil = until;
        return [new LeaseHeld(until)];
    }

    private ulong LeaseRequest(TimeSpan now)
    {
        if (!HoldsLease(now) || now - _lastAsked <= _leaseLength / 3)
            return 0;
        _lastAsked = now;
        _asked[++_lastLeaseRequest] = now;
        if (_asked.Count > AskedMax)
            _asked.Remove(_asked.Keys.First());
        return _lastLeaseRequest;
    }
}
