using Meridian.Domain;
using Meridian.Domain.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Agents, for those who look after their sites.</summary>
internal static class AgentEndpoints
{
    private static readonly Listing<Node> Agents = new Listing<Node>("id", n => n.Id.Value)
        .By("enrolledAt", n => n.EnrolledAt.ToString("O"));

    /// <summary>Which agent is to be banned.</summary>
    internal sealed record AgentBan(string Id);

    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/agents").WithTags("Sites");
        agents.MapGet("", List).ForProviders().Named<Rest.Page<Rest.AgentView>>("listAgents", "Agents of the caller's sites");
        agents.MapPost("/ban", (Call call, AgentBan ban) => BanAsync(call, ban.Id)).ForProviders()
            .Named("banAgent", "Cuts an agent off for good");
        agents.MapPost("/{site}/{pool}/{node}/ban", BanByPartsAsync).ForProviders()
            .Named("banAgentByName", "Cuts an agent off for good");
        // Clients that escape the slashes of an identity send it as one part.
        agents.MapPost("/{id}/ban", (Call call, string id) => BanAsync(call, Uri.UnescapeDataString(id))).ForProviders()
            .Named("banAgentByIdentity", "Cuts an agent off for good; the slashes of its identity are escaped");
    }

    private static IResult List(Call call, [AsParameters] ListQuery query) =>
        Agents.Page(query, call.State.Sites.Nodes.Values.Where(n => IsOwn(call, n.Id)), View);

    private static bool IsOwn(Call call, NodeId node) =>
        call.State.Sites.Sites.TryGetValue(node.Site, out var site) && call.Caller.Owns(site);

    private static Rest.AgentView View(Node node) => new(
        node.Id.Value, node.Id.Site.Value, node.Id.Pool.Value, node.Id.Value[(node.Id.Value.LastIndexOf('/') + 1)..],
        FleetViews.StateOf(node), node.EnrolledAt);

    private static Task<IResult> BanByPartsAsync(Call call, string site, string pool, string node) =>
        BanAsync(call, $"{site}/{pool}/{node}");

    private static Task<IResult> BanAsync(Call call, string id)
    {
        var node = new NodeId(id);
        return call.State.Sites.Nodes.ContainsKey(node) && IsOwn(call, node)
            ? call.DecideAsync(new BanNode(node))
            : Task.FromResult<IResult>(Refusal.Missing("node", $"There is no agent '{id}'.", $"没有代理“{id}”。"));
    }
}
