using System.Globalization;
using System.Text.RegularExpressions;
using Meridian.Networking.Topologies;

namespace Meridian.Networking.Formats;

/// <summary>How identities, prices and maintenance windows of links stand in texts.</summary>
internal static partial class LinkTexts
{
    private const string Moment = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";
    /// <summary>How a window is written.</summary>
    internal const string WindowExample = "2026-01-31T22:00:00Z/2026-02-01T02:00:00Z";

    private const decimal AmountMax = 1e12m;

    /// <summary>Whether the text is the identity of a link as it is written.</summary>
    internal static bool TryId(string text, out LinkId id)
    {
        id = default;
        if (!text.StartsWith("link-", StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new(value);
        return true;
    }

    /// <summary>A window as an interval of ISO 8601.</summary>
    internal static string Of(MaintenanceWindow window) => $"{Of(window.From)}/{Of(window.To)}";

    internal static bool TryWindow(string text, out MaintenanceWindow window)
    {
        window = new(default, default);
        var ends = text.Split('/');
        if (ends.Length != 2 || !TryMoment(ends[0], out var from) || !TryMoment(ends[1], out var to))
            return false;
        window = new(from, to);
        return true;
    }

    /// <summary>The currency and the amounts: one where all hours cost the same, or else twenty-four.</summary>
    internal static IEnumerable<string> Of(HourlyPrice price) =>
        (price.Amounts.Distinct().Count() == 1 ? price.Amounts.Take(1) : price.Amounts)
            .Select(amount => amount.ToString(CultureInfo.InvariantCulture)).Prepend(price.Currency);

    internal static bool TryPrice(IReadOnlyList<string> words, out HourlyPrice price)
    {
        price = HourlyPrice.Free;
        if (words.Count is not (2 or (1 + HourlyPrice.HourCount)) || !Currency().IsMatch(words[0]))
            return false;
        var amounts = new decimal[HourlyPrice.HourCount];
        for (var hour = 0; hour < amounts.Length; hour++)
        {
            if (!decimal.TryParse(words[words.Count == 2 ? 1 : 1 + hour], NumberStyles.Float, CultureInfo.InvariantCulture, out amounts[hour])
                || amounts[hour] is < 0 or > AmountMax)
                return false;
        }

        price = new(words[0], [.. amounts]);
        return true;
    }

    private static string Of(DateTimeOffset moment) => moment.ToUniversalTime().UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture);

    private static bool TryMoment(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(
            text, [Moment, "O"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);

    [GeneratedRegex("^[A-Z]{3}$", RegexOptions.NonBacktracking)]
    private static partial Regex Currency();
}
