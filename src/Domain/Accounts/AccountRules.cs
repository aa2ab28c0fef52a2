using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Accounts;

/// <summary>A tenant was declared, or declared anew.</summary>
[MemoryPackable]
public sealed partial record TenantDeclared(TenantId Tenant, string Title, Quota Quota, int Weight) : DomainEvent;

/// <summary>A project of a tenant was declared, or declared anew.</summary>
[MemoryPackable]
public sealed partial record ProjectDeclared(ProjectId Project, TenantId Tenant, Quota Quota, int Weight) : DomainEvent;

/// <summary>A token was made.</summary>
[MemoryPackable]
public sealed partial record TokenIssued(AccessToken Token) : DomainEvent;

/// <summary>A token ended.</summary>
[MemoryPackable]
public sealed partial record TokenRevoked(SecretHash Secret) : DomainEvent;

/// <summary>Money moved between accounts; the legs sum to zero.</summary>
[MemoryPackable]
public sealed partial record MoneyMoved(ImmutableArray<Leg> Legs, string Reason, long Job, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A line came onto a bill.</summary>
[MemoryPackable]
public sealed partial record Charged(Charge Charge) : DomainEvent;

/// <summary>The attempts of a project, and so of its tenant, hold more or less.</summary>
[MemoryPackable]
public sealed partial record UsageChanged(
    ProjectId Project, Usage Change, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A task of the project was placed before all others, because it had waited for long.</summary>
[MemoryPackable]
public sealed partial record OverdueTurnTaken(ProjectId Project, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>Declares a tenant, or changes it. Projects that it does not have yet are declared with it.</summary>
[MemoryPackable]
public sealed partial record DeclareTenant(
    TenantId Tenant, string Title, Quota Quota, ImmutableArray<ProjectId> Projects, int Weight = Shares.WeightUsual) : DomainCommand;

/// <summary>Declares a project of a tenant, or changes it.</summary>
[MemoryPackable]
public sealed partial record DeclareProject(
    ProjectId Project, TenantId Tenant, Quota Quota, int Weight = Shares.WeightUsual) : DomainCommand;

/// <summary>Gives a tenant credit.</summary>
[MemoryPackable]
public sealed partial record GrantCredit(TenantId Tenant, Money Amount, string Reason) : DomainCommand;

/// <summary>Makes a token.</summary>
[MemoryPackable]
public sealed partial record IssueToken(AccessToken Token) : DomainCommand;

/// <summary>Ends a token.</summary>
[MemoryPackable]
public sealed partial record RevokeToken(string TokenId) : DomainCommand;

/// <summary>What may be done to tenants, tokens and money.</summary>
public static class AccountRules
{
    /// <summary>Decides on an account command.</summary>
    public static Decision Decide(AccountsState state, DomainCommand command, DateTimeOffset now) => command switch
    {
        DeclareTenant c => Declare(state, c),
        DeclareProject c => Declare(state, c),
        GrantCredit c => Grant(state, c, now),
        IssueToken c => Issue(state, c),
        RevokeToken c => Revoke(state, c),
        _ => throw new InvariantBrokenException("account rules are asked about account commands"),
    };

    /// <summary>A transaction of two legs.</summary>
    public static MoneyMoved Move(AccountId from, AccountId to, Money amount, string reason, long job, DateTimeOffset now) =>
        new([new(from, -amount), new(to, amount)], reason, job, now);

    /// <summary>Which bound of the quota the change would break, or nothing.</summary>
    public static string? QuotaBroken(Quota quota, Usage used, Usage change) =>
        used.CpuMillicores + change.CpuMillicores > (quota.CpuMillicores ?? long.MaxValue) ? "cpu"
            : used.MemoryBytes + change.MemoryBytes > (quota.MemoryBytes ?? long.MaxValue) ? "memory"
            : used.AcceleratorMilli + change.AcceleratorMilli > (quota.AcceleratorMilli ?? long.MaxValue) ? "accelerators"
            : used.Tasks + change.Tasks > (quota.Tasks ?? int.MaxValue) ? "tasks"
            : null;

    private static Decision Declare(AccountsState state, DeclareTenant c)
    {
        if (!Names.IsValid(c.Tenant.Value) || !c.Projects.All(p => Names.IsValid(p.Value)))
            return Decision.Refuse("bad-name", Names.IsValid(c.Tenant.Value) ? c.Projects.First(p => !Names.IsValid(p.Value)) : c.Tenant);
        foreach (var project in c.Projects)
        {
            if (IsTaken(state, project, c.Tenant))
                return Decision.Refuse("project-taken", project);
        }

        return !Shares.IsWeight(c.Weight) ? BadWeight : !HasPossibleHours(c.Quota) ? BadHours : Decision.Of([
            new TenantDeclared(c.Tenant, c.Title, c.Quota, c.Weight),
            .. c.Projects.Where(p => !state.Projects.ContainsKey(p)).Select(p => new ProjectDeclared(p, c.Tenant, Quota.None, Shares.WeightUsual)),
        ]);
    }

    private static Decision Declare(AccountsState state, DeclareProject c)
    {
        if (!state.Tenants.ContainsKey(c.Tenant))
            return Decision.Refuse("no-such-tenant", c.Tenant);
        if (!Names.IsValid(c.Project.Value))
            return Decision.Refuse("bad-name", c.Project);
        return IsTaken(state, c.Project, c.Tenant) ? Decision.Refuse("project-taken", c.Project)
            : !Shares.IsWeight(c.Weight) ? BadWeight
            : !c.Quota.BandwidthHours.IsDefaultOrEmpty ? BadHours
            : Decision.Of(new ProjectDeclared(c.Project, c.Tenant, c.Quota, c.Weight));
    }

    private static bool IsTaken(AccountsState state, ProjectId project, TenantId tenant) =>
        state.Projects.TryGetValue(project, out var known) && known.Tenant != tenant;

    private static bool HasPossibleHours(Quota quota) => quota.BandwidthHours.IsDefaultOrEmpty
        || (quota.BandwidthHours.Length <= BandwidthHours.CountMax && quota.BandwidthHours.All(span => span.IsValid));

    private static Decision BadHours => Decision.Refuse("bad-bandwidth-hours", BandwidthHours.CountMax);

    private static Decision BadWeight => Decision.Refuse("bad-weight", Shares.WeightMax);

    private static Decision Grant(AccountsState state, GrantCredit c, DateTimeOffset now)
    {
        if (!state.Tenants.ContainsKey(c.Tenant))
            return Decision.Refuse("no-such-tenant", c.Tenant);
        if (!string.Equals(c.Amount.Currency, Money.DefaultCurrency, StringComparison.Ordinal))
            return Decision.Refuse("bad-currency", Money.DefaultCurrency);
        return c.Amount.Amount is <= 0 or > 1_000_000_000_000m
            ? Decision.Refuse("bad-amount")
            : Decision.Of(Move(AccountId.Issuer, AccountId.Available(c.Tenant), c.Amount, "grant: " + c.Reason, job: 0, now));
    }

    private static Decision Issue(AccountsState state, IssueToken c)
    {
        if (!state.Tenants.ContainsKey(c.Token.Tenant))
            return Decision.Refuse("no-such-tenant", c.Token.Tenant);
        if (!state.Projects.TryGetValue(c.Token.Project, out var project) || project.Tenant != c.Token.Tenant)
            return Decision.Refuse("no-such-project", c.Token.Project);
        return state.Tokens.Values.Any(t => string.Equals(t.Id, c.Token.Id, StringComparison.Ordinal))
            ? Decision.Refuse("token-exists", c.Token.Id)
            : Decision.Of(new TokenIssued(c.Token));
    }

    private static Decision Revoke(AccountsState state, RevokeToken c)
    {
        var token = state.Tokens.Values.FirstOrDefault(t => string.Equals(t.Id, c.TokenId, StringComparison.Ordinal));
        return token is null
            ? Decision.Refuse("no-such-token", c.TokenId)
            : Decision.Of(new TokenRevoked(token.Secret));
    }
}
