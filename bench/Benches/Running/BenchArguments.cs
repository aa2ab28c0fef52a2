using System.Globalization;
using System.Text.Json;

namespace Meridian.Benches.Running;

/// <summary>The arguments that measurements share, read from <c>--name value</c> and <c>--flag</c>.</summary>
internal sealed class BenchArguments(string[] args)
{
    /// <summary>Whether the last line is to be a JSON object.</summary>
    internal bool Json => IsSet("--json");

    /// <summary>Where the data lies.</summary>
    internal string Data => Text("--data") ?? Path.Combine(Repository(), "..", "shared", "data");

    /// <summary>Whether the flag was given.</summary>
    internal bool IsSet(string flag) => args.Contains(flag);

    /// <summary>The text after the name, or none.</summary>
    internal string? Text(string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    /// <summary>The whole number after the name, or the default.</summary>
    internal int Number(string name, int otherwise) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"{name} takes a whole number, not '{text}'. {name} 需要一个整数，而不是“{text}”。");

    /// <summary>Says what is missing and where it comes from, and gives the exit status for it.</summary>
    internal static int Missing(TextWriter output, string path, string origin)
    {
        output.WriteLine($"The data is not there: {path}. Fetch it from {origin}, or say where it lies with --data DIR.");
        return 2;
    }

    /// <summary>Writes the figures as the last line when it was asked for.</summary>
    internal int Finish(TextWriter output, SortedDictionary<string, double> figures)
    {
        if (Json)
            output.WriteLine(JsonSerializer.Serialize(figures));
        return 0;
    }

    private static string Repository()
    {
        var folder = Directory.GetCurrentDirectory();
        while (folder is not null && !File.Exists(Path.Combine(folder, "Meridian.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? Directory.GetCurrentDirectory();
    }
}
