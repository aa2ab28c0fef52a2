using System.Security.Cryptography;
using Meridian.Domain.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Access tokens. A secret is shown once, when it is made.</summary>
internal static class TokenEndpoints
{
    private const int NameLengthMax = 100;
    private const int LifetimeDaysMax = 3650;

    private static readonly Listing<AccessToken> Tokens = new Listing<AccessToken>("id", t => t.Id)
        .By("createdAt", t => t.CreatedAt.ToString("O"))
        .By("name", t => t.User);

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/tokens").WithTags("Accounts");
        tokens.MapGet("", List).ForOperators().Named<Rest.Page<Rest.TokenView>>("listTokens", "Access tokens, without their secrets");
        tokens.MapPost("", CreateAsync).ForOperators()
            .Named<Rest.TokenCreated>("createToken", "Makes a token; its secret is shown once", StatusCodes.Status201Created);
        tokens.MapDelete("/{id}", RevokeAsync).ForOperators().Named("revokeToken", "Ends a token at once");
    }

    private static IResult List(Call call, [AsParameters] ListQuery query) =>
        Tokens.Page(query, call.State.Accounts.Tokens.Values, View);

    private static Rest.TokenView View(AccessToken token) => new(
        token.Id, token.User, token.Tenant.Value, token.Project.Value, RoleName(token.Role), token.CreatedAt, token.ExpiresAt);

    public static string RoleName(Role role) => role switch
    {
        Role.Operator => "operator",
        Role.Provider => "provider",
        Role.Member => "member",
        _ => "viewer",
    };

    private static Role? RoleOf(string name) => name switch
    {
        "operator" => Role.Operator,
        "provider" => Role.Provider,
        "member" => Role.Member,
        "viewer" => Role.Viewer,
        _ => null,
    };

    private static Task<IResult> CreateAsync(Call call, Rest.TokenRequest request)
    {
        if (RoleOf(request.Role) is not { } role)
            return Refuse("The role is one of viewer, member, provider, operator.", "角色须为 viewer、member、provider 或 operator。");
        if (request.Name.Length is 0 or > NameLengthMax)
            return Refuse($"A token's name has 1 to {NameLengthMax} characters.", $"令牌名称须为 1 至 {NameLengthMax} 个字符。");
        if (request.LifetimeDays is < 1 or > LifetimeDaysMax)
            return Refuse($"A token lives for 1 to {LifetimeDaysMax} days, or without an end.", $"令牌有效期须为 1 至 {LifetimeDaysMax} 天，或不设期限。");

        var secret = TokenSecret.Create();
        var token = new AccessToken(
            TokenSecret.Hash(secret), Id: "t-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), request.Name,
            new(request.Tenant), new(request.Project), role, call.Now,
            request.LifetimeDays is { } days ? call.Now.AddDays(days) : null);
        return call.DecideAsync(
            new IssueToken(token), _ => Results.Created((string?)null, new Rest.TokenCreated(View(token), secret)));
    }

    private static Task<IResult> Refuse(string english, string chinese) =>
        Task.FromResult<IResult>(Refusal.Of("bad-request", english, chinese));

    private static Task<IResult> RevokeAsync(Call call, string id) => call.DecideAsync(new RevokeToken(id));
}
