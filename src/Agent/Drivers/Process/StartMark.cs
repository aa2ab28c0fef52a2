using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// The mark that a task's supervisor makes before it runs the command, and that only one can make. It names the
/// supervisor for longer than its number lasts: by the boot, the number, and when it started.
/// </summary>
/// <param name="Boot">The boot in which it was made; empty while it is being written, or when it only bars a start.</param>
/// <param name="Process">The supervisor's number.</param>
/// <param name="StartTicks">When the supervisor started, in hundredths of a second since the boot.</param>
internal sealed record StartMark(string Boot, int Process, long StartTicks)
{
    private static readonly string CurrentBoot = ReadText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>The boot of this machine.</summary>
    internal static string ThisBoot => CurrentBoot;

    /// <summary>Whether it was made since the machine last booted.</summary>
    internal bool IsOfThisBoot => string.Equals(Boot, CurrentBoot, StringComparison.Ordinal);

    /// <summary>When the supervisor started, since the boot.</summary>
    internal TimeSpan StartedAt => TimeSpan.FromMilliseconds(StartTicks * 10);

    /// <summary>Whether the supervisor is still there.</summary>
    internal bool IsAlive => IsOfThisBoot && Parse(Boot, ReadText($"/proc/{Process}/stat")) is { } now && now == this;

    /// <summary>Where the mark is in the task's folder.</summary>
    internal static string PathIn(string state) => Path.Combine(FolderIn(state), "started");

    /// <summary>Where the code is that the command ended with.</summary>
    internal static string ExitIn(string state) => Path.Combine(FolderIn(state), "exit");

    /// <summary>The folder that the supervisor writes to, as the task's user.</summary>
    internal static string FolderIn(string state) => Path.Combine(state, "marks");

    /// <summary>Reads the mark; nothing where there is none.</summary>
    internal static StartMark? Read(string state)
    {
        if (!File.Exists(PathIn(state)))
            return null;
        var text = ReadText(PathIn(state));
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return (space > 0 ? Parse(text[..space], text[(space + 1)..]) : null) ?? new("", 0, 0);
    }

    /// <summary>Makes the mark in place of a supervisor, so that none ever runs the command. False when one has.</summary>
    internal static bool TryBar(string state)
    {
        try
        {
            Directory.CreateDirectory(FolderIn(state));
            using var mark = new FileStream(PathIn(state), FileMode.CreateNew, FileAccess.Write);
            return true;
        }
        catch (IOException) when (File.Exists(PathIn(state)))
        {
            return false;
        }
    }

    // Fields 3 (state) and 22 (start) of stat, counted after the command's closing bracket; a zombie counts as gone.
    private static StartMark? Parse(string boot, string stat)
    {
        var rest = stat[(stat.LastIndexOf(')') + 1)..].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 19 && rest[0] is not "Z" and not "X"
            && int.TryParse(stat.AsSpan(0, stat.IndexOf(' ', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && long.TryParse(rest[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? new(boot, process, ticks)
                : null;
    }

    private static string ReadText(string path) => Native.ReadSmall(path);
}
