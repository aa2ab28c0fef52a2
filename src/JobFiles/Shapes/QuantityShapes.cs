using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Primitives;

namespace Meridian.JobFiles;

/// <summary>Numbers and quantities with units. A quantity without its unit is a fault: nobody should have to guess.</summary>
internal static class QuantityShapes
{
    /// <summary>Longer than any job or target.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromDays(3650);

    /// <summary>A whole number within bounds, written without quotes.</summary>
    public static ScalarShape<int> Whole(int minimum, int maximum) => new(
        new("a whole number", "整数"),
        new($"Write a number from {minimum} to {maximum}", $"请填写 {minimum} 到 {maximum} 的整数"),
        () => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum },
        scalar => ParseWhole(scalar, minimum, maximum));

    /// <summary>true or false.</summary>
    public static ScalarShape<bool> Flag { get; } = new(
        new("true or false", "true 或 false"),
        new("Write true or false", "请填写 true 或 false"),
        () => new() { ["type"] = "boolean" },
        scalar => (scalar.IsPlain, scalar.Text) switch
        {
            (true, "true" or "True" or "TRUE") => true,
            (true, "false" or "False" or "FALSE") => false,
            _ => Parsed<bool>.Refused(
                new($"Expected true or false, found '{scalar.Shown}'", $"应为 true 或 false，实际为“{scalar.Shown}”"),
                new("Write true or false, without quotes", "请填写 true 或 false，不加引号")),
        });

    /// <summary>An amount of data with its unit.</summary>
    public static ScalarShape<DataSize> Size { get; } = new(
        new("a size", "数据量"),
        new("Write a number and a unit, such as 512MiB", "请填写数字和单位，例如 512MiB"),
        () => TextShapes.Pattern("^[0-9]+(\\.[0-9]+)? ?(B|[kK]B|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB|Ki|Mi|Gi|Ti|Pi)$"),
        scalar =>
        {
            var hasUnit = scalar.Text.Any(char.IsAsciiLetter);
            return hasUnit && DataSize.TryParse(scalar.Text, out var size) && size > DataSize.Zero
                ? size
                : WrongUnit<DataSize>(scalar, "size", "数据量", "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB", "512MiB");
        });

    /// <summary>A span of time with its unit.</summary>
    public static ScalarShape<TimeSpan> Time { get; } = new(
        new("a duration", "时长"),
        new("Write a number and a unit, such as 30m", "请填写数字和单位，例如 30m"),
        () => TextShapes.Pattern("^([0-9]+(\\.[0-9]+)? ?(ms|s|m|min|h|d) ?)+$"),
        ParseTime);

    /// <summary>Cores as <c>0.5</c>, <c>2</c> or <c>500m</c>, in thousandths.</summary>
    public static ScalarShape<int> Cpu { get; } = new(
        new("a number of cores", "核数"),
        new("Write cores, such as 2, 0.5 or 500m", "请填写核数，例如 2、0.5 或 500m"),
        () => new()
        {
            ["oneOf"] = new JsonArray(
                new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0, ["maximum"] = 100_000 },
                TextShapes.Pattern("^([0-9]+m|[0-9]+(\\.[0-9]{1,3})?)$")),
        },
        scalar => ParseMilli(scalar, milliMax: 100_000_000, acceptsMilli: true));

    /// <summary>A share of one accelerator, in thousandths.</summary>
    public static ScalarShape<int> Fraction { get; } = new(
        new("a share", "份额"),
        new("Write a share of one accelerator, such as 0.5", "请填写单个加速器的份额，例如 0.5"),
        () => new() { ["type"] = "number", ["exclusiveMinimum"] = 0, ["maximum"] = 1 },
        scalar => ParseMilli(scalar, milliMax: 1000, acceptsMilli: false));

    /// <summary>An amount of money with its currency.</summary>
    public static ScalarShape<Money> Money { get; } = new(
        new("an amount of money", "金额"),
        new("Write an amount and a currency, such as 5 CNY", "请填写金额和币种，例如 5 CNY"),
        () => TextShapes.Pattern("^[0-9]+(\\.[0-9]+)? ?[A-Z]{3}$"),
        scalar => scalar.Text.Any(char.IsAsciiLetter) && Primitives.Money.TryParse(scalar.Text, out var money)
            && money.Amount > 0
            ? money
            : WrongUnit<Money>(scalar, "amount of money", "金额", "CNY, USD, EUR", "5 CNY"));

    /// <summary>A deadline: a time from submission, or a point in time with its offset.</summary>
    public static ScalarShape<Deadline> Deadline { get; } = Moment("a deadline", "截止时间");

    /// <summary>A start: a time from submission, or a point in time with its offset.</summary>
    public static ScalarShape<Deadline> Start { get; } = Moment("a time to start", "开始时间");

    /// <summary>A TCP port, or <c>auto</c> (zero).</summary>
    public static ScalarShape<int> Port { get; } = new(
        new("a port", "端口"),
        new("Write auto, or a number from 1 to 65535", "请填写 auto，或 1 到 65535 的整数"),
        () => new()
        {
            ["oneOf"] = new JsonArray(
                new JsonObject { ["const"] = "auto" },
                new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 65535 }),
        },
        scalar => string.Equals(scalar.Text, "auto", StringComparison.Ordinal) ? 0 : ParseWhole(scalar, 1, 65535));

    private static ScalarShape<Deadline> Moment(string what, string whatChinese) => new(
        new(what, whatChinese),
        new("Write a duration such as 30m, or a time such as 2026-03-01T18:00:00+08:00",
            "请填写时长（如 30m），或带时区的时间（如 2026-03-01T18:00:00+08:00）"),
        () => new() { ["type"] = "string", ["minLength"] = 2, ["maxLength"] = 40 },
        scalar => ParseMoment(scalar, what, whatChinese));

    private static Parsed<int> ParseWhole(ScalarNode scalar, int minimum, int maximum)
    {
        var range = new Words($"Write a number from {minimum} to {maximum}", $"请填写 {minimum} 到 {maximum} 的整数");
        var digits = scalar.Text.AsSpan().TrimStart('-');
        if (!scalar.IsPlain || digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9'))
            return Parsed<int>.Refused(
                new($"Expected a whole number, found '{scalar.Shown}'", $"应为整数，实际为“{scalar.Shown}”"),
                scalar.IsPlain ? range : new($"{range.English}, without quotes", $"{range.Chinese}，不加引号"));
        return int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum
            ? number
            : Parsed<int>.Refused(
                new($"{scalar.Shown} is out of range", $"{scalar.Shown} 超出范围"), range);
    }

    private static Parsed<TimeSpan> ParseTime(ScalarNode scalar)
    {
        if (!Duration.TryParse(scalar.Text, out var time))
            return WrongUnit<TimeSpan>(scalar, "duration", "时长", "ms, s, m, h, d", "1h30m");
        return time > TimeSpan.Zero && time <= TimeMax
            ? time
            : Parsed<TimeSpan>.Refused(
                new($"The duration {scalar.Shown} is out of range", $"时长 {scalar.Shown} 超出范围"),
                new("Write more than zero and at most 3650d", "请填写大于零且不超过 3650d 的时长"));
    }

    private static Parsed<int> ParseMilli(ScalarNode scalar, int milliMax, bool acceptsMilli)
    {
        var isMilli = acceptsMilli && scalar.Text.EndsWith('m');
        var digits = isMilli ? scalar.Text.AsSpan(0, scalar.Text.Length - 1) : scalar.Text;
        var unit = acceptsMilli ? ("number of cores", "核数", "500m") : ("share", "份额", "0.5");
        if (scalar.Text.Length > 20 || !decimal.TryParse(
                digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return Parsed<int>.Refused(
                new($"'{scalar.Shown}' is not a {unit.Item1}", $"“{scalar.Shown}”不是有效的{unit.Item2}"),
                new($"Write a plain number, such as {unit.Item3}", $"请填写数字，例如 {unit.Item3}"));

        var milli = isMilli ? number : number * 1000;
        if (milli < 1 || milli > milliMax || milli != decimal.Truncate(milli))
            return Parsed<int>.Refused(
                new($"{scalar.Shown} is not possible", $"{scalar.Shown} 不可能满足"),
                new($"Write at least 0.001 and at most {milliMax / 1000}, in steps of 0.001",
                    $"请填写 0.001 到 {milliMax / 1000} 之间的数，步长 0.001"));
        return (int)milli;
    }

    private static Parsed<Deadline> ParseMoment(ScalarNode scalar, string what, string whatChinese)
    {
        var text = scalar.Text;
        if (Duration.TryParse(text, out _))
        {
            var after = ParseTime(scalar);
            return after.Fault is null
                ? new Deadline(after.Value, At: null)
                : Parsed<Deadline>.Refused(after.Fault, after.Hint!);
        }

        var hasOffset = text.Length > 10
            && (text.EndsWith('Z') || text.AsSpan(10).IndexOfAny('+', '-') >= 0);
        if (text.Length is > 10 and <= 40 && hasOffset && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            return new Deadline(After: null, at);
        return Parsed<Deadline>.Refused(
            new($"'{scalar.Shown}' is not {what}", $"“{scalar.Shown}”不是有效的{whatChinese}"),
            new("Write a duration such as 30m, or a time with its offset such as 2026-03-01T18:00:00+08:00",
                "请填写时长（如 30m），或带时区偏移的时间（如 2026-03-01T18:00:00+08:00）"));
    }

    private static Parsed<T> WrongUnit<T>(ScalarNode scalar, string what, string whatChinese, string units, string example) =>
        Parsed<T>.Refused(
            new($"'{scalar.Shown}' is not a {what}".Replace(" a amount", " an amount", StringComparison.Ordinal),
                $"“{scalar.Shown}”不是有效的{whatChinese}"),
            new($"Write a number above zero and a unit ({units}), such as {example}",
                $"请填写大于零的数字和单位（{units}），例如 {example}"));
}

/// <summary>A deadline or a start in one of its two forms.</summary>
internal sealed record Deadline(TimeSpan? After, DateTimeOffset? At);
