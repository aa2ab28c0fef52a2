using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>Every pool, for one round: what is free for all, and what reservations hold for their own jobs.</summary>
internal sealed class Fleet
{
    private readonly SortedDictionary<PoolId, PoolView> _pools = [];
    private readonly SortedDictionary<long, PoolView> _reserved = [];
    private readonly FleetWorth _worth;
    private readonly DateTimeOffset _now;

    internal Fleet(DomainState state, DateTimeOffset now)
    {
        var sites = state.Sites;
        (_worth, _now) = (new(state.Jobs, sites.Nodes.Values), now);
        var nodes = new SortedDictionary<PoolId, List<NodeView>>();
        foreach (var node in sites.Nodes.Values.Where(n => n.State == NodeState.Ready))
        {
            if (!nodes.TryGetValue(node.Id.Pool, out var list))
                nodes.Add(node.Id.Pool, list = []);
            list.Add(FreeRoom.ForAll(state, node, _worth, now));
        }

        foreach (var pool in sites.Pools.Values)
        {
            if (sites.Sites.TryGetValue(pool.Id.Site, out var site))
                _pools.Add(pool.Id, new(pool, site, nodes.GetValueOrDefault(pool.Id, [])));
        }

        foreach (var reservation in state.Reservations.Open.Select(id => state.Reservations.All[id]).Where(r => r.IsActiveAt(now)))
            Reserve(state, reservation);
    }

    /// <summary>The pools in the order of their names.</summary>
    internal IReadOnlyCollection<PoolView> Pools => _pools.Values;

    /// <summary>What the reservation holds for its own jobs; nothing where it has not begun.</summary>
    internal PoolView? Within(long reservation) => _reserved.GetValueOrDefault(reservation);

    /// <summary>Whether no task at all fits anywhere now: each needs something of both a node's processors and its memory.</summary>
    internal bool IsFull => _pools.Values.Concat(_reserved.Values)
        .All(pool => pool.Nodes.All(n => n.Free.CpuMillicores <= 0 || n.Free.Memory.Bytes <= 0));

    /// <summary>Reads the node anew.</summary>
    internal void Refresh(DomainState state, NodeId node)
    {
        if (_pools.TryGetValue(node.Pool, out var pool))
            pool.Replace(FreeRoom.ForAll(state, state.Sites.Nodes[node], _worth, _now));
        foreach (var (id, view) in _reserved.Where(r => r.Value.Pool.Id == node.Pool))
            view.Replace(FreeRoom.Within(state, state.Sites.Nodes[node], state.Reservations.All[id], _worth));
    }

    private void Reserve(DomainState state, Reservation reservation)
    {
        if (!_pools.TryGetValue(reservation.Request.Pool, out var pool))
            return;
        var nodes = pool.Nodes.Where(n => reservation.On(n.Node.Id) is not null)
            .Select(n => FreeRoom.Within(state, n.Node, reservation, _worth)).ToList();
        _reserved.Add(reservation.Id, new(pool.Pool, pool.Site, nodes) { Reservation = reservation.Id });
    }
}
