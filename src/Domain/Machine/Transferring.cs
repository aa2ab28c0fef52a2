using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>The life of transfers that were admitted: their hops start, halt and end, and what that means for money and tasks.</summary>
internal static class Transferring
{
    /// <summary>How often hops of a transfer may fail before it is given up.</summary>
    private const int FailureCountMax = 8;

    internal static Decision Pause(DomainState state, PauseTransfer c, DateTimeOffset now)
    {
        if (Fault(state, c.Transfer) is { } fault)
            return new([], fault, Value: 0);
        if (state.Data.Transfers[c.Transfer].State == TransferState.Paused)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        HaltAll(draft, c.Transfer);
        draft.Add(new TransferPaused(c.Transfer, now));
        return draft.Decide();
    }

    internal static Decision Cancel(DomainState state, CancelTransfer c, DateTimeOffset now)
    {
        if (!state.Data.Transfers.TryGet(c.Transfer, out var transfer))
            return Decision.Refuse("no-such-transfer", c.Transfer);
        if (!transfer.IsOpen)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        Finish(draft, c.Transfer, TransferState.Cancelled, "cancelled");
        return draft.Decide();
    }

    /// <summary>Notes how far a fetch has come, at each quarter only: the journal is not for progress.</summary>
    internal static Decision Mark(DomainState state, MarkFetch c)
    {
        if (Current(state, c.Fetch, c.Node) is not { } key)
            return Decision.Nothing;
        var hop = state.Data.Transfers[key.Transfer].Hops[key.Hop];
        return TransferRules.IsMark(hop, c.BytesDone)
            ? Decision.Of(new HopMarked(key.Transfer, key.Hop, Math.Min(c.BytesDone, hop.Size.Bytes)))
            : Decision.Nothing;
    }

    internal static Decision Report(DomainState state, ReportFetch c, DateTimeOffset now)
    {
        if (Current(state, c.Fetch, c.Node) is not { } key)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        if (c.Succeeded)
            Arrive(draft, key, c.BytesMoved);
        else
            Fail(draft, key, c.Reason);
        return draft.Decide();
    }

    /// <summary>What the node was to pull is pulled by nobody now, and what it was to encrypt is encrypted by nobody.</summary>
    internal static void GiveUp(Draft draft, NodeId node, string reason)
    {
        Fail(draft, draft.State.Data.Index.SealedBy(node), (transfer, hop) => hop.State == HopState.Waiting && hop.Sealer == node && !transfer.IsSealReady(hop), reason);
        Fail(draft, draft.State.Data.Index.To(node), (transfer, hop) => hop.To == node
            && (hop.HoldsCircuits || (hop.State == HopState.Paused && transfer.Request.Purpose == TransferPurpose.Staging)), reason);
    }

    private static void Fail(Draft draft, ImmutableSortedSet<long> transfers, Func<Transfer, Hop, bool> isLost, string reason)
    {
        foreach (var id in transfers)
        {
            for (var index = 0; draft.State.Data.Transfers[id] is { IsOpen: true } transfer && index < transfer.Hops.Length; index++)
            {
                if (isLost(transfer, transfer.Hops[index]))
                    Fail(draft, new(id, index), reason);
            }
        }
    }

    /// <summary>Starts hops whose windows have come, and halts those whose windows are over while others follow.</summary>
    internal static void Tick(Draft draft)
    {
        foreach (var id in draft.State.Data.Index.DueAt(draft.Now))
        {
            for (var index = 0; index < draft.State.Data.Transfers[id].Hops.Length; index++)
            {
                var hop = draft.State.Data.Transfers[id].Hops[index];
                if (hop.State == HopState.Moving && hop.WindowAt(draft.Now) != hop.Window)
                    draft.Add(new HopHalted(id, index, hop.Fetch, HopState.Waiting, Money.Zero(), draft.Now));
            }

            StartDue(draft, id);
        }
    }

    /// <summary>Lets the depots pull whose windows have come and whose sources have the content.</summary>
    internal static void StartDue(Draft draft, long id)
    {
        var data = draft.State.Data;
        var transfer = data.Transfers[id];
        for (var index = 0; index < transfer.Hops.Length; index++)
        {
            var hop = transfer.Hops[index];
            if (hop.State != HopState.Waiting || TransferRules.IsMissed(transfer, hop, draft.Now))
                continue;
            var place = hop.WindowAt(draft.Now);
            var window = hop.Windows[place];
            if (window.Start <= draft.Now && transfer.IsSealReady(hop) && transfer.AreSourcesReady(data, hop, window)
                && draft.State.Sites.Nodes.TryGetValue(hop.To, out var node) && node.State == NodeState.Ready)
                draft.Add(new HopStarted(id, index, draft.State.Data.FetchCount + 1, place, draft.Now));
        }
    }

