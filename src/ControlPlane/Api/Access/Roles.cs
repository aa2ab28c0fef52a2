using Meridian.Domain.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.ControlPlane.Api;

/// <summary>Which roles an endpoint is for.</summary>
internal static class Roles
{
    private static readonly AuthorizationPolicy Anyone = Policy(Role.Viewer, Role.Member, Role.Provider, Role.Operator);
    private static readonly AuthorizationPolicy Members = Policy(Role.Member, Role.Operator);
    private static readonly AuthorizationPolicy Providers = Policy(Role.Provider, Role.Operator);
    private static readonly AuthorizationPolicy Operators = Policy(Role.Operator);

    /// <summary>Every good token: it reads what its tenant may see.</summary>
    public static TBuilder ForAnyone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Anyone);

    public static TBuilder ForMembers<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Members);

    public static TBuilder ForProviders<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Providers);

    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Operators);

    public static void AddTokens(this IServiceCollection services)
    {
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, configureOptions: null);
        services.AddAuthorization();
    }

    private static AuthorizationPolicy Policy(params Role[] roles) =>
        new AuthorizationPolicyBuilder(TokenAuthentication.SchemeName)
            .RequireAuthenticatedUser()
            .RequireRole(roles.Select(r => r.ToString()))
            .Build();
}
