using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>What may be done to sites, pools, nodes and join tokens.</summary>
public static class SiteRules
{
    /// <summary>The longest life of a join token.</summary>
    public static readonly TimeSpan JoinTokenLifetimeMax = TimeSpan.FromHours(1);

    /// <summary>The most equivalences of a domain.</summary>
    public const int EquivalencesMax = 10_000;

    private static readonly string[] Tiers = ["core", "region", "edge", "device"];

    /// <summary>Decides on a site command.</summary>
    public static Decision Decide(SitesState state, DomainCommand command, DateTimeOffset now) => command switch
    {
        DeclareSite c => Declare(c.Site),
        RemoveSite c => Remove(state, c.Site),
        DeclarePool c => Declare(state, c.Pool),
        IssueJoinToken c => Issue(state, c, now),
        EnrolNode c => Enrol(state, c, now),
        ReportNode c => Report(state, c, now),
        RenewLease c => Renew(state, c, now),
        ComeBack c => ComeBack(state, c),
        DeclareEquivalence c => Declare(state, c.Equivalence),
        RemoveEquivalence c => state.Equivalences.ContainsKey(c.Name)
            ? Decision.Of(new EquivalenceRemoved(c.Name))
            : Decision.Refuse("no-such-equivalence", c.Name.Workload, c.Name.Model, c.Name.Instead),
        _ => throw new InvariantBrokenException("site rules are asked about site commands"),
    };

    private static Decision Declare(Site site)
    {
        if (!Names.IsValid(site.Id.Value))
            return Decision.Refuse("bad-name", site.Id);
        if (!Tiers.Contains(site.Tier))
            return Decision.Refuse("bad-tier", site.Tier);
        if (!(site.Pue >= 1 && site.Pue < 10))
            return Decision.Refuse("bad-pue", site.Pue);
        if (!(Math.Abs(site.Latitude) <= 90 && Math.Abs(site.Longitude) <= 180))
            return Decision.Refuse("bad-coordinates");
        if (!site.PowerPriceByHour.All(Pricing.IsPrice))
            return Decision.Refuse("bad-price", Pricing.PriceMax);
        return site.CarbonByHour.Length != 24 || site.PowerPriceByHour.Length != 24
            ? Decision.Refuse("bad-hours")
            : Decision.Of(new SiteDeclared(site));
    }

    private static Decision Remove(SitesState state, SiteId site)
    {
        if (!state.Sites.ContainsKey(site))
            return Decision.Refuse("no-such-site", site);
        return state.Nodes.Values.Any(n => n.Id.Site == site && (n.State == NodeState.Ready || n.Used != default))
            ? Decision.Refuse("site-in-use", site)
            : Decision.Of(new SiteRemoved(site));
    }

    private static Decision Declare(SitesState state, Pool pool)
    {
        var parts = pool.Id.Value.Split('/');
        if (parts.Length != 2 || !parts.All(Names.IsValid))
            return Decision.Refuse("bad-pool-name", pool.Id);
        if (!state.Sites.ContainsKey(pool.Id.Site))
            return Decision.Refuse("no-such-site", pool.Id.Site);
        if (!(pool.Speed > 0 && pool.Speed <= 1000))
            return Decision.Refuse("bad-speed", pool.Speed);
        return pool.AcceleratorHour.Select(a => a.PerHour).Append(pool.CpuCoreHour).Append(pool.MemoryGibHour).All(Pricing.IsPrice)
            ? Decision.Of(new PoolDeclared(pool))
            : Decision.Refuse("bad-price", Pricing.PriceMax);
    }

    private static Decision Declare(SitesState state, Equivalence equal)
    {
        var (workload, model, instead) = equal.Name;
        var isGood = Names.IsValid(workload) && IsModel(model) && IsModel(instead)
            && !string.Equals(model, instead, StringComparison.OrdinalIgnoreCase)
            && equal.Factor is >= Equivalence.FactorMin and <= Equivalence.FactorMax
            && (state.Equivalences.Count < EquivalencesMax || state.Equivalences.ContainsKey(equal.Name));
        return isGood
            ? Decision.Of(new EquivalenceDeclared(equal))
            : Decision.Refuse("bad-equivalence", Equivalence.FactorMin, Equivalence.FactorMax, EquivalencesMax);
    }

