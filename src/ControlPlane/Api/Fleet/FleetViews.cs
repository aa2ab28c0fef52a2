using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Sites, pools, nodes and links as the wire knows them.</summary>
internal sealed class FleetViews(INodeLoads loads)
{
    public Rest.SiteView Site(DomainState state, Site site, Language language)
    {
        var pools = state.Sites.Pools.Values.Where(p => p.Id.Site == site.Id).Select(p => Pool(state, p, language)).ToList();
        return new(
            site.Id.Value, site.Title, site.Provider, site.Tier, site.Region, site.Sovereignty, site.Latitude, site.Longitude,
            site.Pue, [.. site.CarbonByHour], [.. site.PowerPriceByHour.Select(p => (double)p)], pools,
            Sum(pools.Select(p => p.Used)), Sum(pools.Select(p => p.Total)),
            state.Sites.Nodes.Values.Any(n => n.Id.Site == site.Id && loads.IsConnected(n.Id)));
    }

    public Rest.PoolView Pool(DomainState state, Pool pool, Language language)
    {
        var nodes = state.Sites.Nodes.Values.Where(n => n.Id.Pool == pool.Id).ToList();
        var ready = nodes.Where(n => n.State == NodeState.Ready).ToList();
        return new(
            pool.Id.Value, pool.Id.Site.Value, pool.Driver,
            new(pool.CpuCoreHour, pool.MemoryGibHour, PricesOf(pool)), pool.Speed, pool.WattsPerCore, pool.IsDraining,
            [.. nodes.Select(node => Node(node, language))], Sum(ready.Select(UsedOf)), Sum(ready.Select(TotalOf)));
    }

    public Rest.NodeView Node(Node node, Language language) => new(
        node.Id.Value[(node.Id.Value.LastIndexOf('/') + 1)..], node.Id.Value, StateOf(node), UsedOf(node), TotalOf(node),
        loads.LoadShare(node.Id), node.CanSandbox, NodeNotes.Say(language, node.Note), loads.LastSeen(node.Id), node.OperatingSystem,
        node.NetworkSwitch);

    public static string StateOf(Node node) => node.State switch
    {
        NodeState.Ready => "ready",
        NodeState.Lost => "lost",
        NodeState.Banned => "banned",
        _ => "enrolled",
    };

    public static Rest.LinkView Link(DomainState state, Link link, DateTimeOffset now)
    {
        var known = state.Network.Measured.GetValueOrDefault(new(link.From, link.To));
        return new(
            link.Id.Value, link.From.Value, link.To.Value, link.Capacity.BitsPerSecond, link.LatencyMicroseconds,
            link.PricePerGigabyte, state.Network.HeldOn(link.Id).At(now), known is null ? null : NetworkViews.Measured(known.Latest),
            known?.IsFresh == true, link.PricesByHour.IsDefaultOrEmpty ? null : link.PricesByHour,
            link.Maintenance.IsEmpty ? null : [.. link.Maintenance.Select(w => new Rest.MaintenanceTime(w.From, w.To))]);
    }

    private static Dictionary<string, decimal> PricesOf(Pool pool)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var price in pool.AcceleratorHour)
            prices[price.Model] = price.PerHour;
        return prices;
    }

    // An accelerator counts as used from its first share on.
    private static Rest.Usage UsedOf(Node node) =>
        Usage(node.Used, node.Accelerators.Count(a => a.UsedMilli > 0));

    private static Rest.Usage TotalOf(Node node) => Usage(node.Total, node.Accelerators.Count(a => a.IsThere));

    private static Rest.Usage Usage(Capacity capacity, int accelerators) =>
        new(capacity.CpuMillicores, capacity.Memory.Bytes, capacity.Disk.Bytes, accelerators);

    private static Rest.Usage Sum(IEnumerable<Rest.Usage> parts) => parts.Aggregate(
        new Rest.Usage(CpuMillicores: 0, MemoryBytes: 0, DiskBytes: 0, Accelerators: 0),
        (sum, part) => new(
            sum.CpuMillicores + part.CpuMillicores, sum.MemoryBytes + part.MemoryBytes, sum.DiskBytes + part.DiskBytes,
            sum.Accelerators + part.Accelerators));
}
