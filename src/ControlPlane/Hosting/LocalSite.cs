using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.ControlPlane.Hosting;

/// <summary>The site on the control plane's own machine: its operator needs no token to declare it.</summary>
public static class LocalSite
{
    private const decimal FirstCredit = 1000;
    private const int HoursOfDay = 24;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    /// <summary>Gives the operator's own tenant the credit that a first start comes with.</summary>
    public static async Task GiveCreditAsync(IServiceProvider services, CancellationToken cancellation) =>
        await DecideAsync(services, new GrantCredit(FirstStart.Operator, Money.Cny(FirstCredit), "first start"), cancellation);

    /// <summary>
    /// Declares the site where the domain does not know it. Returns the token with which its agent joins; nothing where
    /// it has joined already.
    /// </summary>
    /// <exception cref="ArgumentException">The domain refuses the site.</exception>
    public static async Task<string?> PrepareAsync(
        IServiceProvider services, string name, bool hasJoined, CancellationToken cancellation)
    {
        var site = new SiteId(name);
        if (!services.GetRequiredService<IDomain>().State().Sites.Sites.ContainsKey(site))
        {
            await DecideAsync(services, new DeclareSite(Declaration(site)), cancellation);
            hasJoined = false;
        }

        if (hasJoined)
            return null;
        var expires = services.GetRequiredService<TimeProvider>().GetUtcNow() + TokenLifetime;
        var (text, secret) = services.GetRequiredService<IJoinTokens>().Create(site, expires);
        await DecideAsync(services, new IssueJoinToken(secret, site, TokenLifetime), cancellation);
        return text;
    }

    private static Site Declaration(SiteId site) => new(
        site, site.Value, "operator", "edge", "local", Sovereignty: "", Latitude: 0, Longitude: 0, Pue: 1.2,
        [.. Enumerable.Repeat(0d, HoursOfDay)], [.. Enumerable.Repeat(0m, HoursOfDay)]);

    private static async Task DecideAsync(IServiceProvider services, DomainCommand command, CancellationToken cancellation)
    {
        var decision = await services.GetRequiredService<IDomain>().ExecuteAsync(command, cancellation);
        if (decision.Fault is { } fault)
            throw new ArgumentException(fault.Say(LanguageChoice.From(Environment.GetEnvironmentVariable)));
    }
}
