using Google.Protobuf;
using Meridian.ControlPlane.Security;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What an agent is to encrypt for others, derived from the state. The control plane names who may open it, and never sees a key.</summary>
internal static class SealOrders
{
    /// <summary>What the event asks of the agent.</summary>
    internal static IEnumerable<ToAgent> Of(DomainState state, DomainEvent happened, NodeId node, IDepotTickets tickets)
    {
        var id = happened switch
        {
            TransferOrdered e => e.Transfer.Id,
            TransferReplanned e => e.Transfer,
            HopEnded { Succeeded: true } e => e.Transfer, // What has just come in may have to be sealed for the next.
            _ => 0,
        };
        return id == 0 ? [] : Of(state, state.Data.Transfers[id], node, tickets);
    }

    /// <summary>What the transfer asks of the agent now.</summary>
    internal static IEnumerable<ToAgent> Of(DomainState state, Transfer transfer, NodeId node, IDepotTickets tickets)
    {
        if (!transfer.IsOpen || transfer.Seals.IsDefaultOrEmpty)
            yield break;
        foreach (var seal in transfer.Seals.Where(s => s.By == node && transfer.Awaits(s) && state.Data.HoldersOf(s.Root).Contains(node)))
        {
            var order = new SealDataset { Transfer = transfer.Id, Root = seal.Root.Value };
            order.Recipients.AddRange(Recipients(state, transfer, seal).Select(n => new SealRecipient
            {
                Agent = n.Id.Value,
                Certificate = ByteString.CopyFrom(tickets.CertificateOf(n)),
            }));
            yield return new() { Seal = order };
        }
    }

    /// <summary>The targets of its hops, and some others at their sites that can take their places while the sealing depot is away.</summary>
    private static IEnumerable<Node> Recipients(DomainState state, Transfer transfer, TransferSeal seal)
    {
        var targets = transfer.Hops.Where(h => h.Root == seal.Root && h.Sealer == seal.By && transfer.IsTarget(h)).Select(h => h.To).Distinct().ToList();
        return transfer.Request.To.SelectMany(site => state.Sites.Nodes.Values
            .Where(n => n.Id.Site == site && n.State == NodeState.Ready && n.PublicKey is { Length: > 0 })
            .OrderByDescending(n => targets.Contains(n.Id)).ThenBy(n => n.Id).Take(TransferSeal.KeyCountOfSiteMax));
    }
}
