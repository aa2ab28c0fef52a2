using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Networking.Calendar;

/// <summary>What one link can carry and what of it is taken at every moment.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record LinkCalendar
{
    /// <summary>What the link can carry when nothing is blocked.</summary>
    [MemoryPackOrder(0)]
    public required Bandwidth Capacity { get; init; }

    /// <summary>What bookings and blocked windows take.</summary>
    [MemoryPackOrder(1)]
    public Timeline Taken { get; init; } = Timeline.Empty;

    /// <summary>How much is free throughout the interval.</summary>
    public Bandwidth FreeIn(DateTimeOffset from, DateTimeOffset to) =>
        new(Math.Max(0, Capacity.BitsPerSecond - Taken.MaxIn(from, to)));
}
