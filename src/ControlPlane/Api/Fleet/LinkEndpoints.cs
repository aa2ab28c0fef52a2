using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MaintenanceWindow = Meridian.Networking.Topologies.MaintenanceWindow;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Links between sites.</summary>
internal static class LinkEndpoints
{
    private const string BackSuffix = "-back";
    private const long LatencyMax = 3_600_000_000;
    private const long CapacityMax = 10_000_000_000_000_000;

    private static readonly Listing<Link> Links = new Listing<Link>("id", l => l.Id.Value)
        .By("from", l => l.From.Value).By("to", l => l.To.Value);

    public static void MapLinks(this IEndpointRouteBuilder routes)
    {
        var links = routes.MapGroup("/links").WithTags("Sites");
        links.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.LinkView>>("listLinks", "Links, and what circuits hold of them now");
        links.MapPut("/{id}", PutAsync).ForOperators()
            .Named("putLink", "Declares a link, or changes it; both ways makes ID and ID-back");
        links.MapDelete("/{id}", RemoveAsync).ForOperators().Named("removeLink", "Takes a link away that holds no circuits");
    }

    private static IResult List(Call call, [AsParameters] ListQuery query) =>
        Links.Page(query, call.State.Network.Links.Values, link => FleetViews.Link(call.State, link, call.Now));

    private static async Task<IResult> PutAsync(Call call, string id, Rest.LinkDeclaration declared)
    {
        if (!Pricing.IsPrice(declared.PricePerGigabyte) || declared.LatencyMicroseconds > LatencyMax
            || declared.BitsPerSecond > CapacityMax)
            return Refusal.Of(
                "bad-link", $"A link costs 0 to {Pricing.PriceMax} for a gigabyte, carries at most 10 Pbps, and takes at most an hour.",
                $"链路每 GB 价格须在 0 至 {Pricing.PriceMax} 之间，容量不超过 10 Pbps，时延不超过一小时。");
        var there = new Link(
            new(id), new(declared.From), new(declared.To), new(declared.BitsPerSecond), declared.LatencyMicroseconds,
            declared.PricePerGigabyte)
        {
            PricesByHour = [.. declared.PricesByHour ?? []],
            Maintenance = [.. (declared.Maintenance ?? []).Select(w => new MaintenanceWindow(w.From.ToUniversalTime(), w.To.ToUniversalTime())).OrderBy(w => w.From)],
        };
        var back = there with { Id = new(id + BackSuffix), From = there.To, To = there.From };
        // Each way is a command of its own; both are checked before the first is sent, and declaring again changes nothing.
        if (declared.BothWays
            && NetworkRules.Decide(call.State.Network, call.State.Sites, new DeclareLink(back), call.Now).Fault is { } fault)
            return Refusal.Of(fault);
        var answer = await call.DecideAsync(new DeclareLink(there));
        return declared.BothWays && answer is not Refusal ? await call.DecideAsync(new DeclareLink(back)) : answer;
    }

    private static Task<IResult> RemoveAsync(Call call, string id) => call.DecideAsync(new RemoveLink(new LinkId(id)));
}
