using MemoryPack;

namespace Meridian.Domain.Accounts;

/// <summary>The bandwidth of a tenant in some hours of every day (UTC), in place of its usual one.</summary>
/// <param name="FromHour">The first hour, from 0 to 23.</param>
/// <param name="ToHour">The hour at whose beginning they end, from 0 to 24; up to the first hour, it is that of the next day.</param>
/// <param name="BitsPerSecond">What the tenant's transfers hold at most together.</param>
[MemoryPackable]
public readonly partial record struct BandwidthHours(int FromHour, int ToHour, long BitsPerSecond)
{
    /// <summary>The most spans that a quota has.</summary>
    public const int CountMax = 24;

    /// <summary>Whether it can be.</summary>
    public bool IsValid => FromHour is >= 0 and <= 23 && ToHour is >= 0 and <= 24 && FromHour != ToHour && BitsPerSecond >= 0;

    /// <summary>Whether the hour of the day is one of them.</summary>
    public bool Covers(int hour) => FromHour < ToHour ? hour >= FromHour && hour < ToHour : hour >= FromHour || hour < ToHour;
}
