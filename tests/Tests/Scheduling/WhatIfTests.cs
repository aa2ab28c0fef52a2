using System.Collections.Immutable;
using CsCheck;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class WhatIfTests
{
    [Fact]
    public void A_lost_site_stops_what_runs_there_and_moves_it_where_there_is_room()
    {
        var domain = new TestDomain().Centre("west", coreHour: 1).Centre("east", coreHour: 2);
        var job = domain.Submit(TestDomain.Job(tasks: 3, objective: Objective.Cheapest));
        domain.Schedule();
        var answer = Ask(domain, new Supposition.SiteLost(new("west")));

        var difference = Assert.Single(answer.Changed);
        Assert.Equal(job, difference.Job);
        Assert.Equal(
            [ReasonCodes.WouldStop, ReasonCodes.WouldRunAt, ReasonCodes.WouldCost], difference.Differences.Select(d => d.Code));
        Assert.Equal(["east/main"], difference.With.Pools.Select(p => p.Value));
        Assert.Equal("将在 east/main 而非 west/main 运行", ReasonTexts.Say(Language.Chinese, difference.Differences[1]));
    }

    [Fact]
    public void New_nodes_let_waiting_tasks_start_and_change_nothing_for_those_that_run()
    {
        var domain = new TestDomain().Centre("west");
        domain.Submit(TestDomain.Job(tasks: 4));
        domain.Schedule();
        var waiting = domain.Submit(TestDomain.Job(tasks: 6));
        var answer = Ask(domain, new Supposition.NodesAdded(new("west/main"), 1));

        var difference = Assert.Single(answer.Changed);
        Assert.Equal(waiting, difference.Job);
        Assert.Equal((0, 6), (difference.Without!.RunningCount, difference.Without.WaitingCount));
        Assert.Equal((4, 2), (difference.With.RunningCount, difference.With.WaitingCount));
        Assert.Equal(1, answer.UnchangedCount);
    }

    [Fact]
    public void A_supposed_job_says_whom_it_would_make_wait()
    {
        var domain = new TestDomain().Centre("west");
        var loose = domain.Submit(TestDomain.Job(tasks: 4) with { IsBestEffort = true });
        domain.Schedule();
        var answer = Ask(domain, new Supposition.JobAdded(TestDomain.Project, TestDomain.Job("firm", tasks: 2)));

        Assert.Equal(2, answer.Changed.Length);
        Assert.Equal([ReasonCodes.WouldStop, ReasonCodes.WouldWait], answer.Changed.Single(d => d.Job == loose).Differences.Take(2).Select(d => d.Code));
        Assert.Equal(2, answer.Changed.Single(d => d.Without is null).With.RunningCount);
    }

    [Fact]
    public void A_cut_link_makes_those_wait_whose_data_came_over_it()
    {
        var domain = new TestDomain().Centre("west").Centre("east").Link("west", "east", mbps: 100).Data("d", 500, "east/main/n00");
        var job = domain.Submit(TestDomain.Job(inputs: "d") with { Constraints = new() { Sites = ["west"] } });
        domain.Schedule();
        var answer = Ask(domain, new Supposition.LinkCut(new("east-west")));

        var difference = Assert.Single(answer.Changed);
        Assert.Equal(job, difference.Job);
        Assert.Equal(1, difference.With.WaitingCount);
        Assert.NotNull(difference.With.Pending);
    }

    [Fact]
    public void Without_a_change_nothing_differs_and_asking_changes_nothing() => Gen.ULong.Sample(
        number =>
        {
            var fleet = new RandomFleet(number);
            fleet.SubmitJobs(12);
            fleet.Domain.Schedule(limit: 7);
            var before = fleet.Domain.State.ToBytes();
            var answer = Ask(fleet.Domain);

            Assert.Empty(answer.Changed);
            Assert.Equal(fleet.Domain.State.Jobs.Active.Count, answer.UnchangedCount);
            Assert.Equal(before, fleet.Domain.State.ToBytes());
        },
        iter: 30);

    private static WhatIf Ask(TestDomain domain, params ImmutableArray<Supposition> changes) =>
        Scheduler.WhatIf(domain.State, changes, domain.Now, new());
}
