using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.Journal.Writing;
using Meridian.Protocol.Agents;
using Meridian.Simulation.Network;

namespace Meridian.Simulation.Control;

/// <summary>The control plane's end of a line: the same steps as in production, without threads.</summary>
internal sealed class Session(World world, ControlPlane plane, NodeId node, Line line)
{
    private readonly List<Published> _backlog = [];
    private bool _isFollowing;

    internal void Received(FromAgent message)
    {
        if (message.Hello is { } hello)
        {
            plane.Sessions.Add(this);
            plane.Ask(Orders.Report(node, hello.Inventory, world.Options.Lease), answer => Greeted(hello, answer));
            return;
        }

        if (message.Heartbeat is { LeaseRequest: not 0 } heartbeat)
            plane.Ask(new RenewLease(node, world.Options.Lease), answer => Leased(heartbeat.LeaseRequest, answer));
        else if (message.Attempt is { } attempt)
            plane.Ask(Orders.Command(attempt, node), answer => Acknowledge(message, answer));
        else if (message.Seal is { } seal)
            plane.Ask(Orders.Command(seal, node), answer => Acknowledge(message, answer));
        else if (message.Transfer is { State: TransferReport.Types.State.Moving } moving)
            plane.Ask(new MarkFetch(moving.Transfer, node, moving.BytesMoved), _ => { });
        else if (message.Transfer is { } transfer)
            plane.Ask(Orders.Command(transfer, node), answer => Acknowledge(message, answer));
        else if (message.Exchange is { } exchange)
            plane.Ask(Orders.Command(exchange, node), answer => Acknowledge(message, answer));
    }

    /// <summary>What a batch changed.</summary>
    internal void Follow(Published published)
    {
        if (!_isFollowing)
        {
            _backlog.Add(published);
            return;
        }

        if (published.State.Sites.Nodes.TryGetValue(node, out var known) && known.State == NodeState.Banned)
        {
            line.Break();
            return;
        }

        foreach (var order in published.Events.IsEmpty ? Orders.All(published.State, node) : Orders.Of(published, node))
            line.Down(order);
    }

    private void Greeted(Hello hello, Decision? answer)
    {
        if (answer is not { Fault: null })
        {
            line.Break();
            return;
        }

        line.Down(new() { Welcome = new() { LeaseMilliseconds = (long)world.Options.Lease.TotalMilliseconds } });
        var state = plane.State;
        var holding = hello.Holding.Select(Orders.Id).ToHashSet();
        foreach (var stale in holding.Where(a => state.Jobs.Current(a)?.Live?.Node != node).Order())
            line.Down(new() { Stop = new() { Key = Orders.Key(stale), Reason = "superseded" } });

        foreach (var stale in hello.Fetching.Where(fetch => !state.Data.Fetches.ContainsKey(fetch)))
            line.Down(new() { CancelFetch = new() { Transfer = stale } });

        foreach (var stale in hello.Exchanging.Where(exchange => !state.Exchanges.Open.Contains(exchange)))
            line.Down(Orders.Cancel(stale));

        var lost = state.Jobs.ByNode.GetValueOrDefault(node, [])
            .Where(a => state.Jobs.Current(a) is Running or Stopping && !holding.Contains(a)).ToList();
        GiveUp(lost, next: 0);
    }

    private void GiveUp(List<AttemptId> lost, int next)
    {
        if (next < lost.Count)
        {
            var result = Orders.Lost("attempt-unknown");
            plane.Ask(new ReportEnded(lost[next], node, AttemptEnd.Lost, result), answer =>
            {
                if (answer is null)
                    line.Break();
                else
                    GiveUp(lost, next + 1);
            });
            return;
        }

        foreach (var order in Orders.All(plane.State, node))
            line.Down(order);
        _isFollowing = true;
        foreach (var published in _backlog)
            Follow(published);
        _backlog.Clear();
    }

    private void Leased(ulong request, Decision? answer)
    {
        if (answer is { Fault: null })
            line.Down(new() { Lease = new() { LeaseRequest = request, LeaseMilliseconds = (long)world.Options.Lease.TotalMilliseconds } });
        else
            line.Break();
    }

    private void Acknowledge(FromAgent message, Decision? answer)
    {
        if (answer is null)
            line.Break();
        else if (message.Sequence != 0)
            line.Down(new() { Acknowledge = new() { Sequence = message.Sequence } });
    }
}
