using System.Globalization;

namespace Meridian.Primitives;

/// <summary>Splits and writes quantities of the form number and unit.</summary>
internal static class UnitText
{
    /// <summary>Splits <c>1.5GiB</c> or <c>1.5 GiB</c> into 1.5 and GiB.</summary>
    internal static bool TrySplit(string? text, out decimal number, out string unit)
    {
        number = 0;
        unit = "";
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40)
            return false;

        var trimmed = text.Trim();
        var end = 0;
        while (end < trimmed.Length && (char.IsAsciiDigit(trimmed[end]) || trimmed[end] == '.'))
            end++;

        unit = trimmed[end..].Trim();
        return decimal.TryParse(
            trimmed.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    internal static string Format(double number, string unit) =>
        number.ToString(number >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture) + unit;
}
