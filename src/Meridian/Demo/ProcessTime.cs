using System.Globalization;

namespace Meridian.Host.Demo;

/// <summary>Processor time that a process has used, from the kernel's account of it (Linux).</summary>
/// <param name="Own">Its own.</param>
/// <param name="Children">That of the processes it started and that have ended.</param>
internal readonly record struct ProcessTime(TimeSpan Own, TimeSpan Children)
{
    /// <summary>The kernel counts for programs in hundredths of a second, whatever its own tick is.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads fields 14 to 17 of the process's stat; the command before them may hold anything but ends with the last bracket.</summary>
    internal static ProcessTime Of(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        TimeSpan Ticks(int field) => Tick * long.Parse(fields[field - 3], CultureInfo.InvariantCulture);
        return new(Ticks(14) + Ticks(15), Ticks(16) + Ticks(17));
    }
}
