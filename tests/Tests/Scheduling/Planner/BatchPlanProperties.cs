using CsCheck;
using Meridian.Domain.Machine;
using Meridian.Scheduling;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;
using Meridian.Scheduling.Reasons;
using Meridian.Simulation.Checks;
using Xunit;

namespace Meridian.Tests.Scheduling.Planner;

public sealed class BatchPlanProperties
{
    private static readonly PlannerOptions Quickly = new() { Batch = new() { MoveCountEach = 20, BoundRoundCount = 20, ProgramModeCountMax = 20, ProgramEffort = 0.05 } };

    [Fact]
    public void A_round_that_follows_a_plan_is_never_refused_and_overcommits_nothing() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        var intentions = IntentionBook.Empty;
        for (var round = 0; round < 5; round++)
        {
            fleet.SubmitJobs(6);
            intentions = Scheduler.Improve(fleet.Domain.State, fleet.Domain.Now, Quickly, intentions).Intentions;
            var plan = Scheduler.Plan(fleet.Domain.State, fleet.Domain.Now, new(), intentions);
            Assert.DoesNotContain(plan.Pending, p => p.Reason.Code == ReasonCodes.WriterRefused);
            foreach (var command in plan.Commands)
                fleet.Domain.Do(command);
            var broken = StateRules.Broken(fleet.Domain.State, fleet.Domain.Now).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken)}");
            fleet.Live();
        }
    }, iter: 60);

    [Fact]
    public void A_plan_costs_no_more_than_what_the_round_would_do_and_no_less_than_its_bound() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        fleet.SubmitJobs(12);

        var report = Scheduler.Improve(fleet.Domain.State, fleet.Domain.Now, Quickly, IntentionBook.Empty);

        Assert.True(report.Cost <= report.OwnCost + 1e-9, $"seed {seed}: {report}");
        Assert.True(report.Bound <= report.Cost + 1e-9, $"seed {seed}: {report}");
    }, iter: 60);

    [Fact]
    public void The_same_state_and_time_give_the_same_plan() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        fleet.SubmitJobs(10);
        var first = Scheduler.Improve(fleet.Domain.State, fleet.Domain.Now, Quickly, IntentionBook.Empty);

        fleet.Domain.State = DomainState.FromBytes(fleet.Domain.State.ToBytes());
        var second = Scheduler.Improve(fleet.Domain.State, fleet.Domain.Now, Quickly, IntentionBook.Empty);

        Assert.Equal((first.Cost, first.Bound), (second.Cost, second.Bound));
        Assert.Equal(first.Intentions.All.Select(Text), second.Intentions.All.Select(Text));
    }, iter: 30);

    [Fact]
    public void A_task_is_held_back_for_the_plan_and_placed_when_its_time_comes_but_not_for_ever()
    {
        var domain = new TestDomain().Centre("near", coreHour: 1).Centre("far", coreHour: 3);
        var id = domain.Submit(TestDomain.Job(minutes: 60));
        var later = domain.Now + TimeSpan.FromMinutes(30);
        var plan = new IntentionBook([new(id, new("far/main"), Way: null, later, later + TimeSpan.FromHours(1))]);

        Assert.Empty(Scheduler.Plan(domain.State, domain.Now, new(), plan).Commands);
        Assert.Equal("far", SiteOf(Scheduler.Plan(domain.State, later, new(), plan)));
        Assert.Equal("near", SiteOf(Scheduler.Plan(domain.State, domain.Now, new() { Patience = TimeSpan.Zero }, plan)));
    }

    private static string SiteOf(Meridian.Scheduling.Rounds.SchedulingRound round) =>
        round.Commands.OfType<Meridian.Domain.Jobs.PlaceTasks>().Single().Placements[0].Node.Site.Value;

    private static string Text(Intention one) => $"{one.Job} {one.Pool} {one.Start:O} {one.Way?.Rate} {string.Join(',', one.Way?.Links ?? [])}";
}
