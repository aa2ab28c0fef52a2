using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>Every pool, for one round.</summary>
internal sealed class Fleet
{
    private readonly SortedDictionary<PoolId, PoolView> _pools = [];
    private readonly FleetWorth _worth;

    internal Fleet(SitesState sites, JobsState jobs)
    {
        _worth = new(jobs, sites.Nodes.Values);
        var nodes = new SortedDictionary<PoolId, List<NodeView>>();
        foreach (var node in sites.Nodes.Values.Where(n => n.State == NodeState.Ready))
        {
            if (!nodes.TryGetValue(node.Id.Pool, out var list))
                nodes.Add(node.Id.Pool, list = []);
            list.Add(new(node, _worth, ClaimedRoom.On(jobs, node.Id)));
        }

        foreach (var pool in sites.Pools.Values)
        {
            if (sites.Sites.TryGetValue(pool.Id.Site, out var site))
                _pools.Add(pool.Id, new(pool, site, nodes.GetValueOrDefault(pool.Id, [])));
        }
    }

    /// <summary>The pools in the order of their names.</summary>
    internal IReadOnlyCollection<PoolView> Pools => _pools.Values;

    /// <summary>Whether no task at all fits anywhere now: each needs something of both a node's processors and its memory.</summary>
    internal bool IsFull => _pools.Values.All(pool => pool.Nodes.All(n => n.Free.CpuMillicores <= 0 || n.Free.Memory.Bytes <= 0));

    /// <summary>Reads the node anew.</summary>
    internal void Refresh(SitesState sites, JobsState jobs, NodeId node)
    {
        if (_pools.TryGetValue(node.Pool, out var pool))
            pool.Replace(new(sites.Nodes[node], _worth, ClaimedRoom.On(jobs, node)));
    }
}
