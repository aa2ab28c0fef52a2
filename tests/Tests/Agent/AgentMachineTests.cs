using Meridian.Agent.Attempts;
using Meridian.Protocol.Agents;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class AgentMachineTests
{
    private static readonly AttemptKey Key = new() { Job = 7, Task = 3, Attempt = 1 };
    private static readonly TimeSpan At = TimeSpan.FromSeconds(100);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 400)];

    [Theory, MemberData(nameof(Seeds))]
    public void No_attempt_starts_twice_and_no_end_is_lost_whatever_is_repeated_reordered_or_crashes(int seed)
    {
        var world = new AgentWorld(seed).Run(steps: 250);

        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_history_repeats_itself_exactly_from_its_seed()
    {
        var first = new AgentWorld(5).Run(steps: 250);

        var second = new AgentWorld(5).Run(steps: 250);

        Assert.Equal(first.Heard, second.Heard);
        Assert.Equal(first.Ordered, second.Ordered);
    }

    [Fact]
    public void The_record_comes_before_the_launch()
    {
        var machine = Ready();

        var actions = machine.Received(Start(), At);

        Assert.Collection(actions, a => Assert.IsType<Accepted>(Assert.IsType<Keep>(a).Record), a => Assert.IsType<Launch>(a));
    }

    [Fact]
    public void A_stop_that_overtakes_its_start_bars_it()
    {
        var machine = Ready();
        var stop = machine.Received(new() { Stop = new() { Key = Key, Reason = "cancelled" } }, At);

        var start = machine.Received(Start(), At);

        Assert.Empty(start);
        var report = Assert.Single(stop.OfType<Send>()).Message;
        Assert.Equal(AttemptReport.Types.State.Stopped, report.Attempt.State);
        Assert.NotEqual(0UL, report.Sequence);
    }

    [Fact]
    public void An_attempt_stays_barred_after_it_was_finished_with_and_the_agent_began_anew()
    {
        var machine = Ready();
        machine.Received(Start(), At);
        machine.Ended(Report(AttemptReport.Types.State.Succeeded), At);
        machine.LogArrived(Key);
        machine.Received(new() { Acknowledge = new() { Sequence = 1 } }, At);
        var again = new AgentMachine();
        again.Begin(machine.Remembered(), At + TimeSpan.FromSeconds(20), At);

        var actions = again.Received(Start(), At);

        Assert.Empty(actions);
        Assert.Empty(again.Holding);
    }

    [Fact]
    public void Numbers_of_reports_are_not_used_again_after_the_agent_began_anew()
    {
        var machine = Ready();
        machine.Received(Start(), At);
        machine.Ended(Report(AttemptReport.Types.State.Failed), At);
        machine.Received(new() { Acknowledge = new() { Sequence = 1 } }, At);
        var again = new AgentMachine();
        again.Begin(machine.Remembered(), leaseUntil: null, At);

        var actions = again.Received(new() { Stop = new() { Key = new() { Job = 8 }, Reason = "cancelled" } }, At);

        Assert.Equal(2UL, Assert.Single(actions.OfType<Send>()).Message.Sequence);
    }

    [Fact]
    public void A_cut_shorter_than_the_lease_stops_nothing_and_a_longer_one_everything()
    {
        var machine = Ready();
        machine.Received(Start(), At);
        machine.Disconnected();

        var early = machine.Tick(new(), At + TimeSpan.FromSeconds(29));
        var late = machine.Tick(new(), At + TimeSpan.FromSeconds(30));

        Assert.Empty(early);
        Assert.Equal(new Kill(Key, "lease-expired"), Assert.Single(late));
    }

    [Fact]
    public void A_lease_counts_from_when_the_agent_asked()
    {
        var machine = Ready();
        machine.Received(Start(), At);
        var asked = At + TimeSpan.FromSeconds(12);
        var request = Assert.Single(machine.Tick(new(), asked).OfType<Send>()).Message.Heartbeat.LeaseRequest;

        var granted = machine.Received(
            new() { Lease = new() { LeaseRequest = request, LeaseMilliseconds = 30_000 } }, asked + TimeSpan.FromSeconds(9));

        Assert.Equal(new LeaseHeld(asked + TimeSpan.FromSeconds(30)), Assert.Single(granted));
    }

    [Fact]
    public void An_agent_whose_lease_ran_out_on_an_open_line_dials_again()
    {
        var machine = Ready();

        var actions = machine.Tick(new(), At + TimeSpan.FromSeconds(31));

        Assert.IsType<Redial>(actions[^1]);
    }

    [Fact]
    public void What_is_owed_is_sent_again_with_each_new_line_until_it_is_heard()
    {
        var machine = Ready();
        machine.Received(Start(), At);
        machine.Ended(Report(AttemptReport.Types.State.Failed), At);
        machine.Disconnected();

        var before = machine.Connected(new(), At);
        machine.Received(new() { Acknowledge = new() { Sequence = 1 } }, At);
        var after = machine.Connected(new(), At);

        Assert.Contains(before.OfType<Send>(), s => s.Message.Sequence == 1);
        Assert.DoesNotContain(after.OfType<Send>(), s => s.Message.Sequence == 1);
    }

    [Fact]
    public void The_report_of_a_transfer_is_kept_and_an_order_that_comes_again_hears_it_again()
    {
        var machine = Ready();
        var order = new ToAgent { Fetch = new() { Transfer = 4, Root = "r" } };
        Assert.IsType<Fetch>(Assert.Single(machine.Received(order, At)));
        Assert.Empty(machine.Received(order, At));

        var done = machine.Fetched(new() { Transfer = 4, State = TransferReport.Types.State.Done }, At);
        var again = machine.Received(order, At);

        Assert.IsType<Owed>(Assert.Single(done.OfType<Keep>()).Record);
        Assert.Equal(4, Assert.Single(again.OfType<Send>()).Message.Transfer.Transfer);
    }

    private static AgentMachine Ready()
    {
        var machine = new AgentMachine();
        machine.Begin([], leaseUntil: null, At);
        machine.Connected(new(), At);
        machine.Received(new() { Welcome = new() { LeaseMilliseconds = 30_000, HeartbeatMilliseconds = 5000 } }, At);
        return machine;
    }

    private static ToAgent Start() => new() { Start = new() { Key = Key, Command = { "true" } } };

    private static AttemptReport Report(AttemptReport.Types.State state) => new() { Key = Key, State = state };
}
