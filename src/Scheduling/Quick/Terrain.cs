using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// Territories, areas, sites and pools, each level's members side by side: a territory is the sites of one region under one law, an
/// area those of a territory at one point of the backbone. So what a law forbids does not blur the bounds of what it allows. The
/// order is that of the names, so ties break on names within an area.
/// </summary>
internal sealed class Terrain
{
    private const int MaskBits = 64;

    internal Terrain(IEnumerable<Site> sites, IEnumerable<QuickPool> pools, Topology topology, Backbone backbone)
    {
        var placed = sites
            .Select(site => (Site: site, Point: PointOf(topology, site.Id)))
            .OrderBy(s => s.Site.Region, StringComparer.Ordinal).ThenBy(s => s.Site.Sovereignty, StringComparer.Ordinal).ThenBy(s => backbone.HostOf(s.Point)).ThenBy(s => s.Site.Id)
            .ToList();
        Sites = [.. placed.Select(s => s.Site)];
        Points = [.. placed.Select(s => s.Point)];
        Regions = [.. placed.Select(s => s.Site.Region).Distinct(StringComparer.Ordinal)];
        Providers = [.. Sites.Select(s => s.Provider).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Sovereignties = [.. Sites.Select(s => s.Sovereignty).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Invariant.Holds(
            Math.Max(Regions.Length, Math.Max(Providers.Length, Sovereignties.Length)) <= MaskBits,
            "the quick path tells at most 64 regions, providers and laws apart");

        var bySite = pools.ToLookup(pool => pool.Pool.Id.Site);
        var ordered = ImmutableArray.CreateBuilder<QuickPool>();
        FirstPool = new int[Sites.Length + 1];
        for (var site = 0; site < Sites.Length; site++)
        {
            ordered.AddRange(bySite[Sites[site].Id].OrderBy(pool => pool.Pool.Id));
            FirstPool[site + 1] = ordered.Count;
        }

        Pools = ordered.ToImmutable();
        SiteOfPool = [.. Enumerable.Range(0, Sites.Length).SelectMany(s => Enumerable.Repeat(s, FirstPool[s + 1] - FirstPool[s]))];
        (AreaOfSite, AreaHosts, TerritoryOfArea) = Areas(backbone);
        SiteMarks = [.. Sites.Select(MarksOf)];
    }

    internal ImmutableArray<Site> Sites { get; }

    /// <summary>The point of the topology where each site is.</summary>
    internal int[] Points { get; }

    internal ImmutableArray<QuickPool> Pools { get; }

    internal ImmutableArray<string> Regions { get; }

    internal ImmutableArray<string> Providers { get; }

    internal ImmutableArray<string> Sovereignties { get; }

    internal int[] FirstPool { get; }

    internal int[] SiteOfPool { get; }

    internal int[] AreaOfSite { get; }

    /// <summary>The backbone's point of each area.</summary>
    internal int[] AreaHosts { get; }

    internal int[] TerritoryOfArea { get; }

    internal Marks[] SiteMarks { get; }

    private static int PointOf(Topology topology, SiteId site)
    {
        var point = topology.PointIndex(site.Value);
        Invariant.Holds(point is not null, $"the site '{site}' is a point of the network");
        return point.Value;
    }

    private (int[] AreaOfSite, int[] Hosts, int[] TerritoryOfArea) Areas(Backbone backbone)
    {
        var (areas, hosts, territories) = (new int[Sites.Length], new List<int>(), new List<int>());
        for (var site = 0; site < Sites.Length; site++)
        {
            var (host, isFirst) = (backbone.HostOf(Points[site]), site == 0 || !AreTogether(site, site - 1));
            if (isFirst || hosts[^1] != host)
            {
                territories.Add(site == 0 ? 0 : territories[^1] + (isFirst ? 1 : 0));
                hosts.Add(host);
            }

            areas[site] = hosts.Count - 1;
        }

        return (areas, [.. hosts], [.. territories]);
    }

    private bool AreTogether(int one, int other) => Sites[one].Region == Sites[other].Region && Sites[one].Sovereignty == Sites[other].Sovereignty;

    private Marks MarksOf(Site site) => new(
        1UL << Sovereignties.IndexOf(site.Sovereignty), 1UL << Regions.IndexOf(site.Region), 1UL << Providers.IndexOf(site.Provider));

    /// <summary>The marks of any of them.</summary>
    internal static Marks Joined(IEnumerable<Marks> marks) =>
        marks.Aggregate(default(Marks), (a, b) => new(a.Sovereignties | b.Sovereignties, a.Regions | b.Regions, a.Providers | b.Providers));
}

/// <summary>The laws, regions and providers of a site, or of any site of an area or region, a bit for each.</summary>
internal readonly record struct Marks(ulong Sovereignties, ulong Regions, ulong Providers)
{
    /// <summary>Whether the job's lists allow one of them.</summary>
    internal bool Allow(in QuickJob job) =>
        (job.Sovereignties == 0 || (job.Sovereignties & Sovereignties) != 0)
        && (job.Regions == 0 || (job.Regions & Regions) != 0)
        && (job.Providers == 0 || (job.Providers & Providers) != 0);
}
