using System.Collections.Concurrent;
using Meridian.ControlPlane.Api;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What agents say of the circuits that leave them, and what they are asked for.</summary>
public sealed class CircuitReports(TimeProvider time) : ICircuitReports
{
    private readonly ConcurrentDictionary<NodeId, (CircuitReport Report, DateTimeOffset At)> _reports = new();

    /// <inheritdoc/>
    public CircuitStanding? Of(NodeId sender, long transfer) =>
        _reports.TryGetValue(sender, out var known) && known.Report.Circuits.FirstOrDefault(c => c.Circuit == transfer) is { } one
            ? new(known.Report.Driver, one.State == "in-force", one.BitsPerSecond, one.Path, one.Code, one.About, one.Mended, known.At)
            : null;

    internal void Note(NodeId sender, CircuitReport report) => _reports[sender] = (report, time.GetUtcNow());

    /// <summary>Everything that the agent is to hold now.</summary>
    internal static CircuitOrder OrderFor(DomainState state, NodeId sender)
    {
        var order = new CircuitOrder();
        foreach (var id in state.Data.Moving)
        {
            if (state.Data.Transfers[id] is var transfer && transfer.From == sender && !transfer.Links.IsEmpty)
                order.Circuits.Add(Asked(state, transfer));
        }

        return order;
    }

    /// <summary>Whether the event may change what an agent is to hold.</summary>
    internal static bool MayChangeWith(DomainEvent happened) => happened is TransferOrdered or TransferEnded;

    private static CircuitAsked Asked(DomainState state, Transfer transfer)
    {
        var first = state.Network.Links.GetValueOrDefault(transfer.Links[0]);
        return new()
        {
            Circuit = transfer.Id,
            PeerAgent = transfer.To.Value,
            PeerUrl = state.Sites.Nodes.TryGetValue(transfer.To, out var peer) ? peer.DepotUrl : "",
            BitsPerSecond = transfer.Rate.BitsPerSecond,
            NextSite = first?.To.Value ?? "",
            UntilUnixMilliseconds = transfer.Finish.ToUnixTimeMilliseconds(),
            LinkBitsPerSecond = first?.Capacity.BitsPerSecond ?? 0,
        };
    }
}
