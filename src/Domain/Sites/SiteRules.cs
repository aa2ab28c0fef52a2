using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>What may be done to sites, pools, nodes and join tokens.</summary>
public static class SiteRules
{
    /// <summary>The longest life of a join token.</summary>
    public static readonly TimeSpan JoinTokenLifetimeMax = TimeSpan.FromHours(1);

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
        _ => throw new InvariantBrokenException("site rules are asked about site commands"),
    };

    private static Decision Declare(Site site)
    {
        if (!Names.IsValid(site.Id.Value))
            return Decision.Refuse("bad-name", $"The site's name '{site.Id}' is not allowed: {Names.Rule}.");
        if (!Tiers.Contains(site.Tier))
            return Decision.Refuse("bad-tier", $"The tier '{site.Tier}' is unknown: use core, region, edge or device.");
        if (!(site.Pue >= 1 && site.Pue < 10))
            return Decision.Refuse("bad-pue", $"The PUE {site.Pue} is not between 1 and 10.");
        if (!(Math.Abs(site.Latitude) <= 90 && Math.Abs(site.Longitude) <= 180))
            return Decision.Refuse("bad-coordinates", "Latitude goes from -90 to 90, longitude from -180 to 180.");
        if (!site.PowerPriceByHour.All(Pricing.IsPrice))
            return Decision.Refuse("bad-price", $"A price goes from 0 to {Pricing.PriceMax}.");
        return site.CarbonByHour.Length != 24 || site.PowerPriceByHour.Length != 24
            ? Decision.Refuse("bad-hours", "Carbon and power price need 24 values, one for each hour of the day (UTC).")
            : Decision.Of(new SiteDeclared(site));
    }

    private static Decision Remove(SitesState state, SiteId site)
    {
        if (!state.Sites.ContainsKey(site))
            return Decision.Refuse("no-such-site", $"There is no site '{site}'.");
        return state.Nodes.Values.Any(n => n.Id.Site == site && (n.State == NodeState.Ready || n.Used != default))
            ? Decision.Refuse("site-in-use", $"Site '{site}' still has nodes: ban or stop its agents first.")
            : Decision.Of(new SiteRemoved(site));
    }

    private static Decision Declare(SitesState state, Pool pool)
    {
        var parts = pool.Id.Value.Split('/');
        if (parts.Length != 2 || !parts.All(Names.IsValid))
            return Decision.Refuse("bad-name", $"The pool's name '{pool.Id}' is not site/pool: {Names.Rule}.");
        if (!state.Sites.ContainsKey(pool.Id.Site))
            return Decision.Refuse("no-such-site", $"There is no site '{pool.Id.Site}': declare it first.");
        if (!(pool.Speed > 0 && pool.Speed <= 1000))
            return Decision.Refuse("bad-speed", $"The speed {pool.Speed} is not above 0 and at most 1000.");
        return pool.AcceleratorHour.Select(a => a.PerHour).Append(pool.CpuCoreHour).Append(pool.MemoryGibHour).All(Pricing.IsPrice)
            ? Decision.Of(new PoolDeclared(pool))
            : Decision.Refuse("bad-price", $"A price goes from 0 to {Pricing.PriceMax}.");
    }

    private static Decision Issue(SitesState state, IssueJoinToken c, DateTimeOffset now)
    {
        if (!state.Sites.ContainsKey(c.Site))
            return Decision.Refuse("no-such-site", $"There is no site '{c.Site}': declare it first.");
        return c.Lifetime <= TimeSpan.Zero || c.Lifetime > JoinTokenLifetimeMax
            ? Decision.Refuse("bad-lifetime", "A join token lives for more than nothing and at most one hour.")
            : Decision.Of(new JoinTokenIssued(new(c.Secret, c.Site, now + c.Lifetime), now));
    }

    private static Decision Enrol(SitesState state, EnrolNode c, DateTimeOffset now)
    {
        if (!state.JoinTokens.TryGetValue(c.Secret, out var token))
            return Decision.Refuse("join-token-unknown", "This join token was used already or never existed: ask for a new one.");
        if (token.ExpiresAt < now)
            return Decision.Refuse("join-token-expired", "This join token has expired: ask for a new one.");
        if (token.Site != c.Site)
            return Decision.Refuse("join-token-site", $"This join token is for site '{token.Site}', not '{c.Site}'.");
        if (!Names.IsValid(c.Pool) || !Names.IsValid(c.Node))
            return Decision.Refuse("bad-name", $"The pool '{c.Pool}' or node '{c.Node}' is not a name: {Names.Rule}.");

        var id = new NodeId($"{c.Site}/{c.Pool}/{c.Node}");
        if (state.Nodes.TryGetValue(id, out var known) && known.State == NodeState.Banned)
            return Decision.Refuse("node-banned", $"Node '{id}' is banned: choose another name or ask the operator.");
        if (known is not null && known.Used != default && known.KeyThumbprint != c.KeyThumbprint)
            return Decision.Refuse("node-at-work", $"Node '{id}' runs tasks under another key: choose another name.");

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
            return Decision.Refuse("node-banned", $"Node '{c.Node}' is banned or unknown.");
        return Decision.Of(new NodeReported(
            c.Node, c.Total, c.Accelerators, c.DepotUrl, c.CanSandbox, c.Note, c.OperatingSystem, now + c.Lease));
    }

    private static Decision Renew(SitesState state, RenewLease c, DateTimeOffset now)
    {
        if (!state.Nodes.TryGetValue(c.Node, out var node) || node.State != NodeState.Ready)
            return Decision.Refuse("node-not-ready", $"Node '{c.Node}' holds no lease to lengthen.");
        return now + c.Lease <= node.LeaseUntil ? Decision.Nothing : Decision.Of(new LeaseRenewed(c.Node, now + c.Lease));
    }

    private static Decision ComeBack(SitesState state, ComeBack c)
    {
        if (!state.Nodes.TryGetValue(c.Node, out var node) || node.State == NodeState.Banned)
            return Decision.Refuse("node-banned", $"Node '{c.Node}' is banned or unknown.");
        return node.ComebackCount >= c.ComebackCountMax
            ? Decision.Refuse("comeback-limit", $"Node '{c.Node}' came back {node.ComebackCount} times: join it anew with a token.")
            : Decision.Of(new NodeCameBack(c.Node, node.ComebackCount + 1));
    }
}
