using System.Collections.Immutable;
using MemoryPack;

namespace Meridian.Domain.Sites;

/// <summary>All sites, pools, nodes, open join tokens, and what accelerators are worth in place of others.</summary>
[MemoryPackable]
public sealed partial record SitesState(
    ImmutableSortedDictionary<SiteId, Site> Sites,
    ImmutableSortedDictionary<PoolId, Pool> Pools,
    ImmutableSortedDictionary<NodeId, Node> Nodes,
    ImmutableSortedDictionary<SecretHash, JoinTokenRecord> JoinTokens,
    ImmutableSortedDictionary<EquivalenceName, Equivalence> Equivalences)
{
    /// <summary>No sites.</summary>
    public static readonly SitesState Empty = new(
        ImmutableSortedDictionary<SiteId, Site>.Empty, ImmutableSortedDictionary<PoolId, Pool>.Empty,
        ImmutableSortedDictionary<NodeId, Node>.Empty, ImmutableSortedDictionary<SecretHash, JoinTokenRecord>.Empty,
        ImmutableSortedDictionary<EquivalenceName, Equivalence>.Empty);

    /// <summary>The only thing that changes the sites. Events of other features pass by.</summary>
    public SitesState Evolve(DomainEvent happened) => happened switch
    {
        SiteDeclared e => this with { Sites = Sites.SetItem(e.Site.Id, e.Site) },
        SiteRemoved e => this with
        {
            Sites = Sites.Remove(e.Site),
            Pools = Pools.RemoveRange(Pools.Keys.Where(p => p.Site == e.Site)),
            Nodes = Nodes.RemoveRange(Nodes.Keys.Where(n => n.Site == e.Site)),
        },
        PoolDeclared e => this with { Pools = Pools.SetItem(e.Pool.Id, e.Pool) },
        JoinTokenIssued e => this with { JoinTokens = WithoutExpired(e.At).SetItem(e.Token.Secret, e.Token) },
        NodeEnrolled e => this with
        {
            JoinTokens = JoinTokens.Remove(e.Secret),
            Nodes = Nodes.SetItem(e.Node, Enrol(e)),
        },
        NodeReported e => With(e.Node, node => node with
        {
            State = NodeState.Ready,
            Total = e.Total,
            Accelerators = Renew(node.Accelerators, e.Accelerators),
            DepotUrl = e.DepotUrl,
            CanSandbox = e.CanSandbox,
            Note = e.Note,
            OperatingSystem = e.OperatingSystem,
            NetworkSwitch = e.NetworkSwitch,
            LeaseUntil = e.LeaseUntil,
            PublicKey = e.PublicKey,
        }),
        LeaseRenewed e => With(e.Node, node => node with { LeaseUntil = e.Until }),
        NodeCameBack e => With(e.Node, node => node with { ComebackCount = e.ComebackCount }),
        NodeLost e => With(e.Node, node => node with { State = NodeState.Lost }),
        NodeBanned e => With(e.Node, node => node with { State = NodeState.Banned }),
        CapacityTaken e => With(e.Node, node => Use(node, e.Amount, e.Shares, sign: 1)),
        CapacityReturned e => With(e.Node, node => Use(node, e.Amount, e.Shares, sign: -1)),
        EquivalenceDeclared e => this with { Equivalences = Equivalences.SetItem(e.Equivalence.Name, e.Equivalence) },
        EquivalenceRemoved e => this with { Equivalences = Equivalences.Remove(e.Name) },
        _ => this,
    };

    private SitesState With(NodeId id, Func<Node, Node> change) =>
        Nodes.TryGetValue(id, out var node) ? this with { Nodes = Nodes.SetItem(id, change(node)) } : this;

    private ImmutableSortedDictionary<SecretHash, JoinTokenRecord> WithoutExpired(DateTimeOffset now) =>
        JoinTokens.RemoveRange(JoinTokens.Values.Where(t => t.ExpiresAt < now).Select(t => t.Secret));

    private Node Enrol(NodeEnrolled e) => Nodes.TryGetValue(e.Node, out var known)
        ? known with { KeyThumbprint = e.KeyThumbprint, EnrolledAt = e.At, ComebackCount = 0 }
        : new(
            e.Node, NodeState.Enrolled, default, default, [], default, DepotUrl: "", CanSandbox: false, Note: "",
            OperatingSystem: "", e.KeyThumbprint, e.At, ComebackCount: 0, NetworkSwitch: "", PublicKey: "");

    // What attempts hold of an accelerator stays held when the agent tells its inventory again, or tells of fewer.
    private static ImmutableArray<Accelerator> Renew(ImmutableArray<Accelerator> held, ImmutableArray<Accelerator> told)
    {
        var count = held.Length;
        while (count > told.Length && held[count - 1].UsedMilli == 0)
            count--;
        return
        [
            .. told.Select((a, i) => a with { UsedMilli = i < held.Length ? held[i].UsedMilli : 0 }),
            .. held.Take(count).Skip(told.Length).Select(a => a with { Memory = Accelerator.GoneMemory }),
        ];
    }

    private static Node Use(Node node, Capacity amount, ImmutableArray<AcceleratorShare> shares, int sign)
    {
        var accelerators = node.Accelerators;
        foreach (var share in shares)
        {
            if (share.Index < accelerators.Length)
            {
                var one = accelerators[share.Index];
                accelerators = accelerators.SetItem(
                    share.Index, one with { UsedMilli = one.UsedMilli + (sign * share.Milli) });
            }
        }

        return node with { Used = sign > 0 ? node.Used + amount : node.Used - amount, Accelerators = accelerators };
    }
}
