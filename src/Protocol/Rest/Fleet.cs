namespace Meridian.Protocol.Rest;

public sealed record SiteView(
    string Id, string Name, string Provider, string Tier, string Region, string Sovereignty, double Latitude,
    double Longitude, double Pue, IReadOnlyList<double> CarbonGramsPerKwhByHour, IReadOnlyList<double> PowerPricePerKwhByHour,
    IReadOnlyList<PoolView> Pools, Usage Used, Usage Total, bool IsConnected);

/// <summary>What declares or changes a site. Hour lists have 24 entries (UTC) or one for all hours.</summary>
public sealed record SiteDeclaration(
    string Name, string Provider, string Tier, string Region, string Sovereignty, double Latitude, double Longitude,
    double Pue, IReadOnlyList<double> CarbonGramsPerKwhByHour, IReadOnlyList<double> PowerPricePerKwhByHour);

public sealed record PoolView(
    string Id, string Site, string Driver, PriceList Prices, double Speed, double WattsPerCore, bool IsDraining,
    IReadOnlyList<NodeView> Nodes, Usage Used, Usage Total);

public sealed record PoolDeclaration(string Driver, PriceList Prices, double Speed, double WattsPerCore, bool IsDraining);

/// <summary>Prices in the domain's currency.</summary>
public sealed record PriceList(decimal CpuCoreHour, decimal MemoryGibHour, IReadOnlyDictionary<string, decimal> AcceleratorHour);

public sealed record NodeView(
    string Id, string AgentId, string State, Usage Used, Usage Total, double LoadShare, bool CanSandbox, string IsolationNote,
    DateTimeOffset LastSeen, string OperatingSystem, string NetworkSwitch);

public sealed record Usage(long CpuMillicores, long MemoryBytes, long DiskBytes, int Accelerators);

public sealed record LinkView(
    string Id, string From, string To, long BitsPerSecond, long LatencyMicroseconds, decimal PricePerGigabyte,
    long ReservedBitsPerSecond, MeasuredView? Measured, bool IsFresh, IReadOnlyList<decimal>? PricesByHour = null,
    IReadOnlyList<MaintenanceTime>? Maintenance = null);

public sealed record LinkDeclaration(
    string From, string To, long BitsPerSecond, long LatencyMicroseconds, decimal PricePerGigabyte, bool BothWays,
    IReadOnlyList<decimal>? PricesByHour = null, IReadOnlyList<MaintenanceTime>? Maintenance = null);

/// <summary>A time in which a link is out of service: from the first moment to that at which it serves again.</summary>
public sealed record MaintenanceTime(DateTimeOffset From, DateTimeOffset To);

/// <summary>For the workload, one accelerator of Instead counts as so many of Model.</summary>
public sealed record EquivalenceView(string Workload, string Model, string Instead, decimal Factor);

public sealed record EquivalenceDeclaration(decimal Factor);

public sealed record JoinTokenRequest(int LifetimeMinutes);

public sealed record JoinToken(string Token, string Site, DateTimeOffset ExpiresAt, string Command);

public sealed record AgentView(string Id, string Site, string Pool, string Node, string State, DateTimeOffset EnrolledAt);
