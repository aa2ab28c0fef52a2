namespace Meridian.Protocol.Rest;

/// <summary>The accelerators of a seat. Milli is the thousandths of each; 1000 unless given.</summary>
public sealed record ReservedAccelerators(int Count, string? Model, string? Class, long? MemoryBytes, int? Milli);

/// <summary>
/// Asks for capacity of a pool for an interval of time: count times what one task needs, or as many whole nodes. Project
/// null is the token's own.
/// </summary>
public sealed record ReservationWish(
    string Name, string? Project, string Pool, DateTimeOffset From, DateTimeOffset To, int Count, bool? WholeNodes,
    int? CpuMillicores, long? MemoryBytes, long? DiskBytes, ReservedAccelerators? Accelerators);

/// <summary>What a reservation holds of a node, and what its jobs take of that now.</summary>
public sealed record HoldingView(
    string Node, long CpuMillicores, long MemoryBytes, long DiskBytes, long AcceleratorMilli, long UsedCpuMillicores,
    long UsedMemoryBytes, long UsedAcceleratorMilli);

/// <summary>What a reservation would cost, and where it would be.</summary>
public sealed record ReservationQuote(
    string Name, string Pool, DateTimeOffset From, DateTimeOffset To, string Price, IReadOnlyList<HoldingView> Holdings);

/// <summary>
/// Capacity held for a project. State: waiting, active, over, cancelled. Price is what all of its time costs, used or not;
/// held is what is set aside, charged what was paid.
/// </summary>
public sealed record ReservationView(
    long Id, string Name, string Project, string Pool, string State, DateTimeOffset From, DateTimeOffset To, int Count,
    bool WholeNodes, string Price, string Held, string Charged, string Owner, DateTimeOffset MadeAt, DateTimeOffset? EndedAt,
    IReadOnlyList<HoldingView> Holdings);
