using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <content>An attempt's way from its order to the day when nobody asks for it any more, and back from the disk.</content>
public sealed partial class AgentMachine
{
    /// <summary>Everything that an agent must still remember, in the order in which it would be kept anew.</summary>
    public IEnumerable<AgentRecord> Remembered() =>
    [
        new Paid(_lastSequence), // Numbers are never used twice, even when nothing is owed.
        .. _finishedOrder.Select(n => new Finished(n.ToKey())),
        .. _held.Values.Select(h => h.IsHeard ? (AgentRecord)new Heard(h.Order.Key) : new Accepted(h.Order)),
        .. _owed.Values.Select(d => new Owed(d.Message)),
    ];

    /// <summary>
    /// The agent begins: what its disk remembers is taken up again. A lease that an earlier life held in this boot goes
    /// on; without one nothing is started, and what runs is ended.
    /// </summary>
    public IReadOnlyList<AgentAction> Begin(IEnumerable<AgentRecord> remembered, TimeSpan? leaseUntil, TimeSpan now)
    {
        foreach (var record in remembered)
            Remember(record);
        _leaseUntil = leaseUntil;
        var mayRun = HoldsLease(now);
        return
        [
            .. _held.Values.Where(h => h.Phase == Phase.Over).Select(h => new ShipLog(h.Order)),
            .. _held.Values.Where(h => h.Phase == Phase.Live)
                .Select(h => mayRun ? (AgentAction)new Adopt(h.Order) : new Kill(h.Order.Key, "lease-expired")),
        ];
    }

    private AgentAction[] Start(StartAttempt order, TimeSpan now)
    {
        // A start that was overtaken by its own end must not run it again.
        var name = AttemptName.Of(order.Key);
        if (_held.ContainsKey(name) || _finished.Contains(name))
            return [];
        if (!HoldsLease(now))
        {
            _hasPassedOver = true;
            return [];
        }

        _held[name] = new(order);
        return [new Keep(new Accepted(order)), new Launch(order)];
    }

    private AgentAction[] Stop(StopAttempt order, TimeSpan now)
    {
        var name = AttemptName.Of(order.Key);
        if (_held.TryGetValue(name, out var held))
            return held.Phase == Phase.Live ? [new Kill(order.Key, order.Reason)] : [];
        if (_finished.Contains(name))
            return [];

        // Never heard of: the start may still be on its way, and must find the attempt over.
        held = new Held(new() { Key = order.Key });
        _held[name] = held;
        return Close(held, new() { Key = order.Key, State = AttemptReport.Types.State.Stopped, Reason = order.Reason, ExitCode = -1 }, now);
    }

    private AgentAction[] Pull(FetchDataset order, TimeSpan now)
    {
        var told = _owed.Values.FirstOrDefault(d => d.Message.Transfer?.Transfer == order.Transfer);
        if (told is not null)
            return [Resend(told, now)];
        return _fetching.Add(order.Transfer) ? [new Fetch(order)] : [];
    }

    private AgentAction[] Exchange(ExchangeOrder order, TimeSpan now)
    {
        var told = _owed.Values.FirstOrDefault(d => d.Message.Exchange?.Exchange == order.Exchange);
        if (told is not null)
            return [Resend(told, now)];
        return _exchanging.Add(order.Exchange) ? [new BeginExchange(order)] : [];
    }

    private AgentAction[] Close(Held held, AttemptReport report, TimeSpan now)
    {
        held.Phase = Phase.Over;
        return [.. Owe(new() { Attempt = report }, now), new ShipLog(held.Order)];
    }

    private AgentAction[] Owe(FromAgent message, TimeSpan now)
    {
        message.Sequence = ++_lastSequence;
        _owed[_lastSequence] = new(message, now);
        return [new Keep(new Owed(message)), new Send(message)];
    }

    private static Send Resend(Debt debt, TimeSpan now)
    {
        debt.SentAt = now;
        return new(debt.Message);
    }

    private AgentAction[] Acknowledge(ulong sequence)
    {
        if (!_owed.Remove(sequence, out var debt))
            return [];
        if (debt.Message.Attempt is not { } report || !_held.TryGetValue(AttemptName.Of(report.Key), out var held))
            return [new Keep(new Paid(sequence))];
        held.IsHeard = true;
        return [new Keep(new Paid(sequence)), .. FinishIfDone(held)];
    }

    private AgentAction[] FinishIfDone(Held held)
    {
        if (!held.IsHeard || !held.IsLogWhole)
            return [];
        Finish(AttemptName.Of(held.Order.Key));
        return [new Keep(new Finished(held.Order.Key)), new Forget(held.Order.Key)];
    }

    private void Finish(AttemptName name)
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
                _held[AttemptName.Of(accepted.Order.Key)] = new(accepted.Order);
                break;
            case Owed { Message: var message }:
                _owed[message.Sequence] = new(message, TimeSpan.Zero);
                _lastSequence = Math.Max(_lastSequence, message.Sequence);
                if (message.Attempt is { } report)
                    HeldOf(report.Key).Phase = Phase.Over;
                break;
            case Paid paid:
                _lastSequence = Math.Max(_lastSequence, paid.Sequence);
                if (_owed.Remove(paid.Sequence, out var debt) && debt.Message.Attempt is { } heard)
                    HeldOf(heard.Key).IsHeard = true;
                break;
            case Heard heardBefore:
                var over = HeldOf(heardBefore.Key);
                (over.Phase, over.IsHeard) = (Phase.Over, true);
                break;
            case Finished finished:
                Finish(AttemptName.Of(finished.Key));
                break;
            default:
                break;
        }
    }

    // The end of an attempt that was stopped before it was ever heard of is kept without an order.
    private Held HeldOf(AttemptKey key)
    {
        if (!_held.TryGetValue(AttemptName.Of(key), out var held))
            _held[AttemptName.Of(key)] = held = new(new() { Key = key });
        return held;
    }
}
