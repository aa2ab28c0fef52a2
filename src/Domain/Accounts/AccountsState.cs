using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Accounts;

/// <summary>Names a ledger account, such as <c>tenant/lab</c>, <c>held/lab</c> or <c>provider/west</c>.</summary>
[MemoryPackable]
public readonly partial record struct AccountId(string Value) : IComparable<AccountId>
{
    /// <summary>Where credit comes from; its balance is what was ever granted, negated.</summary>
    public static readonly AccountId Issuer = new("issuer");

    /// <summary>What a tenant may still spend.</summary>
    public static AccountId Available(TenantId tenant) => new("tenant/" + tenant.Value);

    /// <summary>What is set aside for a tenant's jobs.</summary>
    public static AccountId Held(TenantId tenant) => new("held/" + tenant.Value);

    /// <summary>What a provider has earned.</summary>
    public static AccountId Provider(string provider) => new("provider/" + provider);

    /// <summary>What the carriers of links have earned.</summary>
    public static readonly AccountId Carrier = new("carrier/network");

    /// <inheritdoc/>
    public int CompareTo(AccountId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Bounds on what a tenant uses at once; absent is no bound.</summary>
[MemoryPackable]
public sealed partial record Quota([property: CanonicalOptional<long>] long? CpuMillicores, [property: CanonicalOptional<long>] long? MemoryBytes, [property: CanonicalOptional<int>] int? AcceleratorMilli, [property: CanonicalOptional<int>] int? Tasks, [property: CanonicalOptional<long>] long? WaitingTasks)
{
    /// <summary>No bounds but a million waiting tasks.</summary>
    public static readonly Quota Default = new(
        CpuMillicores: null, MemoryBytes: null, AcceleratorMilli: null, Tasks: null, WaitingTasks: 1_000_000);
}

/// <summary>What a tenant's attempts hold now.</summary>
[MemoryPackable]
public readonly partial record struct TenantUsage(long CpuMillicores, long MemoryBytes, long AcceleratorMilli, long Tasks);

/// <summary>Who pays.</summary>
[MemoryPackable]
public sealed partial record Tenant(TenantId Id, string Title, Quota Quota, TenantUsage Used);

/// <summary>What a bearer of a token may do.</summary>
public enum Role
{
    /// <summary>Reads what belongs to the tenant.</summary>
    Viewer,

    /// <summary>Runs jobs and keeps data for the tenant.</summary>
    Member,

    /// <summary>Looks after sites.</summary>
    Provider,

    /// <summary>Everything.</summary>
    Operator,
}

/// <summary>An access token, without its secret.</summary>
[MemoryPackable]
public sealed partial record AccessToken(
    SecretHash Secret, string Id, string User, TenantId Tenant, ProjectId Project, Role Role, [property: CanonicalTime] DateTimeOffset CreatedAt,
    [property: CanonicalOptionalTime] DateTimeOffset? ExpiresAt);

/// <summary>One line of a bill.</summary>
/// <param name="At">When it was charged.</param>
/// <param name="Tenant">Who paid.</param>
/// <param name="Project">For which project.</param>
/// <param name="Job">For which job.</param>
/// <param name="Task">For which task, or -1 for a transfer.</param>
/// <param name="Kind"><c>compute</c> or <c>transfer</c>.</param>
/// <param name="Payee">Who was paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="Particulars">The usage, as the kind's words in <see cref="ChargeTexts"/> take it.</param>
[MemoryPackable]
public sealed partial record Charge(
    [property: CanonicalTime] DateTimeOffset At, TenantId Tenant, ProjectId Project, long Job, int Task, string Kind, AccountId Payee, Money Amount,
    ImmutableArray<string> Particulars);

/// <summary>One leg of a ledger transaction.</summary>
[MemoryPackable]
public readonly partial record struct Leg(AccountId Account, Money Amount);

/// <summary>Tenants, projects, tokens, and the double-entry ledger.</summary>
[MemoryPackable]
public sealed partial record AccountsState(
    ImmutableSortedDictionary<TenantId, Tenant> Tenants,
    ImmutableSortedDictionary<ProjectId, TenantId> Projects,
    ImmutableSortedDictionary<SecretHash, AccessToken> Tokens,
    ImmutableSortedDictionary<AccountId, Money> Balances,
    IdMap<Charge> Charges)
{
    /// <summary>No tenants and no money.</summary>
    public static readonly AccountsState Empty = new(
        ImmutableSortedDictionary<TenantId, Tenant>.Empty, ImmutableSortedDictionary<ProjectId, TenantId>.Empty,
        ImmutableSortedDictionary<SecretHash, AccessToken>.Empty, ImmutableSortedDictionary<AccountId, Money>.Empty,
        IdMap<Charge>.Empty);

    /// <summary>The balance of the account; an account that was never used holds nothing.</summary>
    public Money Balance(AccountId account) => Balances.GetValueOrDefault(account, Money.Zero());

    /// <summary>The only thing that changes the accounts. Events of other features pass by.</summary>
    public AccountsState Evolve(DomainEvent happened) => happened switch
    {
        TenantDeclared e => this with { Tenants = Tenants.SetItem(e.Tenant, Declare(e)) },
        ProjectDeclared e => this with { Projects = Projects.SetItem(e.Project, e.Tenant) },
        TokenIssued e => this with { Tokens = Tokens.SetItem(e.Token.Secret, e.Token) },
        TokenRevoked e => this with { Tokens = Tokens.Remove(e.Secret) },
        MoneyMoved e => this with { Balances = Move(e.Legs) },
        Charged e => this with { Charges = Charges.Set(Charges.Count + 1, e.Charge) },
        UsageChanged e => this with { Tenants = Tenants.SetItem(e.Tenant, Use(Tenants[e.Tenant], e)) },
        _ => this,
    };

    private Tenant Declare(TenantDeclared e) =>
        new(e.Tenant, e.Title, e.Quota, Tenants.TryGetValue(e.Tenant, out var known) ? known.Used : default);

    private ImmutableSortedDictionary<AccountId, Money> Move(ImmutableArray<Leg> legs)
    {
        var balances = Balances;
        foreach (var leg in legs)
        {
            var before = balances.TryGetValue(leg.Account, out var known) ? known : Money.Zero(leg.Amount.Currency);
            balances = balances.SetItem(leg.Account, before + leg.Amount);
        }

        return balances;
    }

    private static Tenant Use(Tenant tenant, UsageChanged e) => tenant with
    {
        Used = new(
            tenant.Used.CpuMillicores + e.Change.CpuMillicores, tenant.Used.MemoryBytes + e.Change.MemoryBytes,
            tenant.Used.AcceleratorMilli + e.Change.AcceleratorMilli, tenant.Used.Tasks + e.Change.Tasks),
    };
}
