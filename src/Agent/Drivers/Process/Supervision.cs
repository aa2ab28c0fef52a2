using System.Collections.Immutable;

namespace Meridian.Agent.Drivers.Process;

/// <summary>What a task is given, and what it may not ask for.</summary>
internal static class Supervision
{
    internal const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>What a sandbox gets that is not inside it: nothing of the task's.</summary>
    internal static readonly ImmutableArray<string> OwnEnvironment = [$"PATH={SearchPath}", "LANG=C.UTF-8"];

    /// <summary>The task's variables.</summary>
    internal static ImmutableSortedDictionary<string, string> Variables(TaskLaunch launch, string home)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        all["PATH"] = SearchPath;
        all["LANG"] = "C.UTF-8";
        all["HOME"] = home;
        all["TMPDIR"] = "/tmp";
        foreach (var (name, value) in launch.Environment)
            all[name] = value;
        return all.ToImmutable();
    }

    /// <summary>Why the task cannot be started as it is told; nothing where it can.</summary>
    internal static string? FaultOf(TaskLaunch launch)
    {
        if (launch.Command.IsEmpty)
            return "It has no command.";
        if (launch.Command.Concat(launch.Environment.Values).Any(t => t.Contains('\0', StringComparison.Ordinal)))
            return "Its command or environment holds a zero character.";
        if (launch.Environment.Keys.FirstOrDefault(n => !IsVariable(n)) is { } name)
            return $"'{name}' is no name of an environment variable: letters, digits and _, no digit first.";
        return launch.Inputs.FirstOrDefault(i => !IsBelow(i.Mount)) is { } input
            ? $"'{input.Mount}' is no place below the working directory."
            : null;
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsBelow(string mount) =>
        mount.Length > 0 && mount.Split('/').All(part => part is not "" and not "." and not "..");
}
