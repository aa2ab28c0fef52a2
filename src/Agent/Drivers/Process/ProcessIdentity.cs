using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <summary>Names a process for longer than its number lasts: the boot, the number, and when it started.</summary>
internal static class ProcessIdentity
{
    private static readonly string Boot = Read("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>The text that names the process.</summary>
    internal static string Of(int process) => $"{Boot} {process} {StartTime(process)}";

    /// <summary>The process that the text names, or 0 when it is no more.</summary>
    internal static int Find(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length != 3 || !string.Equals(parts[0], Boot, StringComparison.Ordinal))
            return 0;
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && string.Equals(StartTime(process), parts[2], StringComparison.Ordinal) && parts[2].Length > 0
                ? process
                : 0;
    }

    /// <summary>Whether this is still the boot in which the text was written.</summary>
    internal static bool IsThisBoot(string text) => text.StartsWith(Boot, StringComparison.Ordinal);

    // Field 22 of stat, counted after the command's closing bracket; a zombie counts as gone.
    private static string StartTime(int process)
    {
        var stat = Read($"/proc/{process}/stat");
        var rest = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 19 && rest[0] is not "Z" and not "X" ? rest[19] : "";
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
