using MemoryPack;

namespace Meridian.Primitives;

/// <summary>A rate of data in bits per second. Text form: a number and a unit, such as <c>100Mbps</c>.</summary>
/// <param name="BitsPerSecond">The rate in bits per second.</param>
[MemoryPackable]
public readonly partial record struct Bandwidth(long BitsPerSecond) : IComparable<Bandwidth>
{
    /// <summary>No bandwidth.</summary>
    public static readonly Bandwidth Zero;

    /// <summary>A rate in megabits per second.</summary>
    public static Bandwidth FromMbps(double megabits) => new((long)(megabits * 1_000_000));

    /// <summary>The rate in bytes per second.</summary>
    public double BytesPerSecond => BitsPerSecond / 8d;

    /// <summary>Sum.</summary>
    public static Bandwidth operator +(Bandwidth left, Bandwidth right) =>
        new(checked(left.BitsPerSecond + right.BitsPerSecond));

    /// <summary>Difference.</summary>
    public static Bandwidth operator -(Bandwidth left, Bandwidth right) =>
        new(checked(left.BitsPerSecond - right.BitsPerSecond));

    /// <summary>Whether left is smaller.</summary>
    public static bool operator <(Bandwidth left, Bandwidth right) => left.BitsPerSecond < right.BitsPerSecond;

    /// <summary>Whether left is larger.</summary>
    public static bool operator >(Bandwidth left, Bandwidth right) => left.BitsPerSecond > right.BitsPerSecond;

    /// <summary>Whether left is not larger.</summary>
    public static bool operator <=(Bandwidth left, Bandwidth right) => left.BitsPerSecond <= right.BitsPerSecond;

    /// <summary>Whether left is not smaller.</summary>
    public static bool operator >=(Bandwidth left, Bandwidth right) => left.BitsPerSecond >= right.BitsPerSecond;

    /// <inheritdoc/>
    public int CompareTo(Bandwidth other) => BitsPerSecond.CompareTo(other.BitsPerSecond);

    /// <summary>Reads a rate such as <c>10Gbps</c>, <c>100Mbps</c>, <c>64kbps</c> or <c>900bps</c>.</summary>
    public static bool TryParse(string? text, out Bandwidth rate)
    {
        rate = Zero;
        if (!UnitText.TrySplit(text, out var number, out var unit))
            return false;

        decimal factor = unit switch
        {
            "bps" => 1,
            "kbps" or "Kbps" => 1_000,
            "Mbps" => 1_000_000,
            "Gbps" => 1_000_000_000,
            "Tbps" => 1_000_000_000_000,
            _ => 0,
        };
        if (factor == 0 || number < 0 || number > long.MaxValue / factor)
            return false;

        rate = new((long)(number * factor));
        return true;
    }

    /// <summary>The text form, in the largest unit that keeps it at one or more.</summary>
    public override string ToString() => BitsPerSecond switch
    {
        >= 1_000_000_000_000 => UnitText.Format(BitsPerSecond / 1e12, "Tbps"),
        >= 1_000_000_000 => UnitText.Format(BitsPerSecond / 1e9, "Gbps"),
        >= 1_000_000 => UnitText.Format(BitsPerSecond / 1e6, "Mbps"),
        >= 1_000 => UnitText.Format(BitsPerSecond / 1e3, "kbps"),
        _ => UnitText.Format(BitsPerSecond, "bps"),
    };
}
