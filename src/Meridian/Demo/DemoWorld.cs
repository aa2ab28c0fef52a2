using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Host.Demo;

/// <summary>
/// The demo's declared world: an eastern studio, a western core centre with cheap green power, an edge site. Prices and
/// powers are made up to be plausible; coordinates are those of the cities.
/// </summary>
internal static class DemoWorld
{
    internal const string Tenant = "studio";
    internal const string Project = "demo";
    internal const string East = "east-studio";
    internal const string West = "west-core";
    internal const string Edge = "edge-factory";

    internal static readonly string[] Sites = [East, West, Edge];

    /// <summary>Declares everything. Safe to repeat.</summary>
    internal static async Task DeclareAsync(MeridianClient client, bool isFirst, CancellationToken cancellation)
    {
        foreach (var (id, site) in SiteDeclarations())
            await client.PutSiteAsync(id, site, cancellation);
        await client.PutPoolAsync(East, "default", Pool(cpu: 0.60m, speed: 1.6, watts: 14), cancellation);
        await client.PutPoolAsync(West, "default", Pool(cpu: 0.18m, speed: 1.0, watts: 9), cancellation);
        await client.PutPoolAsync(Edge, "default", Pool(cpu: 0.90m, speed: 0.8, watts: 11), cancellation);
        foreach (var (id, link) in Links())
            await client.PutLinkAsync(id, link, cancellation);
        await client.PutTenantAsync(Tenant, new("Film studio", Quota: null, [Project]), cancellation);
        if (isFirst)
            await client.GrantAsync(Tenant, new(500, Money.DefaultCurrency, "demo credit"), cancellation);
    }

    private static IEnumerable<(string Id, SiteDeclaration Site)> SiteDeclarations() =>
    [
        (East, new("Eastern studio, Shanghai", "studio-east", "region", "east", "cn", 31.23, 121.47, 1.45, [610], [0.85])),
        (West, new("Western core, Zhongwei", "core-west", "core", "west", "cn", 37.51, 105.19, 1.15, Sunny(90, 340), Sunny(0.26, 0.38))),
        (Edge, new("Edge, factory in Suzhou", "factory-edge", "edge", "east", "cn", 31.30, 120.62, 1.60, [580], [0.80])),
    ];

    private static IEnumerable<(string Id, LinkDeclaration Link)> Links() =>
    [
        // The factory's leased lines are thin and dear. Fibre through the country, 1.3 times the great circle, 4.9 microseconds a kilometre.
        ("east-west", new(East, West, 200_000_000, 10_400, 0.08m, BothWays: true)),
        ("east-edge", new(East, Edge, 4_000_000, 550, 0.40m, BothWays: true)),
        ("edge-west", new(Edge, West, 4_000_000, 10_100, 0.50m, BothWays: true)),
    ];

    private static PoolDeclaration Pool(decimal cpu, double speed, double watts) => new(
        "process", new(cpu, 0.02m, new Dictionary<string, decimal>(StringComparer.Ordinal)), speed, watts, IsDraining: false);

    /// <summary>Low while the sun is over western China (02 to 10 hours UTC), high otherwise.</summary>
    private static double[] Sunny(double low, double high) =>
        [.. Enumerable.Range(0, 24).Select(hour => hour is >= 2 and <= 10 ? low : high)];
}
