using System.Collections.Immutable;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// What runs around a task's command: a small shell, as the task's user, so that nothing in the task's variables or words ever
/// meets the agent's rights.
/// </summary>
internal static class Supervision
{
    internal const string Shell = "/bin/sh";
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // $1 working directory, $2 folder for its marks, $3 settings of the sandbox, then the command. It waits for the word that
    // its limits are set, which never comes from an agent that died. It forks once, for the command: all else is built
    // in. 'set -C' makes '>' refuse a file that exists, so that of two supervisors of one attempt only one goes on.
    // Everybody may read a command line, so the sandbox reads its settings, and the task's variables, from a handle.
    private const string Script = """
        _m_work=$1; _m_marks=$2; _m_settings=$3; shift 3
        read -r _m_go || exit 125
        cd "$_m_work" || exit 125
        read -r _m_boot < /proc/sys/kernel/random/boot_id
        read -r _m_stat < /proc/$$/stat
        set -C
        { echo "$_m_boot $_m_stat" > "$_m_marks/started"; } 2>/dev/null || exit 125
        set +C
        case $_m_settings in
        "") "$@" < /dev/null ;;
        *) "$@" < /dev/null 3< "$_m_settings" ;;
        esac
        echo "$? ." > "$_m_marks/exit"
        """;

    /// <summary>What a shell gets that runs beside the task: nothing of the task's.</summary>
    internal static readonly ImmutableArray<string> OwnEnvironment = [$"PATH={SearchPath}", "LANG=C.UTF-8"];

    /// <summary>The words to start the supervisor with.</summary>
    internal static ImmutableArray<string> Words(string work, string marks, string settings, IEnumerable<string> command) =>
        [Shell, "-c", Script, "meridian-task", work, marks, settings, .. command];

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
