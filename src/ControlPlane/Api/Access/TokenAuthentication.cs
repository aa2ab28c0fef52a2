using System.Security.Claims;
using System.Text.Encodings.Web;
using Meridian.ControlPlane.Writer;
using Meridian.Domain.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Meridian.ControlPlane.Api;

/// <summary>Knows callers by their bearer token. The token is hashed before it is looked up, so timing tells nothing of it.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, IDomain domain)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "MeridianToken";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        var secret = header[Bearer.Length..].Trim();
        if (secret.Length is 0 or > TokenSecret.LengthMax
            || !domain.State().Accounts.Tokens.TryGetValue(TokenSecret.Hash(secret), out var token)
            || token.ExpiresAt <= TimeProvider.GetUtcNow())
            return Task.FromResult(AuthenticateResult.Fail("The token is unknown, revoked or expired."));

        Context.Features.Set(new Caller(token));
        var identity = new ClaimsIdentity(ClaimsOf(token), SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"meridian\"";
        return Refusal.Of(
            "not-signed-in",
            "This needs a good access token in the header 'Authorization: Bearer TOKEN': it is missing, unknown, revoked or expired.",
            "需要在请求头“Authorization: Bearer 令牌”中提供有效的访问令牌：令牌缺失、未知、已撤销或已过期。").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusal.Of(
        "not-allowed",
        "The token's role does not allow this: ask the operator for a token of another role.",
        "此令牌的角色不允许该操作：请向运营方申请其他角色的令牌。").ExecuteAsync(Context);

    private static Claim[] ClaimsOf(AccessToken token) =>
        [new(ClaimTypes.Name, token.User), new(ClaimTypes.Role, token.Role.ToString())];
}
