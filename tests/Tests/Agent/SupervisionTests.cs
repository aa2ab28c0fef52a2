using System.Net.Sockets;
using Meridian.Agent.Drivers;
using Meridian.Supervisor;
using Xunit;

namespace Meridian.Tests.Agent;

/// <summary>What becomes of tasks when their agent or their supervisor dies.</summary>
public sealed class SupervisionTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_agent_that_comes_back_finds_what_runs_and_what_ended_meanwhile(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var gate = Path.Combine(world.Driver.WorkingDirectory("1.0-1"), "gate");
        var (running, ended) = (
            world.Launch("1.0-1", "sh", "-c", "echo up; until [ -e gate ]; do sleep 0.1; done; exit 5"),
            world.Launch("1.1-1", "sh", "-c", "exit 6"));
        world.Driver.Start(running);
        await world.RunAsync(ended);
        await world.SaysAsync("1.0-1", "up");
        await world.RestartAsync(isPlain);

        world.Driver.Adopt(running);
        world.Driver.Adopt(ended);
        var early = await world.OverAsync("1.1-1");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        var late = await world.OverAsync("1.0-1");

        Assert.Equal(6, early.ExitCode);
        Assert.Equal((5, ""), (late.ExitCode, late.Reason));
    }

    [Fact]
    public async Task An_agent_that_comes_back_can_stop_what_runs_before_it_takes_it_up()
    {
        await using var world = new DriverWorld(isPlain: true);
        var word = $"33{Random.Shared.Next(1_000_000, 9_000_000)}";
        world.Driver.Start(world.Launch("1.0-1", "sh", "-c", $"echo up; sleep {word}"));
        await world.SaysAsync("1.0-1", "up");
        await world.RestartAsync(isPlain: true);

        world.Driver.Stop("1.0-1", "lease-expired");
        var over = await world.OverAsync("1.0-1");

        Assert.Equal("lease-expired", over.Reason);
        await DriverWorld.GoneAsync(word);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task When_the_supervisor_is_killed_its_tasks_end_and_are_lost_and_the_next_ones_run(bool isPlain)
    {
        await using var world = new DriverWorld(isPlain);
        var word = $"35{Random.Shared.Next(1_000_000, 9_000_000)}";
        var launch = world.Launch("1.0-1", "sh", "-c", $"echo up; setsid sleep {word} & sleep {word}");
        world.Driver.Start(launch);
        var before = await world.RunAsync(world.Launch("1.1-1", "sh", "-c", "exit 3"));
        await world.SaysAsync("1.0-1", "up");

        world.KillSupervisor();
        var lost = await world.EndAsync("1.0-1");
        var next = await world.RunAsync(world.Launch("1.2-1", "sh", "-c", "exit 4"));

        Assert.IsType<TaskGone>(lost);
        await DriverWorld.GoneAsync(word);
        Assert.Equal((3, 4), (before.ExitCode, next.ExitCode));
    }

    [Fact]
    public async Task What_ran_under_a_supervisor_that_was_killed_is_never_started_again()
    {
        await using var world = new DriverWorld(isPlain: true);
        var launch = world.Launch("1.0-1", "sh", "-c", "echo up; sleep 1000");
        world.Driver.Start(launch);
        await world.SaysAsync("1.0-1", "up");
        var ended = world.Launch("1.1-1", "sh", "-c", "echo once; exit 6");
        await world.RunAsync(ended);

        world.KillSupervisor();
        await world.EndAsync("1.0-1");
        await world.RestartAsync(isPlain: true);
        world.Driver.Adopt(launch);
        world.Driver.Adopt(ended);

        Assert.IsType<TaskGone>(await world.EndAsync("1.0-1"));
        Assert.Equal(6, (await world.OverAsync("1.1-1")).ExitCode);
        Assert.Equal(("up\n", "once\n"), (world.Log("1.0-1"), world.Log("1.1-1")));
    }

    [Fact]
    public async Task A_task_cannot_end_its_supervisor()
    {
        await using var world = new DriverWorld(isPlain: true);

        var over = await world.RunAsync(world.Launch("1.0-1", "sh", "-c", "kill -9 $PPID; echo refused"));

        Assert.Equal(0, over.ExitCode);
        Assert.EndsWith("refused\n", world.Log("1.0-1"));
    }

    [Fact]
    public async Task Each_attempt_leads_a_session_of_its_own_and_gets_no_handle_of_the_supervisors()
    {
        await using var world = new DriverWorld(isPlain: true);

        await world.RunAsync(world.Launch("1.0-1", "sh", "-c", "echo $$; cut -d' ' -f5,6 /proc/$$/stat; ls /proc/$$/fd | tr '\\n' ' '"));

        var lines = world.Log("1.0-1").Split('\n');
        Assert.Equal($"{lines[0]} {lines[0]}", lines[1]);
        Assert.Equal("0 1 2 ", lines[2]);
    }

    [Fact]
    public async Task When_the_agent_is_dead_the_lease_ends_the_tasks_all_the_same()
    {
        await using var world = new DriverWorld(isPlain: true);
        var word = $"34{Random.Shared.Next(1_000_000, 9_000_000)}";
        world.Driver.Start(world.Launch("1.0-1", "sh", "-c", $"echo up; setsid sleep {word} & sleep {word}"));
        await world.SaysAsync("1.0-1", "up");

        world.Driver.HoldLease(TimeSpan.FromSeconds(1)); // Long ago, since the boot.
        await world.Driver.DisposeAsync();

        await DriverWorld.GoneAsync(word);
    }

    [Fact]
    public async Task What_an_agent_ordered_is_done_although_it_died_before_it_heard_an_answer()
    {
        await using var world = new DriverWorld(isPlain: true);
        var word = $"36{Random.Shared.Next(1_000_000, 9_000_000)}";
        world.Driver.Start(world.Launch("1.0-1", "sh", "-c", $"echo up; sleep {word}"));
        await world.SaysAsync("1.0-1", "up");
        await world.Driver.DisposeAsync();

        var ask = Wire.Write(new Order(OrderKind.Ask, "1.0-1"));
        using (var line = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            line.Connect(new UnixDomainSocketEndPoint(Path.Combine(world.Folder, ".supervisor")));
            line.Send([.. Enumerable.Repeat(ask, 3000).SelectMany(b => b), .. Wire.Write(new Order(OrderKind.Lease) { LeaseSeconds = 1 })]);
        }

        await DriverWorld.GoneAsync(word);
    }
}
