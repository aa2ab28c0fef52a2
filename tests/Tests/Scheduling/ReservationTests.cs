using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Advance;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Capacity that is held for a project: for its jobs alone, while it lasts.</summary>
public sealed class ReservationTests
{
    private static readonly PoolId Pool = new("west/main");

    [Fact]
    public void Jobs_of_its_project_wait_for_it_and_run_in_it_and_others_keep_away()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 60, to: 180, count: 3));
        var mine = domain.Submit(TestDomain.Job("mine", tasks: 3) with { Reservation = "night" });
        domain.Schedule();
        Assert.Equal(ReasonCodes.WaitsForReservation, domain.Explain(mine).PendingReason!.Code);

        Pass(domain, minutes: 60);
        var others = domain.Submit(TestDomain.Job("others", tasks: 2));
        domain.Schedule();

        Assert.Equal((3, 1), (Live(domain, mine), Live(domain, others)));
        Assert.Equal(ReasonCodes.WaitsForCapacity, domain.Explain(others).PendingReason!.Code);
    }

    [Fact]
    public void A_task_runs_before_it_where_it_is_certain_to_be_gone_and_nowhere_else()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 100, to: 180, count: 3));

        var longer = domain.Submit(TestDomain.Job("longer", tasks: 4) with { Timeout = TimeSpan.FromMinutes(99) });
        domain.Schedule();
        var shorter = domain.Submit(TestDomain.Job("shorter", tasks: 4) with { Timeout = TimeSpan.FromMinutes(90) });
        domain.Schedule();

        Assert.Equal((1, 3), (Live(domain, longer), Live(domain, shorter)));
        Assert.NotNull(domain.Explain(longer).PendingReason);
    }

    [Fact]
    public void The_writer_refuses_what_might_still_run_when_it_begins()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 100, to: 180, count: 4));
        var job = domain.Submit(TestDomain.Job());

        var placed = DomainMachine.Decide(
            domain.State, new PlaceTasks(job, [new(0, new("west/main/n00"), [], domain.Now)], [], explanation: null), domain.Now);

        Assert.Equal("node-reserved", placed.Fault?.Code);
    }

    [Fact]
    public void Best_effort_tasks_use_the_room_until_then_and_only_those_stop_that_are_in_the_way()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 100, to: 180, count: 3));
        var job = domain.Submit(TestDomain.Job(tasks: 4) with { IsBestEffort = true, Timeout = TimeSpan.FromHours(9) });
        domain.Schedule();
        Assert.Equal(4, Live(domain, job));

        Pass(domain, minutes: 99.5);

        var stopping = domain.State.Jobs.Jobs[job].Tasks.Values.OfType<Stopping>().ToList();
        Assert.Equal(3, stopping.Count);
        foreach (var attempt in stopping.Select(s => s.Attempt))
            domain.Do(new ReportEnded(attempt.Id, attempt.Node, AttemptEnd.Stopped, new(-1, Reason.Of("reserved"), TimeSpan.FromMinutes(9), TimeSpan.Zero, DataSize.Zero, [])));
        Assert.Equal((1, 3, 0m), (Live(domain, job), domain.State.Jobs.Jobs[job].WaitingCount, domain.State.Jobs.Jobs[job].Money.Charged.Amount));
        Assert.Equal("reserved", ((Requeued)domain.State.Jobs.Jobs[job].Tasks[3]).Reason.Code);
    }

    [Fact]
    public void What_cannot_be_kept_is_refused_with_what_is_free_and_when_all_of_it_is()
    {
        var domain = new TestDomain().Centre("west", nodes: 2);
        Reserve(domain, Seats(from: 60, to: 180, count: 6));

        var refused = Scheduler.Reserve(domain.State, Seats(from: 90, to: 150, count: 4) with { Name = "other" }, domain.Now);

        Assert.Equal(("reservation-full", "2", "4"), (refused.Fault!.Code, refused.Fault.Particulars[1], refused.Fault.Particulars[2]));
        var later = DateTimeOffset.Parse(refused.Fault.Particulars[3], System.Globalization.CultureInfo.InvariantCulture);
        var again = Seats(from: 0, to: 0, count: 4) with { Name = "other", From = later, To = later.AddHours(1) };
        Assert.Null(Scheduler.Reserve(domain.State, again, domain.Now).Fault);
        Assert.Equal(
            "reservation-too-large", Scheduler.Reserve(domain.State, Seats(from: 90, to: 150, count: 9) with { Name = "other" }, domain.Now).Fault?.Code);
    }

    [Fact]
    public void Two_for_the_same_room_at_the_same_time_are_refused_by_the_writer()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        var plan = Scheduler.Reserve(domain.State, Seats(from: 60, to: 180, count: 3), domain.Now);
        domain.Do(plan.ToCommand(Seats(from: 60, to: 180, count: 3)));

        var second = DomainMachine.Decide(domain.State, plan.ToCommand(Seats(from: 90, to: 120, count: 3) with { Name = "other" }), domain.Now);

        Assert.Equal("reservation-taken", second.Fault?.Code);
    }

    [Fact]
    public void It_costs_its_price_whether_used_or_not_and_tasks_inside_only_their_energy()
    {
        var domain = new TestDomain(credit: 100).Centre("west", coreHour: 2, nodes: 1, power: 0);
        Reserve(domain, Seats(from: 0, to: 120, count: 3));
        Assert.Equal(12m, domain.State.Accounts.Balance(AccountId.Held(TestDomain.Tenant)).Amount);
        var job = domain.Submit(TestDomain.Job() with { Reservation = "night" });
        domain.Schedule();
        domain.End(1);

        Pass(domain, minutes: 121);

        Assert.Equal(JobPhase.Succeeded, domain.State.Jobs.Jobs[job].Phase);
        Assert.Equal(0m, domain.State.Jobs.Jobs[job].Money.Charged.Amount);
        Assert.Equal(88m, domain.State.Accounts.Balance(AccountId.Available(TestDomain.Tenant)).Amount);
        Assert.Equal(12m, domain.State.Accounts.Balance(AccountId.Provider("west")).Amount);
        Assert.Equal(ReservationState.Over, domain.State.Reservations.All[1].State);
    }

    [Fact]
    public void Cancelled_it_costs_the_time_that_it_was_held_and_before_its_beginning_nothing()
    {
        var domain = new TestDomain(credit: 100).Centre("west", coreHour: 2, nodes: 1);
        Reserve(domain, Seats(from: 60, to: 180, count: 3));
        domain.Do(new CancelReservation(1));
        Assert.Equal(100m, domain.State.Accounts.Balance(AccountId.Available(TestDomain.Tenant)).Amount);

        Reserve(domain, Seats(from: 0, to: 120, count: 3));
        Pass(domain, minutes: 30);
        domain.Do(new CancelReservation(2));

        Assert.Equal(97m, domain.State.Accounts.Balance(AccountId.Available(TestDomain.Tenant)).Amount);
        Assert.Empty(domain.State.Reservations.ByNode);
    }

    [Fact]
    public void Time_in_which_its_node_is_away_is_not_paid()
    {
        var domain = new TestDomain(credit: 100).Centre("west", coreHour: 2, nodes: 1);
        Reserve(domain, Seats(from: 0, to: 120, count: 3));
        Pass(domain, minutes: 30);
        domain.State = domain.State.Evolve(new NodeLost(new("west/main/n00"), domain.Now));
        Pass(domain, minutes: 0);

        Pass(domain, minutes: 91);

        Assert.Equal(3m, domain.State.Reservations.All[1].Charged.Amount);
        Assert.Equal(97m, domain.State.Accounts.Balance(AccountId.Available(TestDomain.Tenant)).Amount);
    }

    [Fact]
    public void At_its_end_its_jobs_end_and_say_why()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 0, to: 60, count: 1));
        var job = domain.Submit(TestDomain.Job(tasks: 2) with { Reservation = "night" });
        domain.Schedule();
        Assert.Equal(1, Live(domain, job));

        Pass(domain, minutes: 60);
        var live = Assert.IsType<Stopping>(domain.State.Jobs.Jobs[job].Tasks[0]).Attempt;
        domain.Do(new ReportEnded(live.Id, live.Node, AttemptEnd.Stopped, new(-1, Reason.Of("reservation-over"), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, [])));

        var ended = domain.State.Jobs.Jobs[job];
        Assert.Equal((JobPhase.Failed, "reservation-over"), (ended.Phase, ended.Failure!.Code));
        Assert.Equal("reservation-unknown", DomainMachine.Decide(domain.State, new RetryJob(job), domain.Now).Fault?.Code);
    }

    [Fact]
    public void A_task_that_would_not_be_done_by_its_end_is_not_begun()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        Reserve(domain, Seats(from: 0, to: 60, count: 1));
        var job = domain.Submit(TestDomain.Job(minutes: 61) with { Reservation = "night" });

        domain.Schedule();

        Assert.Equal(ReasonCodes.OutlastsReservation, domain.Explain(job).PendingReason!.Code);
    }

    [Fact]
    public void Whole_nodes_and_accelerators_are_held_as_they_are()
    {
        ImmutableArray<Accelerator> two = [.. Enumerable.Repeat(new Accelerator("A100", "gpu", DataSize.FromGibibytes(40), 0), 2)];
        var domain = new TestDomain().Site("west").Pool("west/main", acceleratorHour: 4).Node("west/main/a", accelerators: two).Node("west/main/b", accelerators: two);
        var gpu = new ResourceDemand { Accelerators = new() { Count = 2 } };
        Reserve(domain, Seats(from: 60, to: 120, count: 1) with { Demand = gpu });
        Reserve(domain, Seats(from: 60, to: 120, count: 1) with { Demand = null, Name = "whole" });

        Assert.Equal(2, domain.State.Reservations.ByNode.Count);
        Assert.Equal(
            "reservation-full", Scheduler.Reserve(domain.State, Seats(from: 60, to: 120, count: 1) with { Name = "more", Demand = gpu }, domain.Now).Fault?.Code);
        Pass(domain, minutes: 60);
        var job = domain.Submit(TestDomain.Job() with { Resources = gpu, Reservation = "whole" });
        domain.Schedule();
        Assert.Equal(domain.State.Reservations.All[2].Holdings[0].Node, domain.State.Jobs.Jobs[job].Tasks[0].Live!.Node);
    }

    [Fact]
    public void A_job_that_is_not_to_start_yet_waits_and_then_starts()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        var spec = TestDomain.Job();
        var job = domain.Submit(spec with { Constraints = spec.Constraints with { NotBeforeAfter = TimeSpan.FromHours(1) } });
        var round = domain.Schedule();
        Assert.Equal((0, ReasonCodes.NotBefore), (Live(domain, job), domain.Explain(job).PendingReason!.Code));
        Assert.Equal(domain.Now.AddHours(1), round.NextLook);
        Assert.Equal("too-early", DomainMachine.Decide(
            domain.State, new PlaceTasks(job, [new(0, new("west/main/n00"), [], domain.Now)], [], explanation: null), domain.Now).Fault?.Code);

        domain.Now += TimeSpan.FromHours(1);
        domain.Schedule();

        Assert.Equal(1, Live(domain, job));
    }

    [Fact]
    public void It_counts_against_the_quota_of_its_tenant()
    {
        var domain = new TestDomain(quota: Quota.Default with { CpuMillicores = 3_000 }).Centre("west", nodes: 2);
        Reserve(domain, Seats(from: 60, to: 120, count: 2));

        var plan = Scheduler.Reserve(domain.State, Seats(from: 90, to: 120, count: 2) with { Name = "more" }, domain.Now);

        Assert.Equal("quota", DomainMachine.Decide(
            domain.State, plan.ToCommand(Seats(from: 90, to: 120, count: 2) with { Name = "more" }), domain.Now).Fault?.Code);
    }

    internal static ReservationRequest Seats(double from, double to, int count) => new(
        TestDomain.Project, "ann", "night", Pool, TestDomain.Noon.AddMinutes(from), TestDomain.Noon.AddMinutes(to), count,
        new ResourceDemand { CpuMillicores = 1_000 }, new(""));

    internal static ReservationPlan Reserve(TestDomain domain, ReservationRequest request)
    {
        var plan = Scheduler.Reserve(domain.State, request, domain.Now);
        Assert.True(plan.Fault is null, $"{plan.Fault}");
        domain.Do(plan.ToCommand(request));
        return plan;
    }

    private static void Pass(TestDomain domain, double minutes)
    {
        domain.Now += TimeSpan.FromMinutes(minutes);
        domain.Do(new Tick());
    }

    private static int Live(TestDomain domain, long job) => domain.State.Jobs.Jobs[job].LiveCount;
}
