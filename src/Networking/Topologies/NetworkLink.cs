using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Networking.Topologies;

/// <summary>The identity of a link, unique in its topology and kept when the topology changes.</summary>
/// <param name="Value">A number that is not negative.</param>
[MemoryPackable]
public readonly partial record struct LinkId(long Value) : IComparable<LinkId>
{
    /// <inheritdoc/>
    public int CompareTo(LinkId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => "link-" + Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A named place that links begin and end at.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record NetworkPoint
{
    /// <summary>The name, unique in the topology.</summary>
    [MemoryPackOrder(0)]
    public required string Name { get; init; }

    /// <summary>Where it is on the earth, when that is known.</summary>
    [MemoryPackOrder(1)]
    public GeoPosition? Position { get; init; }
}

/// <summary>A time in which a link is out of service for work on it.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The moment at which it serves again.</param>
[MemoryPackable]
public sealed partial record MaintenanceWindow([property: CanonicalTime] DateTimeOffset From, [property: CanonicalTime] DateTimeOffset To);

/// <summary>A directed edge of the network. Two directions are two links, and several links may join the same points.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record NetworkLink
{
    /// <summary>The identity.</summary>
    [MemoryPackOrder(0)]
    public required LinkId Id { get; init; }

    /// <summary>The name of the point where it begins.</summary>
    [MemoryPackOrder(1)]
    public required string From { get; init; }

    /// <summary>The name of the point where it ends.</summary>
    [MemoryPackOrder(2)]
    public required string To { get; init; }

    /// <summary>How much it carries.</summary>
    [MemoryPackOrder(3)]
    public required Bandwidth Capacity { get; init; }

    /// <summary>The one-way delay in microseconds.</summary>
    [MemoryPackOrder(4)]
    public long LatencyMicroseconds { get; init; }

    /// <summary>The usual deviation of the delay in microseconds.</summary>
    [MemoryPackOrder(5)]
    public long JitterMicroseconds { get; init; }

    /// <summary>The share of packets lost, from 0 to 1.</summary>
    [MemoryPackOrder(6)]
    public double LossShare { get; init; }

    /// <summary>The price of sending over it, by hour of the day.</summary>
    [MemoryPackOrder(7)]
    public HourlyPrice PricePerGigabyte { get; init; } = HourlyPrice.Free;

    /// <summary>Who runs it; empty when unknown.</summary>
    [MemoryPackOrder(8)]
    public string Carrier { get; init; } = "";

    /// <summary>What it shares with other links so that they fail together: ducts, bridges, power.</summary>
    [MemoryPackOrder(9)]
    public ImmutableArray<string> RiskGroups { get; init; } = [];

    /// <summary>When it will be out of service.</summary>
    [MemoryPackOrder(10)]
    public ImmutableArray<MaintenanceWindow> Maintenance { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(NetworkLink? other) =>
        other is not null && Id == other.Id && From == other.From && To == other.To && Capacity == other.Capacity
        && LatencyMicroseconds == other.LatencyMicroseconds && JitterMicroseconds == other.JitterMicroseconds
        && LossShare.Equals(other.LossShare) && PricePerGigabyte.Equals(other.PricePerGigabyte)
        && Carrier == other.Carrier && RiskGroups.AsSpan().SequenceEqual(other.RiskGroups.AsSpan())
        && Maintenance.AsSpan().SequenceEqual(other.Maintenance.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}
