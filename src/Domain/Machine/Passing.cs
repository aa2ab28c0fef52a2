using System.Globalization;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>What the passing of time does: leases run out, deadlines pass, jobs wait for jobs that failed.</summary>
internal static class Passing
{
    /// <summary>How much longer than an agent the writer waits, for clocks that run at different rates.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5);

    internal static Decision Tick(DomainState state, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        foreach (var node in state.Sites.Nodes.Values)
        {
            if (node.State == NodeState.Ready && node.LeaseUntil + LeaseMargin < now)
                Lose(draft, node.Id, new NodeLost(node.Id, now), "agent-lost");
            else if (node.State == NodeState.Banned && node.LeaseUntil + LeaseMargin < now)
            {
                GiveUp(draft, node.Id, "agent-banned");
                Exchanging.GiveUp(draft, node.Id, "agent-banned");
            }
        }

        foreach (var id in state.Jobs.Queue)
            Expire(draft, id);
        foreach (var lapsed in MeasurementRules.Lapsed(state.Network, now))
            draft.Add(lapsed);
        Transferring.Tick(draft);
        Reserving.Tick(draft);
        return draft.Decide();
    }

    /// <summary>
    /// Cuts a node off. What it runs is given up only when its lease has run out: until then a banned agent may still be
    /// running it.
    /// </summary>
    internal static Decision Ban(DomainState state, BanNode c, DateTimeOffset now)
    {
        if (!state.Sites.Nodes.TryGetValue(c.Node, out var node))
            return Decision.Refuse("no-such-node", c.Node);
        return node.State == NodeState.Banned ? Decision.Nothing : Decision.Of(new NodeBanned(c.Node, now));
    }

    internal static Decision TakeOver(DomainState state, TakeOver c, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        foreach (var node in state.Sites.Nodes.Values.Where(n => n.State is NodeState.Ready or NodeState.Banned))
        {
            if (now + c.Lease > node.LeaseUntil)
                draft.Add(new LeaseRenewed(node.Id, now + c.Lease));
        }

        return draft.Decide();
    }

    private static void Lose(Draft draft, NodeId node, DomainEvent lost, string reason)
    {
        draft.Add(lost);
        GiveUp(draft, node, reason);
    }

    private static void GiveUp(Draft draft, NodeId node, string reason)
    {
        foreach (var attempt in draft.State.Jobs.ByNode.GetValueOrDefault(node, []))
        {
            if (draft.State.Jobs.Current(attempt) is { } task)
                Reporting.End(draft, task, AttemptEnd.Lost, Reporting.Nothing(reason, node));
        }

        Transferring.GiveUp(draft, node, reason);
    }

    private static void Expire(Draft draft, long id)
    {
        var job = draft.Job(id);
        if (job.WaitingCount == 0)
            return;

        var broken = job.After.FirstOrDefault(
            a => draft.State.Jobs.Jobs[a].Phase is JobPhase.Failed or JobPhase.Cancelled);
        var failure = broken != 0 ? Reason.Of("after-failed", broken)
            : job.Deadline < draft.Now ? Reason.Of("deadline-passed", job.Deadline.Value.UtcDateTime.ToString("u", CultureInfo.InvariantCulture))
            : null;
        if (failure is null)
            return;

        Finishing.Abandon(draft, id, "abandoned", failure);
        Finishing.FinishIfOver(draft, id);
    }
}
