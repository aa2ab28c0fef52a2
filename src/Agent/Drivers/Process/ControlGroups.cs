using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <summary>Limits and usage of a task by control groups, of version 1 and 2 alike.</summary>
internal sealed class ControlGroups
{
    private const int ProcessesMax = 512;
    private const int KillRounds = 200;
    private const string Root = "/sys/fs/cgroup";
    private const string Parent = "meridian";

    private readonly string[] _controllers; // Version 1: a directory for each controller. Version 2: one.
    private readonly bool _isUnified;

    private ControlGroups(string[] controllers, bool isUnified) => (_controllers, _isUnified) = (controllers, isUnified);

    /// <summary>
    /// What this machine allows; nothing where groups cannot be made. The scope keeps agents on one machine apart, whose
    /// attempts may have the same names.
    /// </summary>
    internal static ControlGroups? Probe(string scope)
    {
        try
        {
            if (File.Exists($"{Root}/cgroup.controllers"))
            {
                Directory.CreateDirectory($"{Root}/{Parent}/{scope}");
                foreach (var above in new[] { Root, $"{Root}/{Parent}", $"{Root}/{Parent}/{scope}" })
                    File.WriteAllText($"{above}/cgroup.subtree_control", "+cpu +memory +pids");
                return new([$"{Root}/{Parent}/{scope}"], isUnified: true);
            }

            // Processor time is accounted apart, unless the two are mounted as one.
            string[] names = File.Exists($"{Root}/cpu/cpuacct.usage") || !Directory.Exists($"{Root}/cpuacct")
                ? ["memory", "cpu", "pids"]
                : ["memory", "cpu", "cpuacct", "pids"];
            string[] controllers = [.. names.Select(n => $"{Root}/{n}/{Parent}/{scope}")];
            if (!names.All(n => Directory.Exists($"{Root}/{n}")))
                return null;
            foreach (var controller in controllers)
                Directory.CreateDirectory(controller);
            return new(controllers, isUnified: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The directory whose children's <c>cgroup.procs</c> name every process of every task.</summary>
    internal string Processes => _controllers[^1];

    /// <summary>The tasks that have groups.</summary>
    internal IEnumerable<string> Tasks => _controllers
        .SelectMany(Directory.EnumerateDirectories).Select(d => Path.GetFileName(d)).Distinct(StringComparer.Ordinal).ToList();

    /// <summary>Makes the task's groups with its limits.</summary>
    internal void Create(TaskLaunch launch)
    {
        foreach (var controller in _controllers)
            Directory.CreateDirectory(Path.Combine(controller, launch.Id));

        if (launch.MemoryBytes > 0)
        {
            var memory = launch.MemoryBytes.ToString(CultureInfo.InvariantCulture);
            Write(launch.Id, _isUnified ? "memory.max" : "memory.limit_in_bytes", memory);
            Write(launch.Id, _isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", _isUnified ? "0" : memory);
        }

        if (launch.CpuMillicores > 0)
        {
            var quota = Math.Max(1000, launch.CpuMillicores * 100).ToString(CultureInfo.InvariantCulture);
            Write(launch.Id, _isUnified ? "cpu.max" : "cpu.cfs_quota_us", _isUnified ? quota + " 100000" : quota);
        }

        Write(launch.Id, "pids.max", ProcessesMax.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Puts the process, and what it starts from now on, into the task's groups.</summary>
    internal void Enter(string id, int process)
    {
        foreach (var controller in _controllers)
            File.WriteAllText(Path.Combine(controller, id, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Processor time and the most memory used, and whether the kernel ended a process for memory.</summary>
    internal (TimeSpan Cpu, long MemoryPeak, bool IsOutOfMemory) Usage(string id)
    {
        if (_isUnified)
        {
            return (
                TimeSpan.FromMicroseconds(Field(Read(id, "cpu.stat"), "usage_usec")),
                Number(Read(id, "memory.peak")), Field(Read(id, "memory.events"), "oom_kill") > 0);
        }

        return (
            TimeSpan.FromMicroseconds(Number(Read(id, "cpuacct.usage")) / 1000d),
            Number(Read(id, "memory.max_usage_in_bytes")), Field(Read(id, "memory.oom_control"), "oom_kill") > 0);
    }

    /// <summary>Ends every process in the task's groups, whatever session it has made for itself.</summary>
    internal void Kill(string id)
    {
        var directory = Path.Combine(_controllers[^1], id);
        if (!Directory.Exists(directory))
            return;
        if (Lines(Path.Combine(directory, "cgroup.procs")).Length > 0)
            Write(id, "pids.max", "0"); // Nothing forks any more, so that one pass finds all.
        for (var round = 0; round < KillRounds; round++)
        {
            var processes = Lines(Path.Combine(directory, "cgroup.procs"));
            if (processes.Length == 0)
                return;
            foreach (var process in processes)
                Native.Kill(int.Parse(process, CultureInfo.InvariantCulture));
            Thread.Yield();
        }
    }

    /// <summary>Removes the task's groups. False while a process is still ending in them.</summary>
    internal bool TryRemove(string id)
    {
        try
        {
            foreach (var controller in _controllers)
            {
                if (Directory.Exists(Path.Combine(controller, id)))
                    Directory.Delete(Path.Combine(controller, id));
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // The kernel is still taking its processes apart.
        }
    }

    /// <summary>Removes the scope, if no task has groups in it.</summary>
    internal void TryRemoveScope()
    {
        try
        {
            foreach (var controller in _controllers.Where(Directory.Exists))
                Directory.Delete(controller);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Tasks go on without the agent; the next one of this folder takes the scope up again.
        }
    }

    private void Write(string id, string file, string value)
    {
        var path = PathOf(id, file);
        if (File.Exists(path))
            File.WriteAllText(path, value);
    }

    private string Read(string id, string file) => string.Join('\n', Lines(PathOf(id, file)));

    /// <summary>A file is with the controller that its name begins with; processor time also where the two are mounted as one.</summary>
    private string PathOf(string id, string file)
    {
        var name = file[..file.IndexOf('.', StringComparison.Ordinal)];
        var controller = Array.Find(_controllers, c => c.StartsWith($"{Root}/{name}/", StringComparison.Ordinal))
            ?? (_isUnified ? _controllers[0] : _controllers[1]);
        return $"{controller}/{id}/{file}";
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static long Field(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : Number(line[(name.Length + 1)..]);
    }
}
