namespace Meridian.Protocol.Rest;

/// <summary>Weight: what it is entitled to against the other tenants. Used: what its tasks hold now.</summary>
public sealed record TenantView(
    string Id, string Name, string Available, string Held, string Spent, QuotaView Quota, IReadOnlyList<string> Projects, int Weight, Holding Used);

/// <summary>What is null stays as it is. Weights are from 1 to 10,000, and 100 where none was ever given.</summary>
public sealed record TenantDeclaration(string? Name, QuotaView? Quota, IReadOnlyList<string>? Projects, int? Weight = null);

/// <summary>A part of a tenant. Weight: what it is entitled to against the tenant's other projects.</summary>
public sealed record ProjectView(string Id, string Tenant, int Weight, QuotaView Quota, Holding Used);

/// <summary>What is null stays as it is.</summary>
public sealed record ProjectDeclaration(QuotaView? Quota, int? Weight);

/// <summary>Bounds on what runs at once and is kept; null is no bound.</summary>
public sealed record QuotaView(long? CpuMillicores, long? MemoryBytes, int? Accelerators, int? Tasks, long? WaitingTasks, long? BitsPerSecond = null, IReadOnlyList<BandwidthHoursView>? BandwidthHours = null);

/// <summary>The bandwidth of a tenant in some hours of every day (UTC), in place of its usual one.</summary>
public readonly record struct BandwidthHoursView(int FromHour, int ToHour, long BitsPerSecond);

/// <summary>What running tasks hold.</summary>
public sealed record Holding(long CpuMillicores, long MemoryBytes, double Accelerators, long Tasks);

public sealed record Grant(decimal Amount, string Currency, string Reason);

/// <summary>Roles: operator (everything), provider (own sites), member (jobs and data of the tenant), viewer (reads).</summary>
public sealed record TokenRequest(string Name, string Tenant, string Project, string Role, int? LifetimeDays);

public sealed record TokenView(string Id, string Name, string Tenant, string Project, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>The secret is shown once.</summary>
public sealed record TokenCreated(TokenView Token, string Secret);

public sealed record Identity(string Name, string Tenant, string Project, string Role, string Domain, string Version);

/// <summary>Kind: compute, transfer. Payee: a provider or carrier.</summary>
public sealed record BillLine(DateTimeOffset At, long Job, string JobName, string Project, string Kind, string Payee, string Amount, string Text);

public sealed record Bill(string Tenant, string Available, string Held, string Spent, IReadOnlyList<BillLine> Lines, string? NextCursor);

public sealed record LedgerAccount(string Account, string Balance);

/// <summary>A page of the ledger, and the sum of all its accounts, which is zero in every currency.</summary>
public sealed record Ledger(IReadOnlyList<LedgerAccount> Items, string? NextCursor, string Sum);
