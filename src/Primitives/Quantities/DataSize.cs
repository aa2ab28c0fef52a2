using MemoryPack;

namespace Meridian.Primitives;

/// <summary>An amount of data in bytes. Text form: a number and a unit, such as <c>4GiB</c> or <c>250MB</c>.</summary>
/// <param name="Bytes">The amount in bytes.</param>
[MemoryPackable]
public readonly partial record struct DataSize(long Bytes) : IComparable<DataSize>
{
    /// <summary>No data.</summary>
    public static readonly DataSize Zero;

    /// <summary>A size in binary mebibytes.</summary>
    public static DataSize FromMebibytes(double mebibytes) => new((long)(mebibytes * 1024 * 1024));

    /// <summary>A size in binary gibibytes.</summary>
    public static DataSize FromGibibytes(double gibibytes) => new((long)(gibibytes * 1024 * 1024 * 1024));

    /// <summary>The size in decimal gigabytes (10^9 bytes), the unit of transport prices.</summary>
    public decimal Gigabytes => Bytes / 1_000_000_000m;

    /// <summary>The size in binary gibibytes, the unit of memory prices.</summary>
    public decimal Gibibytes => Bytes / 1_073_741_824m;

    /// <summary>Sum.</summary>
    public static DataSize operator +(DataSize left, DataSize right) => new(checked(left.Bytes + right.Bytes));

    /// <summary>Difference.</summary>
    public static DataSize operator -(DataSize left, DataSize right) => new(checked(left.Bytes - right.Bytes));

    /// <summary>Multiple.</summary>
    public static DataSize operator *(DataSize size, long count) => new(checked(size.Bytes * count));

    /// <summary>The time that the data takes at the rate; <see cref="TimeSpan.MaxValue"/> at rate zero.</summary>
    public static TimeSpan operator /(DataSize size, Bandwidth rate) =>
        size.Bytes == 0 ? TimeSpan.Zero
        : rate.BitsPerSecond <= 0 ? TimeSpan.MaxValue
        : TimeSpan.FromSeconds(Math.Min(size.Bytes * 8d / rate.BitsPerSecond, 1e11));

    /// <summary>Whether left is smaller.</summary>
    public static bool operator <(DataSize left, DataSize right) => left.Bytes < right.Bytes;

    /// <summary>Whether left is larger.</summary>
    public static bool operator >(DataSize left, DataSize right) => left.Bytes > right.Bytes;

    /// <summary>Whether left is not larger.</summary>
    public static bool operator <=(DataSize left, DataSize right) => left.Bytes <= right.Bytes;

    /// <summary>Whether left is not smaller.</summary>
    public static bool operator >=(DataSize left, DataSize right) => left.Bytes >= right.Bytes;

    /// <inheritdoc/>
    public int CompareTo(DataSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>Reads a size such as <c>512MiB</c>, <c>10GB</c> or <c>4096</c> (bytes).</summary>
    public static bool TryParse(string? text, out DataSize size)
    {
        size = Zero;
        if (!UnitText.TrySplit(text, out var number, out var unit))
            return false;

        decimal factor = unit switch
        {
            "" or "B" => 1,
            "KB" or "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            "PB" => 1_000_000_000_000_000,
            "KiB" or "Ki" => 1L << 10,
            "MiB" or "Mi" => 1L << 20,
            "GiB" or "Gi" => 1L << 30,
            "TiB" or "Ti" => 1L << 40,
            "PiB" or "Pi" => 1L << 50,
            _ => 0,
        };
        if (factor == 0 || number < 0 || number > long.MaxValue / factor)
            return false;

        size = new((long)(number * factor));
        return true;
    }

    /// <summary>The text form, in the largest binary unit that keeps it at one or more.</summary>
    public override string ToString() => Bytes switch
    {
        >= 1L << 40 => UnitText.Format(Bytes / (double)(1L << 40), "TiB"),
        >= 1L << 30 => UnitText.Format(Bytes / (double)(1L << 30), "GiB"),
        >= 1L << 20 => UnitText.Format(Bytes / (double)(1L << 20), "MiB"),
        >= 1L << 10 => UnitText.Format(Bytes / (double)(1L << 10), "KiB"),
        _ => UnitText.Format(Bytes, "B"),
    };
}
