using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Bounds of a quota as people write and read them: <c>cpu=16 memory=64GiB accelerators=8 bandwidth=1Gbps bandwidth@22-06=2Gbps tasks=100 waiting=1000</c>.</summary>
internal static class QuotaText
{
    private const string Unbounded = "none";

    // The hours are of UTC, as those of prices are.
    private const string HoursKey = "bandwidth@";

    /// <summary>No bound.</summary>
    public static readonly QuotaView None = new(
        CpuMillicores: null, MemoryBytes: null, Accelerators: null, Tasks: null, WaitingTasks: null);

    /// <summary>What a new tenant is given.</summary>
    public static readonly QuotaView OfNewTenant = None with { WaitingTasks = 1_000_000 };

    /// <summary>The quota with the changes; nothing where there are none.</summary>
    public static QuotaView? Change(Session session, QuotaView now, string[]? changes)
    {
        if (changes is not { Length: > 0 })
            return null;
        foreach (var change in changes.SelectMany(c => c.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries)))
        {
            now = change.Split('=', 2) is [var key, { Length: > 0 } text] && With(now, key, text) is { } next
                ? next
                : throw new CommandException(
                    ExitCode.Usage, Texts.BadQuantity, change, Texts.ColumnQuota.In(session.Language), "cpu=16, memory=64GiB, tasks=none");
        }

        return now;
    }

    /// <summary>The bounds that there are.</summary>
    public static string Show(QuotaView quota)
    {
        IEnumerable<(string Key, string? Text)> bounds =
        [
            ("cpu", quota.CpuMillicores is { } milli ? Shown.Cores(milli) : null),
            ("memory", quota.MemoryBytes is { } bytes ? Shown.Size(bytes) : null),
            ("accelerators", quota.Accelerators?.ToString(CultureInfo.InvariantCulture)),
            ("bandwidth", quota.BitsPerSecond is { } rate ? new Bandwidth(rate).ToString() : null),
            .. (quota.BandwidthHours ?? []).Select(s => ((string, string?))(OfHours(s.FromHour, s.ToHour), new Bandwidth(s.BitsPerSecond).ToString())),
            ("tasks", quota.Tasks?.ToString(CultureInfo.InvariantCulture)),
            ("waiting", quota.WaitingTasks?.ToString(CultureInfo.InvariantCulture)),
        ];
        return string.Join(' ', bounds.Where(b => b.Text is not null).Select(b => $"{b.Key}={b.Text}"));
    }

    private static QuotaView? With(QuotaView now, string key, string text)
    {
        var isUnbounded = string.Equals(text, Unbounded, StringComparison.Ordinal);
        if (string.Equals(key, "memory", StringComparison.Ordinal))
            return isUnbounded ? now with { MemoryBytes = null }
                : DataSize.TryParse(text, out var size) ? now with { MemoryBytes = size.Bytes } : null;
        if (string.Equals(key, "bandwidth", StringComparison.Ordinal))
            return isUnbounded ? now with { BitsPerSecond = null }
                : Bandwidth.TryParse(text, out var rate) ? now with { BitsPerSecond = rate.BitsPerSecond } : null;
        if (key.StartsWith(HoursKey, StringComparison.Ordinal))
            return Hours(now, key, isUnbounded ? null : text);
        decimal? number = null;
        if (!isUnbounded)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var read)
                || read > 1_000_000_000m)
                return null;
            number = read;
        }

        return key switch
        {
            "cpu" => now with { CpuMillicores = (long?)(number * 1000) },
            "accelerators" => now with { Accelerators = (int?)number },
            "tasks" => now with { Tasks = (int?)number },
            "waiting" => now with { WaitingTasks = (long?)number },
            _ => null,
        };
    }

    private static string OfHours(int from, int to) => string.Create(CultureInfo.InvariantCulture, $"{HoursKey}{from:00}-{to:00}");

    /// <summary>The quota with another bandwidth in the hours, or with the usual one where there is no text.</summary>
    private static QuotaView? Hours(QuotaView now, string key, string? text)
    {
        if (key[HoursKey.Length..].Split('-') is not [var first, var last]
            || !int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to))
            return null;
        var others = (now.BandwidthHours ?? []).Where(s => s.FromHour != from || s.ToHour != to);
        if (text is null)
            return now with { BandwidthHours = [.. others] };
        return Bandwidth.TryParse(text, out var rate)
            ? now with { BandwidthHours = [.. others, new(from, to, rate.BitsPerSecond)] } : null;
    }
}
