using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Simulation;

public sealed class EndedJobTests
{
    private static readonly ProjectId Lab = new("lab");
    private static readonly NodeId Node = new("west/p/n");
    private static readonly NodeId Sister = new("west/p/m");

    private DomainState _state = DomainState.Empty;
    private DateTimeOffset _now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_job_whose_deadline_passes_while_a_task_runs_fails_and_says_so()
    {
        Grow();
        var job = Do(new SubmitJob(Lab, "ann", Spec(tasks: 2, TimeSpan.FromMinutes(1)), Money.Zero(), new(""))).Value;
        Place(job, Node);

        _now += TimeSpan.FromMinutes(2);
        Do(new Tick());
        End(job, AttemptEnd.Stopped);

        Assert.Equal(JobPhase.Failed, Job(job).Phase);
        Assert.Equal("deadline-passed", Job(job).Failure?.Code);
    }

    [Fact]
    public void Every_retry_has_as_long_as_the_first_try()
    {
        Grow();
        var job = Do(new SubmitJob(Lab, "ann", Spec(tasks: 1, TimeSpan.FromMinutes(10)), Money.Zero(), new(""))).Value;

        for (var i = 0; i < 3; i++)
        {
            _now += TimeSpan.FromHours(1);
            Do(new Tick());
            Do(new RetryJob(job));
            Assert.Equal(_now + TimeSpan.FromMinutes(10), Job(job).Deadline);
        }
    }

    [Fact]
    public void Tries_that_were_lost_before_a_retry_do_not_count_after_it()
    {
        Grow();
        var job = Do(new SubmitJob(Lab, "ann", Spec(tasks: 1, deadline: null), Money.Zero(), new(""))).Value;
        while (Job(job).Phase == JobPhase.Active)
        {
            Place(job, Node);
            End(job, AttemptEnd.Lost);
        }

        Do(new RetryJob(job));
        Place(job, Node);
        End(job, AttemptEnd.Lost);

        Assert.Equal(JobPhase.Active, Job(job).Phase);
    }

    [Fact]
    public void Nothing_is_sent_to_a_node_that_is_not_there()
    {
        Grow();
        Do(new RegisterDataset(DatasetId.Of(Lab, "wells"), new(new("root"), DataSize.FromMebibytes(1), 1), "", Node));
        var job = Do(new SubmitJob(Lab, "ann", Spec(tasks: 1, deadline: null), Money.Zero(), new(""))).Value;
        _now += TimeSpan.FromHours(3);
        Do(new RenewLease(Node, TimeSpan.FromHours(2)));
        Do(new Tick());

        var answer = DomainMachine.Decide(_state, new OrderTransfer(
            new(
                TransferPurpose.Delivery, Lab, "ann", DatasetId.Of(Lab, "wells"), Version: 1, [Node.Site], TransferMode.Dedicated, Priority: 0,
                Bandwidth.Zero, Deadline: null, job, new("")),
            [
                new(new("root"), DataSize.FromMebibytes(1), Sister, [new(_now, _now + TimeSpan.FromMinutes(1), [new(Node, [], Bandwidth.FromMbps(10))])]),
            ]), _now);

        Assert.Equal(NodeState.Lost, _state.Sites.Nodes[Sister].State);
        Assert.Equal("node-not-ready", answer.Fault?.Code);
    }

    private void Grow()
    {
        Do(new DeclareTenant(new("lab"), "Lab", Quota.Default, [Lab]));
        Do(new DeclareSite(new(
            new("west"), "West", "west", "core", "west", "cn", Latitude: 0, Longitude: 0, Pue: 1.2,
            [.. Enumerable.Repeat(400d, 24)], [.. Enumerable.Repeat(0m, 24)])));
        foreach (var node in new[] { Node, Sister })
        {
            Do(new IssueJoinToken(new(node.Value), node.Site, TimeSpan.FromMinutes(5)));
            Do(new EnrolNode(new(node.Value), node.Site, "p", "process", node.Value[^1..], "key"));
            Do(new ReportNode(
                node, new(8_000, DataSize.FromGibibytes(8), DataSize.FromGibibytes(50)), [], "", CanSandbox: true, "", "linux",
                TimeSpan.FromHours(2), PublicKey: "key of " + node));
        }
    }

    private static JobSpec Spec(int tasks, TimeSpan? deadline) => new()
    {
        Name = "job",
        Command = ["/bin/true"],
        TaskCount = tasks,
        Constraints = new() { DeadlineAfter = deadline },
    };

    private void Place(long job, NodeId node) =>
        Do(new PlaceTasks(job, [new(Job(job).WaitingTasks().First(), node, [], _now)], [], explanation: null));

    private void End(long job, AttemptEnd end)
    {
        var live = Job(job).Tasks.Values.Select(t => t.Live).OfType<Attempt>().First();
        Do(new ReportEnded(live.Id, live.Node, end, new(-1, Reason.Of("test"), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, [])));
    }

    private Job Job(long id) => _state.Jobs.Jobs[id];

    private Decision Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(_state, command, _now);
        Assert.True(decision.Fault is null, $"{command}: {decision.Fault}");
        _state = _state.Evolve(decision.Events);
        return decision;
    }
}
