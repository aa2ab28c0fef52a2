using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>What this domain is, and who asks.</summary>
internal static class DomainEndpoints
{
    /// <summary>What answers.</summary>
    internal sealed record VersionView(string Product, string Version, string Domain);

    public static void MapDomain(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/version", (ApiOptions options) => Results.Ok(new VersionView("meridian", options.Version, options.DomainName)))
            .AllowAnonymous().WithTags("Domain").Named<VersionView>("getVersion", "The server's version; needs no token");
        routes.MapGet("/whoami", WhoAmI).ForAnyone().WithTags("Domain").Named<Rest.Identity>("whoAmI", "Whose token this is");
        routes.MapGet("/authority", (ITicketIssuer tickets) => Results.Text(tickets.AuthorityPem, "application/x-pem-file"))
            .ForAnyone().WithTags("Domain")
            .NamedText("getAuthority", "The certificate of the domain's authority", "application/x-pem-file");
    }

    private static IResult WhoAmI(Call call, ApiOptions options)
    {
        var token = call.Caller.Token;
        return Results.Ok(new Rest.Identity(
            token.User, token.Tenant.Value, token.Project.Value, TokenEndpoints.RoleName(token.Role), options.DomainName,
            options.Version));
    }
}
