using System.Collections.Immutable;
using Meridian.Domain.Sites;

namespace Meridian.Domain.Network;

/// <summary>
/// Whom an agent probes. One node speaks for each site; it probes the sites that links join to its own, then the others
/// around the ring of their names, so that every site is probed about as often as every other.
/// </summary>
public static class ProbePlan
{
    /// <summary>How many others a node probes at most.</summary>
    public const int TargetCountMax = 64;

    /// <summary>The node that speaks for each site: the first one that is ready and has a depot.</summary>
    public static ImmutableSortedDictionary<SiteId, Node> Speakers(SitesState sites)
    {
        var speakers = ImmutableSortedDictionary.CreateBuilder<SiteId, Node>();
        foreach (var node in sites.Nodes.Values)
        {
            if (node is { State: NodeState.Ready, DepotUrl.Length: > 0 })
                speakers.TryAdd(node.Id.Site, node);
        }

        return speakers.ToImmutable();
    }

    /// <summary>The nodes that the node is to probe; none when it does not speak for its site.</summary>
    public static ImmutableArray<Node> TargetsOf(SitesState sites, NetworkState network, NodeId prober)
    {
        var speakers = Speakers(sites);
        var site = prober.Site;
        if (!speakers.TryGetValue(site, out var speaker) || speaker.Id != prober)
            return [];
        var neighbours = network.Links.Values.Where(l => l.From == site || l.To == site)
            .Select(l => l.From == site ? l.To : l.From).ToImmutableSortedSet();
        return
        [
            .. speakers.Keys.Where(s => s != site)
                .OrderByDescending(neighbours.Contains).ThenByDescending(s => s.CompareTo(site) > 0).ThenBy(s => s)
                .Take(TargetCountMax).Select(s => speakers[s]),
        ];
    }

    /// <summary>Whether the event may change who probes whom.</summary>
    public static bool MayChangeWith(DomainEvent happened) =>
        happened is NodeReported or NodeLost or NodeBanned or SiteRemoved or LinkDeclared or LinkRemoved;
}
