using System.Globalization;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>Values as tables show them.</summary>
internal static class Shown
{
    public static string At(DateTimeOffset? time) =>
        time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    public static string Seconds(double seconds) =>
        seconds <= 0 ? "" : Duration.Format(TimeSpan.FromSeconds(Math.Min(seconds, 1e9)));

    public static string Size(long bytes) => new DataSize(bytes).ToString();

    public static string Cores(long millicores) => Number(millicores / 1000d);

    public static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    public static string Money(decimal amount) => amount.ToString("0.00####", CultureInfo.InvariantCulture);

    public static string Flag(bool value) => value ? "yes" : "no";

    public static string Words(IEnumerable<string> words) => string.Join(",", words);
}
