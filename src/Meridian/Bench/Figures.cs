using System.Globalization;
using System.Text.Json;

namespace Meridian.Host.Bench;

/// <summary>What a measurement found, by name with the unit at its end.</summary>
internal static class Figures
{
    /// <summary>Prints the figures for people, and for programs as the last line of the output where that is asked for.</summary>
    internal static void Print(SortedDictionary<string, double> figures, bool json)
    {
        foreach (var (name, figure) in figures)
            Console.Error.WriteLine($"{name,-40} {figure.ToString("0.##", CultureInfo.InvariantCulture)}");
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(figures));
    }
}
