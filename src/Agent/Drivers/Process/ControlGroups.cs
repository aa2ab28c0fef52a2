using System.Globalization;

namespace Meridian.Agent.Drivers.Process;

/// <summary>Limits and usage of a task by control groups, of version 1 and 2 alike.</summary>
internal sealed class ControlGroups
{
    private const int ProcessesMax = 512;
    private const string Root = "/sys/fs/cgroup";
    private const string Parent = "meridian";

    private readonly string[] _controllers; // Version 1: a directory for each controller. Version 2: one.
    private readonly bool _isUnified;

    private ControlGroups(string[] controllers, bool isUnified) => (_controllers, _isUnified) = (controllers, isUnified);

    /// <summary>What this machine allows; nothing where groups cannot be made.</summary>
    internal static ControlGroups? Probe()
    {
        try
        {
            if (File.Exists($"{Root}/cgroup.controllers"))
            {
                Directory.CreateDirectory($"{Root}/{Parent}");
                File.WriteAllText($"{Root}/cgroup.subtree_control", "+cpu +memory +pids");
                File.WriteAllText($"{Root}/{Parent}/cgroup.subtree_control", "+cpu +memory +pids");
                return new([$"{Root}/{Parent}"], isUnified: true);
            }

            string[] controllers = [$"{Root}/memory/{Parent}", $"{Root}/cpu/{Parent}", $"{Root}/pids/{Parent}"];
            foreach (var controller in controllers)
            {
                if (!Directory.Exists(Path.GetDirectoryName(controller)))
                    return null;
                Directory.CreateDirectory(controller);
            }

            return new(controllers, isUnified: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the task's groups with its limits. Returns the files that its first process writes itself into.</summary>
    internal IReadOnlyList<string> Create(TaskLaunch launch)
    {
        foreach (var controller in _controllers)
            Directory.CreateDirectory(Path.Combine(controller, launch.Id));

        var memory = launch.MemoryBytes.ToString(CultureInfo.InvariantCulture);
        var quota = Math.Max(1000, launch.CpuMillicores * 100).ToString(CultureInfo.InvariantCulture);
        var processes = ProcessesMax.ToString(CultureInfo.InvariantCulture);
        if (_isUnified)
        {
            Write(launch.Id, "memory.max", memory);
            Write(launch.Id, "memory.swap.max", "0");
            Write(launch.Id, "cpu.max", quota + " 100000");
            Write(launch.Id, "pids.max", processes);
        }
        else
        {
            Write(launch.Id, "memory.limit_in_bytes", memory);
            Write(launch.Id, "memory.memsw.limit_in_bytes", memory);
            Write(launch.Id, "cpu.cfs_quota_us", quota);
            Write(launch.Id, "pids.max", processes);
        }

        return [.. _controllers.Select(c => Path.Combine(c, launch.Id, "cgroup.procs"))];
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

        // On version 1 processor time is in the accounting controller, which may be mounted apart; 0 where it is not.
        return (
            TimeSpan.FromMicroseconds(Number(Read(id, "cpuacct.usage")) / 1000d),
            Number(Read(id, "memory.max_usage_in_bytes")), Field(Read(id, "memory.oom_control"), "oom_kill") > 0);
    }

    /// <summary>Ends every process in the task's groups, whatever session it has made for itself.</summary>
    internal void Kill(string id)
    {
        var directory = Path.Combine(_controllers[^1], id);
        for (var round = 0; round < 50; round++)
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
        catch (IOException)
        {
            return false;
        }
    }

    private void Write(string id, string file, string value)
    {
        foreach (var controller in _controllers)
        {
            var path = Path.Combine(controller, id, file);
            if (File.Exists(path))
                File.WriteAllText(path, value);
        }
    }

    private string Read(string id, string file)
    {
        foreach (var controller in _controllers)
        {
            var text = string.Join('\n', Lines(Path.Combine(controller, id, file)));
            if (text.Length > 0)
                return text;
        }

        return "";
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (IOException)
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
