using CsCheck;
using MemoryPack;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;
using Meridian.Simulation.Checks;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class PlanProperties
{
    [Fact]
    public void No_plan_is_refused_by_the_writer_in_the_state_that_it_was_made_from() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        for (var round = 0; round < 6; round++)
        {
            fleet.SubmitJobs(4);
            var plan = fleet.Domain.Plan(limit: 7);
            Assert.DoesNotContain(plan.Pending, p => p.Reason.Code == ReasonCodes.WriterRefused);
            foreach (var command in plan.Commands)
                fleet.Domain.Do(command);
            var broken = StateRules.Broken(fleet.Domain.State, fleet.Domain.Now).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken)}");
            fleet.Live();
        }
    }, iter: 200);

    [Fact]
    public void The_same_state_and_time_give_the_same_plan_byte_for_byte() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        fleet.SubmitJobs(10);
        fleet.Domain.Schedule();
        fleet.Live();
        var first = Bytes(fleet.Domain.Plan());

        fleet.Domain.State = DomainState.FromBytes(fleet.Domain.State.ToBytes());

        Assert.Equal(first, Bytes(fleet.Domain.Plan()));
    }, iter: 100);

    [Fact]
    public void Every_job_is_placed_or_says_why_it_waits_and_every_account_names_every_pool() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        fleet.SubmitJobs(8);
        var round = fleet.Domain.Schedule();

        var (state, pools) = (fleet.Domain.State, fleet.Domain.State.Sites.Pools.Keys.ToList());
        foreach (var job in state.Jobs.Jobs.Values)
        {
            if (job.WaitingCount > 0)
                Assert.Contains(round.Pending, p => p.Job == job.Id);
            if (job.LiveCount > 0)
                Assert.Equal(pools, job.Explanation!.Candidates.Select(c => c.Pool));
            var why = fleet.Domain.Explain(job.Id);
            Assert.Equal(job.WaitingCount > 0, why.PendingReason is not null);
            if (why.PendingReason is not null)
                Assert.Equal(pools, why.Explanation!.Candidates.Select(c => c.Pool));
        }
    }, iter: 200);

    [Fact]
    public void A_round_places_no_more_tasks_than_its_limit_but_for_one_larger_gang() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        fleet.SubmitJobs(10);

        var placed = fleet.Domain.Plan(limit: 3).Commands.OfType<PlaceTasks>().ToList();

        var isOneGang = placed is [{ } only] && fleet.Domain.State.Jobs.Jobs[only.Job].Spec.IsGang;
        Assert.True(isOneGang || placed.Sum(p => p.Placements.Length) <= 3);
    }, iter: 100);

    [Fact]
    public void A_quoted_hold_suffices_for_the_placement_that_was_quoted() => Gen.ULong.Sample(seed =>
    {
        var fleet = new RandomFleet(seed);
        var spec = fleet.Job("quoted");
        var quote = fleet.Domain.Quote(spec);
        var hasRoom = DomainMachine.Decide(
            fleet.Domain.State, new SubmitJob(TestDomain.Project, "ann", spec, quote.HoldAtMost, new("")), fleet.Domain.Now).Fault is null;
        if (quote.Explanation.Chosen.Value.Length == 0 || !hasRoom)
            return;

        fleet.Domain.Do(new SubmitJob(TestDomain.Project, "ann", spec, quote.HoldAtMost, new("")));
        var waiting = fleet.Domain.State.Accounts.Balance(Meridian.Domain.Accounts.AccountId.Available(TestDomain.Tenant));
        fleet.Domain.Schedule();

        var job = fleet.Domain.State.Jobs.Jobs[1];
        if (job.Tasks.Values.All(t => t.Live!.Node.Pool == quote.Explanation.Chosen))
            Assert.Equal(waiting, fleet.Domain.State.Accounts.Balance(Meridian.Domain.Accounts.AccountId.Available(TestDomain.Tenant)));
    }, iter: 200);

    private static byte[] Bytes(SchedulingRound round) =>
    [
        .. round.Commands.SelectMany(c => c switch
        {
            PlaceTasks place => MemoryPackSerializer.Serialize(place),
            OrderTransfer deliver => MemoryPackSerializer.Serialize(deliver),
            ReplanTransfer replan => MemoryPackSerializer.Serialize(replan),
            _ => throw new InvariantBrokenException("a round proposes placements and deliveries"),
        }),
        .. round.Pending.SelectMany(p => MemoryPackSerializer.Serialize($"{p.Job} {p.Reason}")),
        .. MemoryPackSerializer.Serialize(round.NextLook),
    ];
}
