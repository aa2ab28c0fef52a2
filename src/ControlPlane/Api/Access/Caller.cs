using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;

namespace Meridian.ControlPlane.Api;

/// <summary>Who asks, and what they may see and do.</summary>
internal sealed record Caller(AccessToken Token)
{
    public TenantId Tenant => Token.Tenant;

    public bool IsOperator => Token.Role == Role.Operator;

    /// <summary>Whether the token still holds: it was not revoked and has not expired.</summary>
    public bool IsGood(DomainState state, DateTimeOffset now) =>
        state.Accounts.Tokens.ContainsKey(Token.Secret) && !(Token.ExpiresAt <= now);

    /// <summary>Whether the caller may know that the project exists.</summary>
    public bool Sees(DomainState state, ProjectId project) =>
        state.Accounts.Projects.TryGetValue(project, out var known) && Sees(known.Tenant);

    public bool Sees(DomainState state, Job job) => Sees(state, job.Project);

    public bool Sees(TenantId tenant) => IsOperator || tenant == Tenant;

    /// <summary>Whether the caller looks after the site.</summary>
    public bool Owns(Site site) => Owns(site.Provider);

    public bool Owns(string provider) =>
        IsOperator || (Token.Role == Role.Provider && string.Equals(provider, Tenant.Value, StringComparison.Ordinal));

    /// <summary>The project that is meant where the caller names none.</summary>
    public ProjectId ProjectOr(string? named) => string.IsNullOrEmpty(named) ? Token.Project : new(named);
}
