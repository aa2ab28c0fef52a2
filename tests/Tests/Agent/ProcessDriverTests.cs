using Meridian.Agent.Drivers.Process;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class ProcessDriverTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task The_exit_code_of_the_program_is_the_tasks(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);

        var good = await world.RunAsync(world.Launch("1.0-1", "/bin/true"));
        var bad = await world.RunAsync(world.Launch("1.1-1", "sh", "-c", "echo oops >&2; exit 7"));

        Assert.Equal((0, ""), (good.ExitCode, good.Reason));
        Assert.Equal((7, ""), (bad.ExitCode, bad.Reason));
        Assert.Equal("oops\n", world.Log("1.1-1"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_task_gets_its_variables_whatever_is_in_them_and_no_rights(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        const string nasty = "it's \"$HOME\" `id`\n;";
        var launch = world.Launch("1.0-1", "sh", "-c", "printf '%s|' \"$GREETING\" \"$work\"; id -u; grep NoNewPrivs /proc/self/status");

        await world.RunAsync(launch with { Environment = launch.Environment.SetItem("GREETING", nasty).SetItem("work", "mine") });

        Assert.Equal($"{nasty}|mine|65534\nNoNewPrivs:\t1\n", world.Log("1.0-1"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_task_is_started_once_however_often_it_is_told(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var launch = world.Launch("1.0-1", "sh", "-c", "echo once");

        Parallel.For(0, 8, _ => world.Driver.Start(launch));
        await world.OverAsync("1.0-1");
        await world.RestartAsync(isPlain);
        world.Driver.Adopt(launch);
        await world.OverAsync("1.0-1");

        Assert.Equal("once\n", world.Log("1.0-1"));
    }

    [Fact]
    public async Task A_task_that_is_stopped_before_it_starts_never_does()
    {
        await using var world = new DriverWorld(isPlain: true);

        world.Driver.Stop("1.0-1", "cancelled");
        var over = await world.OverAsync("1.0-1");
        await world.RestartAsync(isPlain: true);
        world.Driver.Adopt(world.Launch("1.0-1", "sh", "-c", "echo ran"));
        await world.EndAsync("1.0-1");

        Assert.Equal("cancelled", over.Reason);
        Assert.False(File.Exists(world.Driver.LogPath("1.0-1")));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task At_the_timeout_the_whole_tree_ends_also_what_made_itself_a_session(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var word = $"31{Random.Shared.Next(1_000_000, 9_000_000)}";
        var launch = world.Launch("1.0-1", "sh", "-c", $"setsid sleep {word} & sleep {word}");

        var over = await world.RunAsync(launch with { Timeout = TimeSpan.FromSeconds(1) });

        Assert.Equal("timeout", over.Reason);
        await DriverWorld.GoneAsync(word);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_a_task_leaves_running_ends_with_it(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var word = $"32{Random.Shared.Next(1_000_000, 9_000_000)}";

        var over = await world.RunAsync(world.Launch("1.0-1", "sh", "-c", $"setsid sleep {word} & exit 0"));

        Assert.Equal(0, over.ExitCode);
        await DriverWorld.GoneAsync(word);
    }

    [Fact]
    public async Task A_task_that_forks_endlessly_is_contained_and_the_next_one_runs()
    {
        await using var world = new DriverWorld(isPlain: true);
        world.Driver.Start(world.Launch("1.0-1", "sh", "-c", "f() { f | f & }; f; echo forking; sleep 1000"));
        await world.SaysAsync("1.0-1", "forking");

        var next = await world.RunAsync(world.Launch("1.1-1", "/bin/true"));
        world.Driver.Stop("1.0-1", "cancelled");
        var over = await world.OverAsync("1.0-1");

        Assert.Equal(0, next.ExitCode);
        Assert.Equal("cancelled", over.Reason);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_task_that_takes_more_memory_than_it_may_is_ended_for_that(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var launch = world.Launch("1.0-1", "sh", "-c", "head -c 200000000 /dev/zero | tail -c 199999999 > /dev/null");

        var over = await world.RunAsync(launch with { MemoryBytes = 32 << 20 });

        Assert.Equal("out-of-memory", over.Reason);
    }

    [Fact]
    public async Task A_sandbox_shows_nothing_of_the_host_and_takes_nothing_outside_the_working_directory()
    {
        await using var world = new DriverWorld();
        const string script = "ls / | tr '\\n' ' '; ls /home /root 2>&1 | wc -l; touch /usr/x 2>/dev/null && echo wrote; "
            + "touch here && echo here; ls /proc | grep -c '^[0-9]'; ls /sys/class/net 2>/dev/null | wc -l; pwd";

        await world.RunAsync(world.Launch("1.0-1", "sh", "-c", script));

        var log = world.Log("1.0-1");
        Assert.DoesNotContain("home", log.Split('\n')[0].Split(' '));
        Assert.DoesNotContain("root", log.Split('\n')[0].Split(' '));
        Assert.DoesNotContain("wrote", log);
        Assert.Contains("here\n", log);
        Assert.EndsWith("/work\n", log);
        Assert.True(File.Exists(Path.Combine(world.Driver.WorkingDirectory("1.0-1"), "here")));
    }

    [Fact]
    public async Task A_sandbox_has_no_network_unless_it_is_allowed()
    {
        await using var world = new DriverWorld();
        var launch = world.Launch("1.0-1", "sh", "-c", "grep -c : /proc/net/dev; grep -v lo: /proc/net/dev | grep -c :");

        await world.RunAsync(launch);
        await world.RunAsync(launch with { Id = "1.1-1", AllowNetwork = true });

        Assert.Equal("1\n0\n", world.Log("1.0-1"));
        Assert.NotEqual("1\n0\n", world.Log("1.1-1"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_task_reads_its_inputs_and_cannot_change_them(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var input = Directory.CreateDirectory(Path.Combine(world.Folder, "probe-input")).FullName;
        await File.WriteAllTextAsync(Path.Combine(input, "file"), "content\n", TestContext.Current.CancellationToken);
        var launch = world.Launch("1.0-1", "sh", "-c", "cat data/scene/file; echo x > data/scene/file; echo y > data/scene/new; true");

        await world.RunAsync(launch with { Inputs = [new(input, "data/scene")] });

        Assert.StartsWith("content\n", world.Log("1.0-1"));
        Assert.Equal("content\n", await File.ReadAllTextAsync(Path.Combine(input, "file"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFileSystemEntries(input));
    }

    [Fact]
    public async Task A_place_for_an_input_outside_the_working_directory_is_refused()
    {
        await using var world = new DriverWorld(isPlain: true);

        var over = await world.RunAsync(world.Launch("1.0-1", "/bin/true") with { Inputs = [new("/etc", "../../there")] });

        Assert.Equal("cannot-start", over.Reason);
        Assert.Contains("no place below", over.Detail);
    }

    [Fact]
    public async Task A_node_that_cannot_isolate_refuses_a_task_that_asks_for_it()
    {
        await using var world = new DriverWorld(isPlain: true);

        var over = await world.RunAsync(world.Launch("1.0-1", "/bin/true") with { Sandbox = true });

        Assert.Equal("cannot-start", over.Reason);
        Assert.Contains("isolation", over.Detail);
        Assert.Contains("sandbox-off", world.Driver.Describe().Note);
    }

    [Fact]
    public async Task A_sandbox_that_could_not_be_had_at_first_is_tried_again()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-sandbox-");
        var program = Path.Combine(folder.FullName, "bwrap");
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = (UnixFileMode)0b111_001_001;
        File.CreateSymbolicLink(program, "/bin/false");
        var driver = new ProcessDriver(
            new() { Folder = Path.Combine(folder.FullName, "attempts"), SandboxProgram = program }, TimeProvider.System);
        var before = driver.Describe();

        File.Delete(program);
        File.CreateSymbolicLink(program, "/bin/true");
        var after = driver.Describe();

        Assert.False(before.CanSandbox);
        Assert.Contains("sandbox-fails", before.Note);
        Assert.True(after.CanSandbox);
        await driver.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_task_may_run_on_every_processor_that_the_agent_may()
    {
        await using var world = new DriverWorld(isPlain: true);
        var allowed = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("Cpus_allowed_list", StringComparison.Ordinal));
        world.Driver.Start(world.Launch("1.0-1", "sh", "-c", "until [ -e gate ]; do sleep 0.1; done; grep Cpus_allowed_list /proc/self/status"));

        await world.RunAsync(world.Launch("1.1-1", "/bin/true")); // By now the first is let go.
        await File.WriteAllTextAsync(Path.Combine(world.Driver.WorkingDirectory("1.0-1"), "gate"), "", TestContext.Current.CancellationToken);
        await world.OverAsync("1.0-1");

        Assert.Equal(allowed, world.Log("1.0-1").TrimEnd());
    }

    [Theory]
    [InlineData(127, "no-such-program", "not found")]
    [InlineData(126, "/etc/passwd", "cannot be run")]
    public async Task A_program_that_cannot_be_run_fails_as_in_a_shell(int code, string program, string said)
    {
        await using var world = new DriverWorld(isPlain: true);

        var over = await world.RunAsync(world.Launch("1.0-1", program));

        Assert.Equal((code, ""), (over.ExitCode, over.Reason));
        Assert.Contains(said, world.Log("1.0-1"));
    }

    [Fact]
    public async Task A_script_that_names_no_program_is_a_shells()
    {
        await using var world = new DriverWorld(isPlain: true);
        var script = Path.Combine(world.Folder, "probe-script");
        await File.WriteAllTextAsync(script, "echo $1; exit 9\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        var over = await world.RunAsync(world.Launch("1.0-1", script, "hello"));

        Assert.Equal(9, over.ExitCode);
        Assert.Equal("hello\n", world.Log("1.0-1"));
    }

    [Fact]
    public async Task A_log_of_a_hundred_thousand_lines_is_whole_and_an_endless_one_is_cut_at_its_bound()
    {
        await using var world = new DriverWorld(isPlain: true);

        await world.RunAsync(world.Launch("1.0-1", "seq", "100000"));
        await world.RunAsync(world.Launch("1.1-1", "sh", "-c", "yes | head -c 30000000") with { LogBytesMax = 1 << 20 });

        Assert.Equal(100_000, File.ReadLines(world.Driver.LogPath("1.0-1")).Count());
        Assert.Equal(1 << 20, new FileInfo(world.Driver.LogPath("1.1-1")).Length);
    }

    [Fact]
    public async Task A_task_that_fills_its_directory_beyond_what_it_may_is_ended_for_that()
    {
        await using var world = new DriverWorld(isPlain: true);
        var launch = world.Launch("1.0-1", "sh", "-c", "head -c 3000000 /dev/zero > big");

        var over = await world.RunAsync(launch with { DiskBytes = 1 << 20 });

        Assert.Equal("output-too-large", over.Reason);
    }
}
