using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Network;

/// <summary>Data going from one site to another.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
[MemoryPackable]
public readonly partial record struct SitePair(SiteId From, SiteId To) : IComparable<SitePair>
{
    /// <inheritdoc/>
    public int CompareTo(SitePair other) => From != other.From ? From.CompareTo(other.From) : To.CompareTo(other.To);

    /// <inheritdoc/>
    public override string ToString() => $"{From}>{To}";
}

/// <summary>What the agents measured between two sites, at one moment.</summary>
/// <param name="At">When.</param>
/// <param name="LatencyMicroseconds">One way: half of the smoothed round trip.</param>
/// <param name="JitterMicroseconds">The usual difference between exchanges that follow each other.</param>
/// <param name="LossPerMillion">The packets lost of a million.</param>
/// <param name="Rate">The greatest rate seen in the hour before; zero when none was.</param>
[MemoryPackable]
public sealed partial record MeasuredPoint(
    [property: CanonicalTime] DateTimeOffset At, long LatencyMicroseconds, long JitterMicroseconds, int LossPerMillion, Bandwidth Rate);

/// <summary>What is known by measurement between two sites.</summary>
/// <param name="Pair">The sites.</param>
/// <param name="IsFresh">Whether it is young enough to be believed before the declaration.</param>
/// <param name="History">The measurements that were kept, the newest last; at least one.</param>
[MemoryPackable]
public sealed partial record PathMeasurement(SitePair Pair, bool IsFresh, ImmutableArray<MeasuredPoint> History)
{
    /// <summary>The newest measurement.</summary>
    [MemoryPackIgnore]
    public MeasuredPoint Latest => History[^1];

    internal PathMeasurement With(MeasuredPoint point) =>
        this with { IsFresh = true, History = [.. History.Skip(History.Length + 1 - MeasurementRules.HistoryCountMax), point] };
}

/// <summary>A path was measured, and the measurement is news.</summary>
[MemoryPackable]
public sealed partial record PathMeasured(SitePair Pair, MeasuredPoint Point) : DomainEvent;

/// <summary>A path has not been measured for so long that the declaration counts again.</summary>
[MemoryPackable]
public sealed partial record PathMeasurementLapsed(SitePair Pair) : DomainEvent;

/// <summary>Tells what was measured between two sites.</summary>
[MemoryPackable]
public sealed partial record RecordMeasurement(SitePair Pair, MeasuredPoint Point) : DomainCommand;

/// <summary>Which measurements are kept, and for how long they are believed.</summary>
public static class MeasurementRules
{
    /// <summary>How many measurements of a path are kept: six hours of a path that does not change.</summary>
    public const int HistoryCountMax = 36;

    /// <summary>A path that does not change is told anew after this time.</summary>
    public static readonly TimeSpan RepeatEvery = TimeSpan.FromMinutes(10);

    /// <summary>A path that changes is told at most this often.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long a measurement counts before the declaration.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(30);

    private const long LatencyMicrosecondsMax = 3_600_000_000;
    private const long LatencyStepMin = 100;
    private const int LossStep = 10_000;
    private const int Million = 1_000_000;

    /// <summary>Whether a measurement says enough that is new: it moved by a tenth, or the last one has grown old.</summary>
    public static bool IsNews(NetworkState state, SitePair pair, MeasuredPoint told)
    {
        if (!state.Measured.TryGetValue(pair, out var known) || !known.IsFresh)
            return true;
        var (last, age) = (known.Latest, told.At - known.Latest.At);
        return age >= RepeatEvery || (age >= TellEvery && Moved(last, told));
    }

    /// <summary>Decides on a measurement.</summary>
    internal static Decision Decide(NetworkState state, Func<SiteId, bool> isSite, RecordMeasurement command, DateTimeOffset now)
    {
        // The writer's clock may lag a little behind the one that the agents' news was stamped by.
        var (pair, point) = (command.Pair, command.Point.At > now ? command.Point with { At = now } : command.Point);
        if (pair.From == pair.To || !isSite(pair.From) || !isSite(pair.To))
            return Decision.Refuse("bad-measurement", pair);
        if (point.LatencyMicroseconds is < 0 or > LatencyMicrosecondsMax || point.JitterMicroseconds is < 0 or > LatencyMicrosecondsMax
            || point.LossPerMillion is < 0 or > Million || point.Rate < Bandwidth.Zero)
            return Decision.Refuse("bad-measurement", pair);
        return now - point.At < FreshFor && IsNews(state, pair, point) ? Decision.Of(new PathMeasured(pair, point)) : Decision.Nothing;
    }

    /// <summary>The measurements that have grown too old to be believed.</summary>
    internal static IEnumerable<DomainEvent> Lapsed(NetworkState state, DateTimeOffset now) =>
        state.Measured.Values.Where(m => m.IsFresh && now - m.Latest.At >= FreshFor).Select(m => new PathMeasurementLapsed(m.Pair));

    private static bool Moved(MeasuredPoint last, MeasuredPoint told) =>
        Math.Abs(told.LatencyMicroseconds - last.LatencyMicroseconds) > Math.Max(LatencyStepMin, last.LatencyMicroseconds / 10)
        || Math.Abs(told.LossPerMillion - last.LossPerMillion) >= LossStep
        || Math.Abs(told.Rate.BitsPerSecond - last.Rate.BitsPerSecond) > last.Rate.BitsPerSecond / 4;
}
