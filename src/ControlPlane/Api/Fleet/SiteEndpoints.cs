using System.Collections.Immutable;
using Meridian.Domain.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Sites and pools. Everybody sees them; who owns a site changes it.</summary>
internal static class SiteEndpoints
{
    private const int HoursOfDay = 24;
    private const int TextLengthMax = 200;
    private const int DriverLengthMax = 63;
    private const int ModelsMax = 1000;
    private const double WattsMax = 10_000;

    private static readonly Listing<Site> Sites = new Listing<Site>("id", s => s.Id.Value)
        .By("name", s => s.Title).By("provider", s => s.Provider).By("region", s => s.Region);

    private static readonly Listing<Pool> Pools = new("id", p => p.Id.Value);

    public static void MapSites(this IEndpointRouteBuilder routes)
    {
        var sites = routes.MapGroup("/sites").WithTags("Sites");
        sites.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.SiteView>>("listSites", "Sites with their pools and nodes");
        sites.MapGet("/{id}", Get).ForAnyone().Named<Rest.SiteView>("getSite", "A site");
        sites.MapPut("/{id}", PutAsync).ForProviders().Named("putSite", "Declares a site, or changes it");
        sites.MapDelete("/{id}", RemoveAsync).ForProviders().Named("removeSite", "Takes a site away that runs nothing");
        sites.MapPost("/{id}/join-tokens", IssueAsync).ForProviders()
            .Named<Rest.JoinToken>("createJoinToken", "A single-use token for one agent of the site", StatusCodes.Status201Created);

        var pools = routes.MapGroup("/pools").WithTags("Sites");
        pools.MapGet("", ListPools).ForAnyone().Named<Rest.Page<Rest.PoolView>>("listPools", "Pools with their nodes");
        pools.MapPut("/{site}/{pool}", PutPoolAsync).ForProviders().Named("putPool", "Declares a pool, or changes it");
    }

    public static Refusal Missing(string id) => Refusal.Missing("site", $"There is no site '{id}'.", $"没有站点“{id}”。");

    private static IResult List(Call call, [AsParameters] ListQuery query, FleetViews views) =>
        Sites.Page(query, call.State.Sites.Sites.Values, site => views.Site(call.State, site, call.Language));

    private static IResult Get(Call call, string id, FleetViews views) =>
        call.State.Sites.Sites.TryGetValue(new(id), out var site) ? Results.Ok(views.Site(call.State, site, call.Language)) : Missing(id);

    private static Task<IResult> PutAsync(Call call, string id, Rest.SiteDeclaration declared)
    {
        var known = call.State.Sites.Sites.GetValueOrDefault(new(id));
        if (!call.Caller.Owns(declared.Provider) || (known is not null && !call.Caller.Owns(known)))
            return Task.FromResult<IResult>(NotOwn(id));
        string[] texts = [declared.Name, declared.Provider, declared.Region, declared.Sovereignty];
        if (texts.Any(t => t.Length > TextLengthMax))
            return Task.FromResult<IResult>(Refusal.Of(
                "bad-request", $"A site's texts have at most {TextLengthMax} characters each.", $"站点的各项文本最长 {TextLengthMax} 个字符。"));
        if (declared.PowerPricePerKwhByHour.Any(p => !(p is >= 0 and < 1e6))
            || declared.CarbonGramsPerKwhByHour.Any(c => !(c is >= 0 and < 1e6)))
            return Task.FromResult<IResult>(Refusal.Of(
                "bad-hours", "Carbon and power price are from 0 to a million.", "碳强度与电价须在 0 至一百万之间。"));

        return call.DecideAsync(new DeclareSite(new(
            new(id), declared.Name, declared.Provider, declared.Tier, declared.Region, declared.Sovereignty,
            declared.Latitude, declared.Longitude, declared.Pue, Hours(declared.CarbonGramsPerKwhByHour),
            Hours([.. declared.PowerPricePerKwhByHour.Select(p => (decimal)p)]))));
    }

    // One value stands for every hour.
    private static ImmutableArray<T> Hours<T>(IReadOnlyList<T> values) =>
        values.Count == 1 ? [.. Enumerable.Repeat(values[0], HoursOfDay)] : [.. values];

    private static Task<IResult> RemoveAsync(Call call, string id) =>
        OwnAsync(call, id, site => call.DecideAsync(new RemoveSite(site.Id)));

    private static Task<IResult> IssueAsync(Call call, string id, Rest.JoinTokenRequest request, IJoinTokens tokens) =>
        OwnAsync(call, id, site =>
        {
            var lifetime = TimeSpan.FromMinutes(Math.Clamp(request.LifetimeMinutes, -1, 1_000_000));
            var expires = call.Now + lifetime;
            var (text, secret) = tokens.Create(site.Id, expires);
            return call.DecideAsync(
                new IssueJoinToken(secret, site.Id, lifetime),
                _ => Results.Created(
                    (string?)null, new Rest.JoinToken(text, site.Id.Value, expires, tokens.CommandFor(text))));
        });

    private static IResult ListPools(Call call, [AsParameters] ListQuery query, FleetViews views) =>
        Pools.Page(query, call.State.Sites.Pools.Values, pool => views.Pool(call.State, pool, call.Language));

    private static Task<IResult> PutPoolAsync(Call call, string site, string pool, Rest.PoolDeclaration declared) =>
        OwnAsync(call, site, own => Fault(declared) is { } fault ? Task.FromResult<IResult>(fault) : call.DecideAsync(new DeclarePool(new(
            new($"{own.Id}/{pool}"), declared.Driver, declared.Prices.CpuCoreHour, declared.Prices.MemoryGibHour,
            [
                .. declared.Prices.AcceleratorHour
                    .OrderBy(p => p.Key, StringComparer.Ordinal)
                    .Select(p => new AcceleratorPrice(p.Key, p.Value)),
            ],
            declared.Speed, declared.WattsPerCore, declared.IsDraining))));

    // Bounds within which every price and amount of energy can be computed.
    private static Refusal? Fault(Rest.PoolDeclaration declared)
    {
        decimal[] prices = [declared.Prices.CpuCoreHour, declared.Prices.MemoryGibHour, .. declared.Prices.AcceleratorHour.Values];
        if (prices.Length > ModelsMax || !prices.All(Pricing.IsPrice))
            return Refusal.Of("bad-price", $"A price goes from 0 to {Pricing.PriceMax}.", $"价格须在 0 至 {Pricing.PriceMax} 之间。");
        return declared.WattsPerCore is >= 0 and <= WattsMax && declared.Driver.Length <= DriverLengthMax
            && declared.Prices.AcceleratorHour.Keys.All(m => m.Length is > 0 and <= TextLengthMax)
            ? null
            : Refusal.Of(
                "bad-request", $"A core draws 0 to {WattsMax} watts; drivers have at most {DriverLengthMax} characters, models {TextLengthMax}.",
                $"每核功率须在 0 至 {WattsMax} 瓦之间；驱动名最长 {DriverLengthMax} 个字符，型号最长 {TextLengthMax} 个字符。");
    }

    private static Task<IResult> OwnAsync(Call call, string id, Func<Site, Task<IResult>> command)
    {
        if (!call.State.Sites.Sites.TryGetValue(new(id), out var site))
            return Task.FromResult<IResult>(Missing(id));
        return call.Caller.Owns(site) ? command(site) : Task.FromResult<IResult>(NotOwn(id));
    }

    private static Refusal NotOwn(string id) => Refusal.Of(
        "not-allowed", $"Site '{id}' is for its own provider, or an operator, to change.", $"站点“{id}”只能由其提供方或运营方更改。");
}
