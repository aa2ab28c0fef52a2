using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// Keeps the lease while the agent is dead: a small shell of its own that reads, each second, until when tasks may run, and
/// ends them all when that is over. Without it an agent that was killed would leave tasks running that the control plane
/// has given up and started elsewhere.
/// </summary>
internal sealed class Warden(string folder, string groups, ExitWatch exits)
{
    // $1 folder of the attempts, $2 directory of the control groups, which may be empty. Field 22 of stat is the start.
    private const string Script = """
        folder=$1; groups=$2
        while :; do
          sleep 1
          read -r me < "$folder/.warden" && [ "$me" = $$ ] || exit 0
          read -r boot until < "$folder/.lease" || exit 0
          read -r up rest < /proc/uptime
          [ "${up%.*}" -lt "$until" ] || break
        done
        for round in 1 2 3; do
          for mark in "$folder"/*/marks/started; do
            read -r boot stat < "$mark" || continue
            set -- $stat; process=$1; start=${22}
            read -r stat < "/proc/$process/stat" || continue
            set -- $stat; [ "${22}" = "$start" ] && kill -s KILL -- "-$process"
          done
          [ -n "$groups" ] && for group in "$groups"/*; do
            [ -e "$group/cgroup.procs" ] || continue
            echo 0 > "$group/pids.max"
            while read -r process; do kill -s KILL "$process"; done < "$group/cgroup.procs"
          done
        done
        """;

    private readonly Lock _lock = new();
    private int _process;

    private string LeasePath => Path.Combine(folder, ".lease");

    private string WardenPath => Path.Combine(folder, ".warden");

    /// <summary>The lease lasts until then, in time since the boot.</summary>
    internal void Hold(TimeSpan until)
    {
        // Whole seconds, cut: the warden may be early, never late.
        var seconds = ((long)until.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Replace(LeasePath, $"{StartMark.ThisBoot} {seconds}\n");
        lock (_lock)
        {
            if (_process == 0)
                Start();
        }
    }

    /// <summary>The lease in force by the file; nothing where there is none of this boot.</summary>
    internal TimeSpan? Held()
    {
        var parts = File.Exists(LeasePath) ? File.ReadAllText(LeasePath).Split((char[])[' ', '\n']) : [];
        return parts.Length > 1 && string.Equals(parts[0], StartMark.ThisBoot, StringComparison.Ordinal)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }

    /// <summary>Nothing runs any more: the warden may go.</summary>
    internal void Dismiss() => File.Delete(WardenPath);

    private void Start()
    {
        var process = Native.Spawn(
            [Supervision.Shell, "-c", Script, "meridian-warden", folder, groups], Supervision.OwnEnvironment, "/dev/null", input: -1);
        if (process <= 0)
            throw new IOException($"The warden of the agent's lease cannot be started (error {-process}).");
        // Its first look is a second away. A warden of an earlier life reads here that it is relieved.
        Replace(WardenPath, $"{process}\n");
        _process = process;
        exits.TryWatch(process, () =>
        {
            Native.Reap(process);
            lock (_lock)
                _process = 0;
        });
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
