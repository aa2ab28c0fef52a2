using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Meridian.Agent.Drivers.Process;

/// <summary>What runs around a task's command: a small shell of the agent's user, and another of the task's.</summary>
internal static class Supervision
{
    internal const string Shell = "/bin/sh";
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // $1 working directory, $2 state folder, $3 number of group files, then those files, then the command. It forks once,
    // for the command: all else is built in. 'set -C' makes '>' refuse a file that exists, so that of two supervisors
    // of one attempt only one goes on.
    private const string Supervisor = """
        work=$1; state=$2; groups=$3; shift 3
        while [ "$groups" -gt 0 ]; do echo $$ > "$1" || exit 125; shift; groups=$((groups-1)); done
        cd "$work" || exit 125
        read -r boot < /proc/sys/kernel/random/boot_id
        read -r stat < /proc/$$/stat
        set -C
        { echo "$boot $stat" > "$state/started"; } 2>/dev/null || exit 125
        set +C
        "$@"
        echo "$? ." > "$state/exit"
        """;

    // The task's variables are read after the privileges are dropped: a LD_PRELOAD among them must not reach the shell
    // of the agent's user. They are in a file, because everybody may read a command line.
    private const string Inner = """. "$1"; shift; exec "$@" """;

    /// <summary>What the supervisor itself gets: nothing of the task's.</summary>
    internal static readonly ImmutableArray<string> OwnEnvironment = [$"PATH={SearchPath}", "LANG=C.UTF-8"];

    /// <summary>The words to start the supervisor with.</summary>
    internal static ImmutableArray<string> Words(
        string work, string state, IReadOnlyList<string> groups, IEnumerable<string> wrapping, string variables, TaskLaunch launch) =>
    [
        Shell, "-c", Supervisor, "meridian-task", work, state, groups.Count.ToString(CultureInfo.InvariantCulture), .. groups,
        .. wrapping, Shell, "-c", Inner, "meridian-task", variables, .. launch.Command,
    ];

    /// <summary>The task's variables, in the shell's words.</summary>
    internal static string Variables(TaskLaunch launch, string home)
    {
        var text = new StringBuilder();
        Export(text, "PATH", SearchPath);
        Export(text, "HOME", home);
        Export(text, "TMPDIR", "/tmp");
        foreach (var (name, value) in launch.Environment)
            Export(text, name, value);
        return text.ToString();
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

    private static void Export(StringBuilder text, string name, string value) =>
        text.Append("export ").Append(name).Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
}
