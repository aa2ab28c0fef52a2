using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>How sites, pools, links and agents are listed.</summary>
internal static class FleetListings
{
    public static readonly Listing<SiteView> Sites = new(
        site => site.Id,
        new(Texts.ColumnId, site => site.Id),
        new(Texts.ColumnName, site => site.Name),
        new(Texts.ColumnTier, site => site.Tier) { IsWord = true },
        new(Texts.ColumnRegion, site => site.Region),
        new(Texts.ColumnProvider, site => site.Provider),
        new(Texts.ColumnConnected, site => Shown.Flag(site.IsConnected)) { IsWord = true },
        new(Texts.ColumnCpu, site => Share(site.Used.CpuMillicores, site.Total.CpuMillicores, Shown.Cores)),
        new(Texts.ColumnMemory, site => Share(site.Used.MemoryBytes, site.Total.MemoryBytes, Shown.Size)),
        new(Texts.ColumnAccelerators, site => Share(site.Used.Accelerators, site.Total.Accelerators, Count)) { IsWide = true },
        new(Texts.ColumnSovereignty, site => site.Sovereignty) { IsWide = true },
        new(Texts.ColumnPue, site => Shown.Number(site.Pue)) { IsWide = true });

    public static readonly Listing<PoolView> Pools = new(
        pool => pool.Id,
        new(Texts.ColumnId, pool => pool.Id),
        new(Texts.ColumnSite, pool => pool.Site),
        new(Texts.ColumnDriver, pool => pool.Driver),
        new(Texts.ColumnNodes, pool => Count(pool.Nodes.Count)),
        new(Texts.ColumnCpu, pool => Share(pool.Used.CpuMillicores, pool.Total.CpuMillicores, Shown.Cores)),
        new(Texts.ColumnMemory, pool => Share(pool.Used.MemoryBytes, pool.Total.MemoryBytes, Shown.Size)),
        new(Texts.ColumnPrice, pool => Shown.Money(pool.Prices.CpuCoreHour)),
        new(Texts.ColumnDraining, pool => Shown.Flag(pool.IsDraining)) { IsWord = true },
        new(Texts.ColumnAccelerators, pool => Share(pool.Used.Accelerators, pool.Total.Accelerators, Count)) { IsWide = true },
        new(Texts.ColumnSpeed, pool => Shown.Number(pool.Speed)) { IsWide = true });

    public static readonly Listing<NodeView> Nodes = new(
        node => node.Id,
        new(Texts.ColumnNode, node => node.Id),
        new(Texts.ColumnState, node => node.State) { IsWord = true },
        new(Texts.ColumnCpu, node => Share(node.Used.CpuMillicores, node.Total.CpuMillicores, Shown.Cores)),
        new(Texts.ColumnMemory, node => Share(node.Used.MemoryBytes, node.Total.MemoryBytes, Shown.Size)),
        new(Texts.ColumnAccelerators, node => Share(node.Used.Accelerators, node.Total.Accelerators, Count)),
        new(Texts.ColumnIsolated, node => node.CanSandbox ? "yes" : "no: " + node.IsolationNote) { IsWord = true },
        new(Texts.ColumnSwitch, node => node.NetworkSwitch) { IsWide = true });

    public static readonly Listing<LinkView> Links = new(
        link => link.Id,
        new(Texts.ColumnId, link => link.Id),
        new(Texts.ColumnFrom, link => link.From),
        new(Texts.ColumnTo, link => link.To),
        new(Texts.ColumnBandwidth, link => new Bandwidth(link.BitsPerSecond).ToString()),
        new(Texts.ColumnReserved, link => new Bandwidth(link.ReservedBitsPerSecond).ToString()),
        new(Texts.ColumnLatency, link => NetworkCommands.Milliseconds(link.LatencyMicroseconds)),
        new(Texts.ColumnMeasured, link => link.IsFresh ? NetworkCommands.Milliseconds(link.Measured?.LatencyMicroseconds) : ""),
        new(Texts.ColumnPerGigabyte, link => Shown.Money(link.PricePerGigabyte)));

    public static readonly Listing<EquivalenceView> Equivalences = new(
        equal => $"{equal.Workload}/{equal.Model}/{equal.Instead}",
        new(Texts.ColumnWorkload, equal => equal.Workload),
        new(Texts.ColumnModel, equal => equal.Model),
        new(Texts.ColumnModelInstead, equal => equal.Instead),
        new(Texts.ColumnFactor, equal => equal.Factor.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static readonly Listing<AgentView> Agents = new(
        agent => agent.Id,
        new(Texts.ColumnId, agent => agent.Id),
        new(Texts.ColumnSite, agent => agent.Site),
        new(Texts.ColumnPool, agent => agent.Pool),
        new(Texts.ColumnNode, agent => agent.Node),
        new(Texts.ColumnState, agent => agent.State) { IsWord = true },
        new(Texts.ColumnEnrolled, agent => Shown.At(agent.EnrolledAt)));

    public static readonly Listing<JoinToken> JoinTokens = new(
        token => token.Token,
        new(Texts.ColumnToken, token => token.Token),
        new(Texts.ColumnSite, token => token.Site),
        new(Texts.ColumnExpires, token => Shown.At(token.ExpiresAt)),
        new(Texts.ColumnCommand, token => token.Command));

    private static string Share<T>(T used, T total, Func<T, string> show) => $"{show(used)}/{show(total)}";

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
