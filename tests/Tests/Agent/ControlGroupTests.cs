using System.Diagnostics;
using Meridian.Supervisor;
using Xunit;

namespace Meridian.Tests.Agent;

/// <summary>
/// What is written to control groups of either version and read from them: plain files stand for the kernel's, so that a
/// machine with one version tests the other. The process driver's tests use the machine's own.
/// </summary>
public sealed class ControlGroupTests : IDisposable
{
    private const string Task = "4.0-1";
    private readonly string _root = Directory.CreateTempSubdirectory("meridian-groups-").FullName;

    [Fact]
    public void Version_2_has_one_group_for_a_task_with_all_its_limits()
    {
        var groups = Unified();

        groups.Create(Task, cpuMillicores: 1500, memoryBytes: 256 << 20);
        groups.Enter(Task, 77);

        foreach (var above in new[] { "", "meridian", "meridian/scope" })
            Assert.Equal("+cpu +memory +pids", Read($"{above}/cgroup.subtree_control"));
        Assert.Equal("150000 100000", Read($"meridian/scope/{Task}/cpu.max"));
        Assert.Equal("268435456", Read($"meridian/scope/{Task}/memory.max"));
        Assert.Equal("0", Read($"meridian/scope/{Task}/memory.swap.max"));
        Assert.Equal("512", Read($"meridian/scope/{Task}/pids.max"));
        Assert.Equal("77", Read($"meridian/scope/{Task}/cgroup.procs"));
        Assert.Equal([Task], groups.Tasks);
        Assert.False(groups.IsEnteredByThread);
    }

    [Fact]
    public void Version_2_tells_what_a_task_used()
    {
        var groups = Unified();
        Write($"meridian/scope/{Task}/cpu.stat", "usage_usec 1234567\nuser_usec 1000000\n");
        Write($"meridian/scope/{Task}/memory.peak", "98765432\n");
        Write($"meridian/scope/{Task}/memory.events", "low 0\noom 2\noom_kill 1\n");

        Assert.Equal((1_234_567, 98_765_432, true), groups.Usage(Task));
        Write($"meridian/scope/{Task}/memory.events", "low 0\noom 0\noom_kill 0\n");
        Assert.False(groups.Usage(Task).IsOutOfMemory);
    }

    [Fact]
    public void Version_2_ends_every_process_of_a_task_and_lets_none_fork_meanwhile()
    {
        var groups = Unified();
        using var sleep = Process.Start("sleep", "600");
        Write($"meridian/scope/{Task}/cgroup.procs", $"{sleep.Id}\n");

        groups.Kill(Task);

        Assert.True(sleep.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal("0", Read($"meridian/scope/{Task}/pids.max"));
    }

    [Fact]
    public void Version_1_has_a_group_for_each_controller_with_its_own_limits()
    {
        foreach (var controller in new[] { "memory", "cpu", "cpuacct", "pids" })
            Directory.CreateDirectory(Path.Combine(_root, controller));
        var groups = ControlGroups.Probe("scope", _root)!;
        foreach (var file in new[]
                 {
                     "memory/{0}/memory.limit_in_bytes", "memory/{0}/memory.memsw.limit_in_bytes", "cpu/{0}/cpu.cfs_quota_us",
                     "pids/{0}/pids.max",
                 })
            Write(file.Replace("{0}", $"meridian/scope/{Task}", StringComparison.Ordinal), "");
        Write($"cpuacct/meridian/scope/{Task}/cpuacct.usage", "2000000\n");
        Write($"memory/meridian/scope/{Task}/memory.max_usage_in_bytes", "4096\n");
        Write($"memory/meridian/scope/{Task}/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");

        groups.Create(Task, cpuMillicores: 500, memoryBytes: 1 << 20);

        Assert.Equal("50000", Read($"cpu/meridian/scope/{Task}/cpu.cfs_quota_us"));
        Assert.Equal("1048576", Read($"memory/meridian/scope/{Task}/memory.limit_in_bytes"));
        Assert.Equal("1048576", Read($"memory/meridian/scope/{Task}/memory.memsw.limit_in_bytes"));
        Assert.Equal("512", Read($"pids/meridian/scope/{Task}/pids.max"));
        Assert.Equal((2000, 4096, true), groups.Usage(Task));
    }

    [Fact]
    public void Without_controllers_there_are_no_limits() => Assert.Null(ControlGroups.Probe("scope", _root));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>A hierarchy of version 2, with the files that the kernel makes in a new group.</summary>
    private ControlGroups Unified()
    {
        Write("cgroup.controllers", "cpu memory pids\n");
        foreach (var file in new[] { "cpu.max", "memory.max", "memory.swap.max", "pids.max", "cgroup.procs" })
            Write($"meridian/scope/{Task}/{file}", "");
        return ControlGroups.Probe("scope", _root)!;
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_root, path.TrimStart('/')));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), text);
    }
}
