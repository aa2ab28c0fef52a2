namespace Meridian.Protocol.Rest;

public sealed record TenantView(string Id, string Name, string Available, string Held, string Spent, QuotaView Quota, IReadOnlyList<string> Projects);

public sealed record TenantDeclaration(string Name, QuotaView? Quota, IReadOnlyList<string>? Projects);

/// <summary>Bounds on what runs at once and is kept; null is no bound.</summary>
public sealed record QuotaView(long? CpuMillicores, long? MemoryBytes, int? Accelerators, int? Tasks, long? WaitingTasks);

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
