using System.Globalization;

namespace Meridian.Host.Demo;

/// <summary>Processor time that a process has used, from the kernel's account of it (Linux).</summary>
/// <param name="Own">Its own.</param>
/// <param name="Children">That of the processes it started and that have ended.</param>
internal readonly record struct ProcessTime(TimeSpan Own, TimeSpan Children)
{
    /// <summary>The kernel counts for programs in hundredths of a second, whatever its own tick is.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads fields 14 to 17 of the process's stat.</summary>
    internal static ProcessTime Of(int process)
    {
        var fields = Fields(process);
        TimeSpan Ticks(int field) => Tick * long.Parse(fields[field - 3], CultureInfo.InvariantCulture);
        return new(Ticks(14) + Ticks(15), Ticks(16) + Ticks(17));
    }

    /// <summary>The processes whose parent it is, by field 4 of their stat.</summary>
    internal static List<int> ChildrenOf(int process) => [.. Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && Fields(id) is [_, var parent, ..] && parent == process.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The fields from the third on: the command before them may hold anything but ends with the last bracket. None where it has ended.</summary>
    private static string[] Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
