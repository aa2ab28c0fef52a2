namespace Meridian.Scheduling.Quick;

/// <summary>
/// A node of the tree over all sites: some sites, the first and the last of which lie side by side among the leaves.
/// </summary>
/// <param name="Children">The first child, and the one behind the last; none has a leaf.</param>
/// <param name="Parent">The node above, or -1.</param>
/// <param name="Leaves">The place of its first leaf among all leaves, and that behind its last.</param>
/// <param name="Site">The site of a leaf, or -1.</param>
/// <param name="Area">The area of all its sites, or -1 where there are several.</param>
/// <param name="Wide">Where there are several areas, the place of the node among all such nodes.</param>
/// <param name="Territories">The marks of the territories of its sites.</param>
internal readonly record struct Branch(
    (int First, int End) Children, int Parent, (int First, int End) Leaves, int Site, int Area, int Wide, ulong Territories)
{
    /// <summary>The laws, regions and providers of its sites.</summary>
    internal Marks Marks { get; init; }
}

/// <summary>
/// A tree of few children over all sites, so that a search looks at a number of bounds that grows with the logarithm of the
/// sites. Sites are parted by law, then by region, then by the point of the backbone, so that what a law forbids does not blur
/// the bounds of what it allows; wherever that would give a node many children, there are nodes between. The first node is the root.
/// </summary>
internal sealed class Hierarchy
{
    private const int ChildCountMax = 8;

    private readonly Terrain _terrain;
    private readonly Backbone _backbone;
    private readonly int _wideCount;
    private readonly int[] _latencyOfWide;
    private readonly double[] _priceOfWide;

    internal Hierarchy(Terrain terrain, Backbone backbone)
    {
        (_terrain, _backbone) = (terrain, backbone);
        Order = [.. Enumerable.Range(0, terrain.Sites.Length)
            .OrderBy(site => terrain.SiteMarks[site].Sovereignties).ThenBy(site => terrain.SiteMarks[site].Regions).ThenBy(site => terrain.AreaOfSite[site]).ThenBy(site => site)];
        LeafOf = new int[Order.Length];
        PlaceOf = new int[Order.Length];
        for (var place = 0; place < Order.Length; place++)
            PlaceOf[Order[place]] = place;
        Branches = Laid(Drafted(0, Order.Length, 0));
        _wideCount = Branches.Count(b => b.Area < 0);
        (_latencyOfWide, _priceOfWide) = (new int[backbone.Size * _wideCount], new double[backbone.Size * _wideCount]);
        for (var from = 0; from < backbone.Size; from++)
            Reach(from);
    }

    /// <summary>All nodes, those above before those below, the children of one side by side.</summary>
    internal Branch[] Branches { get; }

    /// <summary>The leaf of each site.</summary>
    internal int[] LeafOf { get; }

    /// <summary>The place of each site among the leaves.</summary>
    internal int[] PlaceOf { get; }

    private int[] Order { get; }

    /// <summary>The least latency to a point of the backbone from the points of the node's sites.</summary>
    internal int LatencyTo(int host, in Branch of) => of.Area < 0
        ? _latencyOfWide[(host * _wideCount) + of.Wide]
        : _backbone.LatencyBetween(_terrain.AreaHosts[of.Area], host);

    /// <summary>The least price per gigabyte from a point of the backbone to those of the node's sites.</summary>
    internal double PriceFrom(int host, in Branch of) => of.Area < 0
        ? _priceOfWide[(host * _wideCount) + of.Wide]
        : _backbone.PriceBetween(host, _terrain.AreaHosts[of.Area]);

    private void Reach(int from)
    {
        for (var at = Branches.Length - 1; at >= 0; at--)
        {
            ref readonly var of = ref Branches[at];
            if (of.Area >= 0)
                continue;
            var (latency, price) = (Backbone.Unreachable, double.PositiveInfinity);
            for (var child = of.Children.First; child < of.Children.End; child++)
            {
                latency = Math.Min(latency, LatencyTo(from, Branches[child]));
                price = Math.Min(price, PriceFrom(from, Branches[child]));
            }

            _latencyOfWide[(from * _wideCount) + of.Wide] = latency;
            _priceOfWide[(from * _wideCount) + of.Wide] = price;
        }
    }

    /// <summary>The tree over some places, which are alike down to a level of the order.</summary>
    private Draft Drafted(int first, int end, int level)
    {
        if (end - first == 1)
            return new(first, end, []);
        var parts = new List<Draft>();
        for (int at = first, next; at < end; at = next)
        {
            for (next = at + 1; next < end && Key(next, level) == Key(at, level);)
                next++;
            if (at == first && next == end)
                return Drafted(first, end, level + 1);
            parts.Add(Drafted(at, next, level + 1));
        }

        return Joined(parts);
    }

    private static Draft Joined(List<Draft> parts)
    {
        if (parts.Count <= ChildCountMax)
            return new(parts[0].First, parts[^1].End, parts);
        var size = ChildCountMax;
        while (size * ChildCountMax < parts.Count)
            size *= ChildCountMax;
        var count = (parts.Count + size - 1) / size;
        var joined = Enumerable.Range(0, count).Select(i => parts[(parts.Count * i / count)..(parts.Count * (i + 1) / count)]);
        return new(parts[0].First, parts[^1].End, [.. joined.Select(some => some.Count == 1 ? some[0] : Joined(some))]);
    }

    private long Key(int place, int level) => level switch
    {
        0 => (long)_terrain.SiteMarks[Order[place]].Sovereignties,
        1 => (long)_terrain.SiteMarks[Order[place]].Regions,
        2 => _terrain.AreaOfSite[Order[place]],
        _ => place,
    };

    private Branch[] Laid(Draft root)
    {
        var (drafts, branches, wide) = (new List<(Draft Draft, int Parent)> { (root, -1) }, new List<Branch>(), 0);
        for (var at = 0; at < drafts.Count; at++)
        {
            var (draft, parent) = drafts[at];
            var children = (drafts.Count, drafts.Count + draft.Parts.Count);
            drafts.AddRange(draft.Parts.Select(part => (part, at)));
            var sites = Order[draft.First..draft.End];
            var (area, isLeaf) = (_terrain.AreaOfSite[sites[0]], sites.Length == 1);
            if (sites.Any(site => _terrain.AreaOfSite[site] != area))
                area = -1;
            branches.Add(new(children, parent, (draft.First, draft.End), isLeaf ? sites[0] : -1, area, area < 0 ? wide++ : -1, MarksOf(sites))
            {
                Marks = Terrain.Joined(sites.Select(site => _terrain.SiteMarks[site])),
            });
            if (isLeaf)
                LeafOf[sites[0]] = at;
        }

        return [.. branches];
    }

    private ulong MarksOf(int[] sites) =>
        sites.Aggregate(0UL, (marks, site) => marks | Congestion.MarkOf(_terrain.TerritoryOfArea[_terrain.AreaOfSite[site]]));

    private sealed record Draft(int First, int End, List<Draft> Parts);
}
