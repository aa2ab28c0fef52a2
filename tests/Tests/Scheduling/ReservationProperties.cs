using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Reasons;
using Meridian.Simulation.Checks;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class ReservationProperties
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    [Fact]
    public void No_firm_task_is_ever_stopped_for_a_reservation() => Gen.ULong.Sample(seed => Live(seed), iter: 40);

    /// <summary>Seeds that once found something: here a reservation began in the moment in which another of the same node was over.</summary>
    [Theory, InlineData(5483720942654765186)]
    public void No_firm_task_was_stopped_in_the_worlds_of_earlier_faults(ulong seed) => Live(seed);

    [Fact]
    public void Random_fleets_make_enough_of_reservations_to_be_worth_testing()
    {
        var counts = Enumerable.Range(0, 20).Select(seed => Live((ulong)seed)).ToList();

        var (made, stopped, inside) = (counts.Sum(c => c.Made), counts.Sum(c => c.Stopped), counts.Sum(c => c.Inside));
        Assert.True(made > 40 && stopped > 10 && inside > 10, $"{made} made, {stopped} stopped, {inside} inside");
    }

    /// <summary>How many reservations were made, how many best-effort tasks they stopped, and how often jobs were seen inside.</summary>
    private static (int Made, int Stopped, int Inside) Live(ulong seed)
    {
        var (fleet, luck) = (new RandomFleet(seed), new Seed(seed ^ 5));
        var (domain, made, stopped, inside) = (fleet.Domain, 0, 0, 0);
        for (var round = 0; round < 30; round++)
        {
            if (luck.Chance(0.3) && Request(domain, ref luck) is var request && Scheduler.Reserve(domain.State, request, domain.Now) is { Fault: null } plan
                && DomainMachine.Decide(domain.State, plan.ToCommand(request), domain.Now).Fault is null)
            {
                domain.Do(plan.ToCommand(request));
                made++;
            }

            Submit(fleet, domain, ref luck);
            var broken = Planned(domain).Concat(StateRules.Broken(domain.State, domain.Now)).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}, round {round}: {string.Join("; ", broken)}");
            inside += domain.State.Reservations.Open.Sum(id => Within(domain, id));
            Pass(domain, ref luck);
            foreach (var yielding in domain.State.Jobs.ByNode.Values.SelectMany(v => v).Where(id => domain.State.Jobs.Current(id) is Stopping { Reason: "reserved" }).ToList())
            {
                Assert.True(domain.State.Jobs.Jobs[yielding.Job].Spec.IsBestEffort, $"seed {seed}, round {round}: {yielding} was stopped");
                stopped++;
                End(domain, yielding, AttemptEnd.Stopped);
            }
        }

        return (made, stopped, inside);
    }

    private static ReservationRequest Request(TestDomain domain, ref Seed luck)
    {
        var pools = domain.State.Sites.Pools.Keys.ToList();
        var from = domain.Now + TimeSpan.FromMinutes(luck.Next(150));
        return new(
            TestDomain.Project, "ann", $"r{luck.Next(1_000_000)}", pools[luck.Next(pools.Count)], from, from + TimeSpan.FromMinutes(20 + luck.Next(90)),
            luck.Next(3) + 1, luck.Chance(0.2) ? null : new() { CpuMillicores = 500 * (luck.Next(4) + 1) }, new(""));
    }

    private static void Submit(RandomFleet fleet, TestDomain domain, ref Seed luck)
    {
        var open = domain.State.Reservations.Open.ToList();
        for (var i = 0; i < 3; i++)
        {
            var reservation = open.Count > 0 && luck.Chance(0.4) ? domain.State.Reservations.All[open[luck.Next(open.Count)]].Request.Name : "";
            var spec = fleet.Job("job" + i);
            domain.Submit(spec with
            {
                Inputs = [],
                Reservation = reservation,
                IsBestEffort = reservation.Length == 0 && luck.Chance(0.4),
                Constraints = spec.Constraints with { Budget = null },
            });
        }
    }

    private static IEnumerable<string> Planned(TestDomain domain)
    {
        var round = domain.Schedule();
        return round.Pending.Where(p => string.Equals(p.Reason.Code, ReasonCodes.WriterRefused, StringComparison.Ordinal)).Select(p => $"job {p.Job}: {p.Reason}");
    }

    private static int Within(TestDomain domain, long id) => domain.State.Jobs.Active.Count(job =>
        domain.State.Jobs.Jobs[job] is { LiveCount: > 0 } of && of.Reservation == id);

    /// <summary>Some tasks end, none outstays its timeout, and those told to stop do.</summary>
    private static void Pass(TestDomain domain, ref Seed luck)
    {
        domain.Now += Step;
        foreach (var id in domain.State.Jobs.ByNode.Values.SelectMany(v => v).ToList())
        {
            if (domain.State.Jobs.Current(id) is not { Live: { } live } task)
                continue;
            if (task is Stopping)
                End(domain, id, AttemptEnd.Stopped);
            else if (luck.Chance(0.2) || domain.Now - live.PlacedAt >= domain.State.Jobs.Jobs[id.Job].Spec.Timeout)
                End(domain, id, AttemptEnd.Succeeded);
        }

        domain.Do(new Tick());
    }

    private static void End(TestDomain domain, AttemptId id, AttemptEnd end)
    {
        if (domain.State.Jobs.Current(id)?.Live is { } live)
            domain.Do(new ReportEnded(id, live.Node, end, new(0, Reason.Of("stopped"), TimeSpan.FromMinutes(1), TimeSpan.Zero, DataSize.Zero, [])));
    }
}
