using System.Collections.Immutable;
using MemoryPack;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Routing;

/// <summary>What a path should have little of.</summary>
public enum PathMetric
{
    /// <summary>The sum of the latencies.</summary>
    Latency,

    /// <summary>The sum of the prices per gigabyte at the hour of the query.</summary>
    Price,

    /// <summary>The number of links.</summary>
    Hops,
}

/// <summary>Which paths are asked for.</summary>
public sealed record PathQuery
{
    /// <summary>The index of the point where paths begin.</summary>
    public required int From { get; init; }

    /// <summary>The index of the point where paths end.</summary>
    public required int To { get; init; }

    /// <summary>What is to be least; latency by default.</summary>
    public PathMetric Metric { get; init; } = PathMetric.Latency;

    /// <summary>The least capacity of every link; none by default.</summary>
    public Bandwidth BandwidthMin { get; init; }

    /// <summary>The largest sum of latencies in microseconds; unbounded by default.</summary>
    public long LatencyMicrosecondsMax { get; init; } = long.MaxValue;

    /// <summary>The hour of the UTC day whose prices count, from 0 to 23; 0 by default.</summary>
    public int HourOfDay { get; init; }

    /// <summary>Whether a link, by index, may be used; every link by default.</summary>
    public Func<int, bool>? Allows { get; init; }
}

/// <summary>A chain of links without a point visited twice.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record NetworkPath
{
    /// <summary>The identities of the links, in order.</summary>
    [MemoryPackOrder(0)]
    public required ImmutableArray<LinkId> Links { get; init; }

    /// <summary>The sum of the latencies in microseconds.</summary>
    [MemoryPackOrder(1)]
    public required long LatencyMicroseconds { get; init; }

    /// <summary>The sum of the prices per gigabyte at the hour of the query, in billionths of the currency's unit.</summary>
    [MemoryPackOrder(2)]
    public required long PricePerGigabyteNanos { get; init; }

    /// <summary>The least capacity among the links.</summary>
    [MemoryPackOrder(3)]
    public required Bandwidth Capacity { get; init; }

    /// <inheritdoc/>
    public bool Equals(NetworkPath? other) =>
        other is not null && Links.AsSpan().SequenceEqual(other.Links.AsSpan())
        && LatencyMicroseconds == other.LatencyMicroseconds && PricePerGigabyteNanos == other.PricePerGigabyteNanos
        && Capacity == other.Capacity;

    /// <inheritdoc/>
    public override int GetHashCode() => LatencyMicroseconds.GetHashCode() ^ Links.Length;
}
