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

/// <summary>Bounds on what a tenant or a project uses at once; absent is no bound.</summary>
[MemoryPackable]
public sealed partial record Quota([property: CanonicalOptional<long>] long? CpuMillicores, [property: CanonicalOptional<long>] long? MemoryBytes, [property: CanonicalOptional<int>] int? AcceleratorMilli, [property: CanonicalOptional<int>] int? Tasks, [property: CanonicalOptional<long>] long? WaitingTasks, [property: CanonicalOptional<long>] long? BitsPerSecond = null, ImmutableArray<BandwidthHours> BandwidthHours = default)
{
    /// <summary>No bounds.</summary>
    public static readonly Quota None = new(
        CpuMillicores: null, MemoryBytes: null, AcceleratorMilli: null, Tasks: null, WaitingTasks: null);

    /// <summary>No bounds but a million waiting tasks.</summary>
    public static readonly Quota Default = new(
        CpuMillicores: null, MemoryBytes: null, AcceleratorMilli: null, Tasks: null, WaitingTasks: 1_000_000);

    /// <summary>Whether it says anything of bandwidth.</summary>
    [MemoryPackIgnore]
    public bool BoundsBandwidth => BitsPerSecond is not null || !BandwidthHours.IsDefaultOrEmpty;

    /// <summary>What transfers hold at most in the hour of the day, in bits per second; of spans that overlap, the later one holds.</summary>
    public long? BandwidthAt(int hour)
    {
        var most = BitsPerSecond;
        foreach (var span in BandwidthHours.IsDefault ? [] : BandwidthHours)
            most = span.Covers(hour) ? span.BitsPerSecond : most;
        return most;
    }
}

/// <summary>What attempts hold.</summary>
[MemoryPackable]
public readonly partial record struct Usage(long CpuMillicores, long MemoryBytes, long AcceleratorMilli, long Tasks)
{
    /// <summary>Sum.</summary>
    public static Usage operator +(Usage left, Usage right) => new(
        left.CpuMillicores + right.CpuMillicores, left.MemoryBytes + right.MemoryBytes,
        left.AcceleratorMilli + right.AcceleratorMilli, left.Tasks + right.Tasks);

    /// <summary>So much less.</summary>
    public static Usage operator -(Usage usage) =>
        new(-usage.CpuMillicores, -usage.MemoryBytes, -usage.AcceleratorMilli, -usage.Tasks);
}

/// <summary>What somebody is entitled to, and what it holds.</summary>
/// <param name="Weight">What it is entitled to against its siblings, from 1 to <see cref="WeightMax"/>: twice the weight is twice the share.</param>
/// <param name="Quota">What it may hold at most, however idle the others are.</param>
/// <param name="Used">What its attempts hold now.</param>
/// <param name="ServedAt">When a task of it was placed last; the beginning of time before the first.</param>
[MemoryPackable]
public sealed partial record Shares(int Weight, Quota Quota, Usage Used, [property: CanonicalTime] DateTimeOffset ServedAt)
{
    /// <summary>The weight of whoever is given none.</summary>
    public const int WeightUsual = 100;

    /// <summary>The largest weight.</summary>
    public const int WeightMax = 10_000;

    /// <summary>Whether the weight is within its bounds.</summary>
    public static bool IsWeight(int weight) => weight is >= 1 and <= WeightMax;

    internal static Shares Declared(Shares? known, Quota quota, int weight) =>
        new(weight, quota, known?.Used ?? default, known?.ServedAt ?? DateTimeOffset.MinValue);

    internal Shares Use(UsageChanged e) =>
        this with { Used = Used + e.Change, ServedAt = e.Change.Tasks > 0 ? e.At : ServedAt };
}

/// <summary>Who pays.</summary>
[MemoryPackable]
public sealed partial record Tenant(TenantId Id, string Title, Shares Shares);

