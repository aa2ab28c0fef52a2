using System.Globalization;

namespace Meridian.Benches.Running;

/// <summary>A table of plain comma-separated values, without quoting, under a line of names.</summary>
internal sealed class Csv
{
    private readonly string[] _names;

    private Csv(string[] names, List<string[]> rows) => (_names, Rows) = (names, rows);

    internal List<string[]> Rows { get; }

    internal static Csv Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return new(lines[0].Split(','), [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','))]);
    }

    internal string Text(string[] row, string name) => row[Array.IndexOf(_names, name)];

    internal double Number(string[] row, string name) => double.Parse(Text(row, name), CultureInfo.InvariantCulture);
}
