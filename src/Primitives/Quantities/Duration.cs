using System.Globalization;

namespace Meridian.Primitives;

/// <summary>The text form of a <see cref="TimeSpan"/> in job files and on the command line.</summary>
public static class Duration
{
    /// <summary>Reads a duration such as <c>90s</c>, <c>15m</c>, <c>1h30m</c>, <c>2d</c> or <c>250ms</c>.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40)
            return false;

        var rest = text.AsSpan().Trim();
        var total = 0m;
        while (rest.Length > 0)
        {
            if (!TryTakePart(ref rest, out var ticks))
                return false;
            total += ticks;
        }

        if (total > TimeSpan.FromDays(36_500).Ticks)
            return false;
        duration = new TimeSpan((long)total);
        return true;
    }

    /// <summary>Writes a duration with its two largest units, such as <c>1h30m</c> or <c>4.2s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Format(duration.Negate());
        if (duration.TotalSeconds < 1)
            return duration.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture) + "ms";
        if (duration.TotalMinutes < 1)
            return duration.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + "s";
        if (duration.TotalHours < 1)
            return Two(duration.Minutes, "m", duration.Seconds, "s");
        return duration.TotalDays < 1
            ? Two(duration.Hours, "h", duration.Minutes, "m")
            : Two((int)duration.TotalDays, "d", duration.Hours, "h");
    }

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";

    private static bool TryTakePart(ref ReadOnlySpan<char> rest, out decimal ticks)
    {
        ticks = 0;
        var digits = 0;
        while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
            digits++;
        var letters = digits;
        while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
            letters++;

        if (digits > 12
            || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        long unit = rest[digits..letters] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" or "min" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => 0,
        };
        ticks = number * unit;
        rest = rest[letters..].TrimStart();
        return unit != 0;
    }
}