/// <summary>A part of a tenant: what jobs and data belong to.</summary>
/// <param name="Id">The project.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Shares">What it is entitled to within its tenant.</param>
/// <param name="OverdueTurnAt">When a task of it was placed last, whatever its share, because it had waited for long.</param>
[MemoryPackable]
public sealed partial record Project(
    ProjectId Id, TenantId Tenant, Shares Shares, [property: CanonicalTime] DateTimeOffset OverdueTurnAt);

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
    ImmutableSortedDictionary<ProjectId, Project> Projects,
    ImmutableSortedDictionary<SecretHash, AccessToken> Tokens,
    ImmutableSortedDictionary<AccountId, Money> Balances,
    IdMap<Charge> Charges)
{
    /// <summary>No tenants and no money.</summary>
    public static readonly AccountsState Empty = new(
        ImmutableSortedDictionary<TenantId, Tenant>.Empty, ImmutableSortedDictionary<ProjectId, Project>.Empty,
        ImmutableSortedDictionary<SecretHash, AccessToken>.Empty, ImmutableSortedDictionary<AccountId, Money>.Empty,
        IdMap<Charge>.Empty);

    /// <summary>The balance of the account; an account that was never used holds nothing.</summary>
    public Money Balance(AccountId account) => Balances.GetValueOrDefault(account, Money.Zero());

    /// <summary>The tenant of the project, which exists.</summary>
    public Tenant TenantOf(ProjectId project) => Tenants[Projects[project].Tenant];

    /// <summary>Whose quota the change would break, the project's or its tenant's, and which bound of it; or nothing.</summary>
    public (string Holder, string Bound)? QuotaBroken(ProjectId project, Usage change)
    {
        var (own, tenant) = (Projects[project].Shares, TenantOf(project));
        return AccountRules.QuotaBroken(own.Quota, own.Used, change) is { } bound ? (project.Value, bound)
            : AccountRules.QuotaBroken(tenant.Shares.Quota, tenant.Shares.Used, change) is { } above ? (tenant.Id.Value, above)
            : null;
    }

    /// <summary>The only thing that changes the accounts. Events of other features pass by.</summary>
    public AccountsState Evolve(DomainEvent happened) => happened switch
    {
        TenantDeclared e => this with { Tenants = Tenants.SetItem(e.Tenant, Declare(e)) },
        ProjectDeclared e => this with { Projects = Projects.SetItem(e.Project, Declare(e)) },
        TokenIssued e => this with { Tokens = Tokens.SetItem(e.Token.Secret, e.Token) },
        TokenRevoked e => this with { Tokens = Tokens.Remove(e.Secret) },
        MoneyMoved e => this with { Balances = Move(e.Legs) },
        Charged e => this with { Charges = Charges.Set(Charges.Count + 1, e.Charge) },
        UsageChanged e => Use(e),
        OverdueTurnTaken e => this with { Projects = Projects.SetItem(e.Project, Projects[e.Project] with { OverdueTurnAt = e.At }) },
        _ => this,
    };

    private Tenant Declare(TenantDeclared e) =>
        new(e.Tenant, e.Title, Shares.Declared(Tenants.GetValueOrDefault(e.Tenant)?.Shares, e.Quota, e.Weight));

    private Project Declare(ProjectDeclared e) =>
        Projects.TryGetValue(e.Project, out var known)
            ? known with { Shares = Shares.Declared(known.Shares, e.Quota, e.Weight) }
            : new(e.Project, e.Tenant, Shares.Declared(known: null, e.Quota, e.Weight), DateTimeOffset.MinValue);

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

    private AccountsState Use(UsageChanged e)
    {
        var project = Projects[e.Project];
        var tenant = Tenants[project.Tenant];
        return this with
        {
            Projects = Projects.SetItem(e.Project, project with { Shares = project.Shares.Use(e) }),
            Tenants = Tenants.SetItem(tenant.Id, tenant with { Shares = tenant.Shares.Use(e) }),
        };
    }
}
