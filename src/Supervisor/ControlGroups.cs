using System.Globalization;

namespace Meridian.Supervisor;

/// <summary>Limits and usage of a task by control groups, of version 1 and 2 alike.</summary>
internal sealed class ControlGroups
{
    private const int ProcessesMax = 512;
    private const int KillRounds = 40;
    private const string Parent = "meridian";
    private static readonly TimeSpan KillPause = TimeSpan.FromMilliseconds(1);

    private readonly string _root;
    private readonly string[] _controllers; // Version 1: a directory for each controller. Version 2: one.
    private readonly Lazy<int[]> _home; // Version 1: where the starting thread belongs, to be written to.
    private readonly bool _isUnified;

    private ControlGroups(string root, string[] controllers, bool isUnified)
    {
        (_root, _controllers, _isUnified) = (root, controllers, isUnified);
        _home = new(() => [.. controllers.Select(HomeOf).Select(Native.OpenToWrite)]);
    }

    /// <summary>
    /// What this machine allows; nothing where groups cannot be made. The scope keeps agents on one machine apart, whose
    /// attempts may have the same names.
    /// </summary>
    internal static ControlGroups? Probe(string scope, string root = "/sys/fs/cgroup")
    {
        try
        {
            if (File.Exists($"{root}/cgroup.controllers"))
            {
                Directory.CreateDirectory($"{root}/{Parent}/{scope}");
                foreach (var above in new[] { root, $"{root}/{Parent}", $"{root}/{Parent}/{scope}" })
                    File.WriteAllText($"{above}/cgroup.subtree_control", "+cpu +memory +pids");
                return new(root, [$"{root}/{Parent}/{scope}"], isUnified: true);
            }

            // Processor time is accounted apart, unless the two are mounted as one.
            string[] names = File.Exists($"{root}/cpu/cpuacct.usage") || !Directory.Exists($"{root}/cpuacct")
                ? ["memory", "cpu", "pids"]
                : ["memory", "cpu", "cpuacct", "pids"];
            string[] controllers = [.. names.Select(n => $"{root}/{n}/{Parent}/{scope}")];
            if (!names.All(n => Directory.Exists($"{root}/{n}")))
                return null;
            foreach (var controller in controllers)
                Directory.CreateDirectory(controller);
            return new(root, controllers, isUnified: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a thread can enter a group alone, so that what it starts is born there. Otherwise a process is put into its
    /// groups when it is there, and has to wait for that.
    /// </summary>
    internal bool IsEnteredByThread => !_isUnified && _home.Value.All(h => h >= 0);

    /// <summary>The tasks that have groups.</summary>
    internal IEnumerable<string> Tasks => _controllers
        .SelectMany(Directory.EnumerateDirectories).Select(d => Path.GetFileName(d)).Distinct(StringComparer.Ordinal).ToList();

    /// <summary>Makes the task's groups with its limits; none where a limit is 0.</summary>
    internal void Create(string id, long cpuMillicores, long memoryBytes)
    {
        foreach (var controller in _controllers)
            Directory.CreateDirectory($"{controller}/{id}");

        if (memoryBytes > 0)
        {
            var memory = memoryBytes.ToString(CultureInfo.InvariantCulture);
            Write(id, _isUnified ? "memory.max" : "memory.limit_in_bytes", memory);
            Write(id, _isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", _isUnified ? "0" : memory);
        }

        if (cpuMillicores > 0)
        {
            var quota = Math.Max(1000, cpuMillicores * 100).ToString(CultureInfo.InvariantCulture);
            Write(id, _isUnified ? "cpu.max" : "cpu.cfs_quota_us", _isUnified ? quota + " 100000" : quota);
        }

        Write(id, "pids.max", ProcessesMax.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Puts the calling thread, and what it starts from now on, into the task's groups.</summary>
    internal void EnterByThread(string id)
    {
        foreach (var controller in _controllers)
        {
            if (!TryWriteFile($"{controller}/{id}/tasks", "0"))
                throw new IOException($"The groups of '{id}' cannot be entered.");
        }
    }

    /// <summary>Takes the calling thread back to where it belongs.</summary>
    internal void Leave()
    {
        foreach (var home in _home.Value)
        {
            if (!Native.TryWrite(home, "0"))
                throw new IOException("The supervisor cannot leave a task's groups.");
        }
    }

    /// <summary>Puts the process, and what it starts from now on, into the task's groups.</summary>
    internal void Enter(string id, int process)
    {
        foreach (var controller in _controllers)
            File.WriteAllText($"{controller}/{id}/cgroup.procs", process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Processor time and the most memory used, and whether the kernel ended a process for memory.</summary>
    internal (long CpuMicroseconds, long MemoryPeak, bool IsOutOfMemory) Usage(string id)
    {
        if (_isUnified)
        {
            return (
                Field(Read(id, "cpu.stat"), "usage_usec"), Number(Read(id, "memory.peak")),
                Field(Read(id, "memory.events"), "oom_kill") > 0);
        }

        return (
            Number(Read(id, "cpuacct.usage")) / 1000, Number(Read(id, "memory.max_usage_in_bytes")),
            Field(Read(id, "memory.oom_control"), "oom_kill") > 0);
    }

    /// <summary>Ends every process in the task's groups, whatever session it has made for itself.</summary>
    internal void Kill(string id)
    {
        var processes = ProcessesOf(id);
        if (processes.Length > 0)
            Write(id, "pids.max", "0"); // Nothing forks any more, so that one pass finds all.
        for (var round = 0; round < KillRounds && processes.Length > 0; round++)
        {
            foreach (var process in processes)
                Native.Kill(int.Parse(process, CultureInfo.InvariantCulture));
            // What was told to end still has to: the next look would find it again at once.
            Thread.CurrentThread.Join(KillPause);
            processes = ProcessesOf(id);
        }
    }

    /// <summary>Removes the task's groups. False while a process is still ending in them.</summary>
    internal bool TryRemove(string id)
    {
        var isGone = true;
        foreach (var controller in _controllers)
            isGone &= Native.TryRemoveFolder($"{controller}/{id}");
        return isGone;
    }

    /// <summary>Removes the scope, if no task has groups in it.</summary>
    internal void TryRemoveScope()
    {
        foreach (var controller in _controllers)
            Native.TryRemoveFolder(controller);
    }

    private string[] ProcessesOf(string id) =>
        Native.ReadAll($"{_controllers[^1]}/{id}/cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A limit that this kernel does not have, such as that of swap, is left out.</summary>
    private void Write(string id, string file, string value) => TryWriteFile(PathOf(id, file), value);

    private static bool TryWriteFile(string path, string value)
    {
        var handle = Native.OpenToWrite(path);
        if (handle < 0)
            return false;
        var isWritten = Native.TryWrite(handle, value);
        Native.Close(handle);
        return isWritten;
    }

    private string Read(string id, string file) => Native.ReadSmall(PathOf(id, file));

    /// <summary>A file is with the controller that its name begins with; processor time also where the two are mounted as one.</summary>
    private string PathOf(string id, string file)
    {
        var name = file[..file.IndexOf('.', StringComparison.Ordinal)];
        var controller = Array.Find(_controllers, c => c.StartsWith($"{_root}/{name}/", StringComparison.Ordinal))
            ?? (_isUnified ? _controllers[0] : _controllers[1]);
        return $"{controller}/{id}/{file}";
    }

    /// <summary>Where this process is, by the controller's line in its list of groups; beside the tasks where that cannot be seen.</summary>
    private string HomeOf(string controller)
    {
        var name = controller[(_root.Length + 1)..].Split('/')[0];
        var line = Native.ReadAll("/proc/self/cgroup").Split('\n')
            .Select(l => l.Split(':', 3)).FirstOrDefault(l => l.Length == 3 && l[1].Split(',').Contains(name));
        var home = $"{_root}/{name}{line?[2].TrimEnd('/')}/tasks";
        return File.Exists(home) ? home : $"{_root}/{name}/{Parent}/tasks";
    }

    private static long Number(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static long Field(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : Number(line[(name.Length + 1)..]);
    }
}