    /// <summary>Ends a transfer: circuits and money that it holds go back, and tasks that wait for it are placed anew.</summary>
    internal static void Finish(Draft draft, long id, TransferState state, string reason)
    {
        HaltAll(draft, id);
        TransferMoney.Settle(draft, id, draft.State.Data.Transfers[id].Held, Money.Zero());
        draft.Add(new TransferEnded(id, state, reason, draft.Now));
        Sealing.Clear(draft, id);
        foreach (var waiter in WaitersOf(draft, id))
        {
            if (state != TransferState.Done && draft.State.Jobs.Current(waiter) is { } task)
                Reporting.End(draft, task, AttemptEnd.Lost, Reporting.Nothing("staging-failed", reason));
        }
    }

    /// <summary>Halts every hop that holds circuits, and charges for what came.</summary>
    internal static void HaltAll(Draft draft, long id)
    {
        for (var index = 0; index < draft.State.Data.Transfers[id].Hops.Length; index++)
        {
            var hop = draft.State.Data.Transfers[id].Hops[index];
            if (!hop.HoldsCircuits)
                continue;
            Release(draft, id, hop);
            var charge = TransferRules.Due(hop);
            draft.Add(new HopHalted(id, index, hop.Fetch, HopState.Paused, charge, draft.Now));
            TransferMoney.Settle(draft, id, charge, charge);
        }
    }

    /// <summary>Tasks at nodes that no hop leads to any more are placed anew.</summary>
    internal static void Strand(Draft draft, long id)
    {
        var transfer = draft.State.Data.Transfers[id];
        foreach (var waiter in WaitersOf(draft, id))
        {
            if (draft.State.Jobs.Current(waiter) is { } task && !transfer.Hops.Any(h => h.To == task.Live!.Node))
                Reporting.End(draft, task, AttemptEnd.Lost, Reporting.Nothing("staging-failed", "replanned"));
        }
    }

    private static void Arrive(Draft draft, HopKey key, long bytesMoved)
    {
        var transfer = draft.State.Data.Transfers[key.Transfer];
        var hop = transfer.Hops[key.Hop];
        Release(draft, key.Transfer, hop);
        draft.Add(new HopEnded(key.Transfer, key.Hop, hop.Fetch, Succeeded: true, bytesMoved, Reason: "", draft.Now));
        TransferMoney.Settle(draft, key.Transfer, hop.Price, hop.Price);
        if (transfer.IsTarget(hop))
            draft.Add(new ReplicaAdded(hop.Root, hop.To));
        TellWaiters(draft, key.Transfer, hop.To);
        StartDue(draft, key.Transfer);
        if (draft.State.Data.Transfers[key.Transfer].Hops.All(h => h.State == HopState.Done))
            Finish(draft, key.Transfer, TransferState.Done, "");
    }

    internal static void Fail(Draft draft, HopKey key, string reason)
    {
        var transfer = draft.State.Data.Transfers[key.Transfer];
        var hop = transfer.Hops[key.Hop];
        Release(draft, key.Transfer, hop);
        draft.Add(new HopEnded(key.Transfer, key.Hop, hop.Fetch, Succeeded: false, BytesMoved: 0, reason, draft.Now));
        if (transfer.Request.Purpose == TransferPurpose.Staging || transfer.FailureCount + 1 >= FailureCountMax)
            Finish(draft, key.Transfer, TransferState.Failed, reason);
    }

    private static void TellWaiters(Draft draft, long id, NodeId to)
    {
        if (draft.State.Data.Transfers[id].Hops.Any(h => h.To == to && h.State != HopState.Done))
            return;
        foreach (var waiter in WaitersOf(draft, id))
        {
            if (draft.State.Jobs.Current(waiter)?.Live?.Node == to)
                draft.Add(new InputArrived(waiter, id, draft.Now));
        }
    }

    private static void Release(Draft draft, long id, Hop hop)
    {
        if (!hop.HoldsCircuits)
            return;
        foreach (var window in hop.Windows.Where(w => draft.Now < w.Finish))
        {
            var from = draft.Now > window.Start ? draft.Now : window.Start;
            foreach (var source in window.Sources.Where(s => !s.Links.IsEmpty))
                draft.Add(new CircuitReleased(id, source.Links, source.Rate, from, window.Finish));
        }
    }

    private static IEnumerable<AttemptId> WaitersOf(Draft draft, long id) =>
        draft.State.Jobs.Waiters.TryGet(id, out var waiting) ? waiting : [];

    private static HopKey? Current(DomainState state, long fetch, NodeId node) =>
        state.Data.Fetches.TryGetValue(fetch, out var key) && state.Data.Transfers[key.Transfer].Hops[key.Hop].To == node ? key : null;

    private static Fault? Fault(DomainState state, long id) =>
        !state.Data.Transfers.TryGet(id, out var transfer) ? Domain.Fault.Of("no-such-transfer", id)
        : !transfer.IsOpen ? Domain.Fault.Of("transfer-over", id)
        : null;
}
