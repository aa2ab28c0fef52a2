using CsCheck;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Tasks are kept apart, so that what fails as a whole takes few of them along.</summary>
public sealed class SpreadTests
{
    [Theory]
    [InlineData(FailureDomain.Node, 1, 8), InlineData(FailureDomain.Node, 2, 16)]
    [InlineData(FailureDomain.Site, 1, 4), InlineData(FailureDomain.Site, 3, 12)]
    [InlineData(FailureDomain.Region, 1, 2), InlineData(FailureDomain.Region, 5, 10)]
    public void No_more_tasks_run_in_one_failure_domain_than_the_job_allows_and_the_others_wait(FailureDomain over, int max, int expected)
    {
        var domain = Country();

        var job = domain.Submit(Job(tasks: 40, over, max));
        domain.Schedule();

        Assert.Equal(expected, domain.State.Jobs.Jobs[job].LiveCount);
        Assert.All(Counts(domain, job, over), count => Assert.Equal(max, count));
        var why = domain.Explain(job);
        Assert.Equal(ReasonCodes.Crowded, why.PendingReason!.Code);
        Assert.Contains(max.ToString(), ReasonTexts.Say(Language.English, why.PendingReason), StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_task_ends_the_next_one_takes_its_place()
    {
        var domain = Country();
        var job = domain.Submit(Job(tasks: 6, FailureDomain.Site, max: 1));
        domain.Schedule();
        var first = domain.State.Jobs.Jobs[job].Tasks[0].Live!;

        domain.End(first.Id);
        domain.Schedule();

        Assert.Equal(4, domain.State.Jobs.Jobs[job].LiveCount);
        Assert.Equal(first.Node.Site, domain.State.Jobs.Jobs[job].Tasks[4].Live!.Node.Site);
    }

    [Fact]
    public void A_gang_lies_on_different_nodes_or_waits()
    {
        var domain = new TestDomain().Centre("one", nodes: 3).Centre("two", nodes: 5, coreHour: 9);
        var spec = Job(tasks: 5, FailureDomain.Node, max: 1) with { IsGang = true };

        var (fits, tooLarge) = (domain.Submit(spec), domain.Submit(spec with { TaskCount = 6 }));
        domain.Schedule();

        Assert.Equal(5, domain.State.Jobs.Jobs[fits].Tasks.Values.Select(t => t.Live!.Node).Distinct().Count());
        Assert.Equal(0, domain.State.Jobs.Jobs[tooLarge].LiveCount);
    }

    [Fact]
    public void The_writer_refuses_what_lies_too_close()
    {
        var domain = Country();
        var job = domain.Submit(Job(tasks: 2, FailureDomain.Site, max: 1));
        PlaceTasks Both(string second) => new(
            job, [new(0, new("a/main/n00"), [], domain.Now), new(1, new(second), [], domain.Now)], [], explanation: null);

        Assert.Equal("spread", DomainMachine.Decide(domain.State, Both("a/main/n01"), domain.Now).Fault?.Code);
        Assert.Null(DomainMachine.Decide(domain.State, Both("b/main/n00"), domain.Now).Fault);
    }

    [Fact]
    public void Whatever_comes_and_ends_no_domain_ever_holds_more()
    {
        Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[1, 12].Array[1, 6]).Sample((over, max, ends) =>
        {
            var domain = Country();
            var jobs = new[] { 1, 2 }.Select(_ => domain.Submit(Job(tasks: 25, (FailureDomain)over, max))).ToList();
            foreach (var count in ends)
            {
                domain.Schedule();
                Assert.All(jobs.SelectMany(job => Counts(domain, job, (FailureDomain)over)), held => Assert.InRange(held, 0, max));
                domain.End(count);
            }
        }, iter: 40);
    }

    private static IEnumerable<int> Counts(TestDomain domain, long job, FailureDomain over) => domain.State.Jobs.Jobs[job].Tasks.Values
        .Select(task => task.Live).OfType<Attempt>()
        .GroupBy(live => Spreading.DomainOf(domain.State.Sites, new(over, 1), live.Node), StringComparer.Ordinal)
        .Select(group => group.Count());

    /// <summary>Two regions of two sites with two nodes each.</summary>
    private static TestDomain Country() => new TestDomain()
        .Centre("a", nodes: 2, region: "east").Centre("b", nodes: 2, region: "east")
        .Centre("c", nodes: 2, region: "west").Centre("d", nodes: 2, region: "west");

    private static JobSpec Job(int tasks, FailureDomain over, int max) =>
        TestDomain.Job(tasks: tasks) with { Constraints = new() { Spread = new(over, max) } };
}