    private static bool IsModel(string model) => model.Length is > 0 and <= 64 && !model.Contains('/', StringComparison.Ordinal);

    private static Decision Issue(SitesState state, IssueJoinToken c, DateTimeOffset now)
    {
        if (!state.Sites.ContainsKey(c.Site))
            return Decision.Refuse("no-such-site", c.Site);
        return c.Lifetime <= TimeSpan.Zero || c.Lifetime > JoinTokenLifetimeMax
            ? Decision.Refuse("bad-lifetime")
            : Decision.Of(new JoinTokenIssued(new(c.Secret, c.Site, now + c.Lifetime), now));
    }

    private static Decision Enrol(SitesState state, EnrolNode c, DateTimeOffset now)
    {
        if (!state.JoinTokens.TryGetValue(c.Secret, out var token))
            return Decision.Refuse("join-token-unknown");
        if (token.ExpiresAt < now)
            return Decision.Refuse("join-token-expired");
        if (token.Site != c.Site)
            return Decision.Refuse("join-token-site", token.Site, c.Site);
        if (!Names.IsValid(c.Pool) || !Names.IsValid(c.Node))
            return Decision.Refuse("bad-name", Names.IsValid(c.Pool) ? c.Node : c.Pool);

        var id = new NodeId($"{c.Site}/{c.Pool}/{c.Node}");
        if (state.Nodes.TryGetValue(id, out var known) && known.State == NodeState.Banned)
            return Decision.Refuse("node-banned", id);
        if (known is not null && known.Used != default && known.KeyThumbprint != c.KeyThumbprint)
            return Decision.Refuse("node-at-work", id);

        var enrolled = new NodeEnrolled(id, c.Secret, c.KeyThumbprint, now);
        return state.Pools.ContainsKey(id.Pool)
            ? Decision.Of(enrolled)
            : Decision.Of(
                new PoolDeclared(new(
                    id.Pool, c.Driver, CpuCoreHour: 0, MemoryGibHour: 0, [], Speed: 1, WattsPerCore: 10, IsDraining: false)),
                enrolled);
    }

    private static Decision Report(SitesState state, ReportNode c, DateTimeOffset now)
    {
        if (!state.Nodes.TryGetValue(c.Node, out var node) || node.State == NodeState.Banned)
            return Decision.Refuse("node-banned", c.Node);
        if (c.NetworkSwitch.Length > 0 && !Names.IsValid(c.NetworkSwitch))
            return Decision.Refuse("bad-name", c.NetworkSwitch);
        return Decision.Of(new NodeReported(
            c.Node, c.Total, c.Accelerators, c.DepotUrl, c.CanSandbox, c.Note, c.OperatingSystem, now + c.Lease, c.NetworkSwitch,
            c.PublicKey));
    }

    private static Decision Renew(SitesState state, RenewLease c, DateTimeOffset now)
    {
        if (!state.Nodes.TryGetValue(c.Node, out var node) || node.State != NodeState.Ready)
            return Decision.Refuse("no-lease", c.Node);
        return now + c.Lease <= node.LeaseUntil ? Decision.Nothing : Decision.Of(new LeaseRenewed(c.Node, now + c.Lease));
    }

    private static Decision ComeBack(SitesState state, ComeBack c)
    {
        if (!state.Nodes.TryGetValue(c.Node, out var node) || node.State == NodeState.Banned)
            return Decision.Refuse("node-banned", c.Node);
        return node.ComebackCount >= c.ComebackCountMax
            ? Decision.Refuse("comeback-limit", c.Node, node.ComebackCount)
            : Decision.Of(new NodeCameBack(c.Node, node.ComebackCount + 1));
    }
}
