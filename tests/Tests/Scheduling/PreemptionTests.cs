using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Best-effort jobs make room for others.</summary>
public sealed class PreemptionTests
{
    [Fact]
    public void A_gang_starts_in_the_decision_in_which_the_last_best_effort_task_has_stopped()
    {
        var domain = Full(out var loose, nodes: 2);
        var gang = domain.Submit(TestDomain.Job("gang", tasks: 6) with { IsGang = true });
        var round = domain.Schedule();
        var stopping = Stopping(domain);

        Assert.Equal(6, stopping.Count);
        Assert.Equal(ReasonCodes.WaitsForYield, round.Pending.Single(p => p.Job == gang).Reason.Code);
        Assert.Equal(ReasonCodes.WaitsForYield, domain.Explain(gang).PendingReason!.Code);
        Assert.Empty(domain.Schedule().Commands);
        foreach (var attempt in stopping)
        {
            Assert.Equal(0, domain.State.Jobs.Jobs[gang].LiveCount);
            Stop(domain, attempt);
        }

        Assert.Equal(6, domain.State.Jobs.Jobs[gang].LiveCount);
        Assert.Equal(2, domain.State.Jobs.Jobs[loose].LiveCount);
        Assert.Equal(6, domain.State.Jobs.Jobs[loose].WaitingCount);
        Assert.Equal(Money.Zero(), domain.State.Jobs.Jobs[loose].Money.Charged);
        Assert.Equal(0, domain.State.Jobs.Claims.Count);
    }

    [Fact]
    public void Nobody_stops_for_a_job_that_would_not_start_all_the_same()
    {
        var domain = Full(out var loose, nodes: 2);
        domain.Submit(TestDomain.Job("large", tasks: 9) with { IsGang = true });
        domain.Submit(TestDomain.Job("dear", tasks: 8) with { IsGang = true, Constraints = new() { Budget = Money.Cny(0.01m) } });
        domain.Submit(TestDomain.Job("loose too", tasks: 2) with { IsBestEffort = true });
        domain.Schedule();

        Assert.Empty(Stopping(domain));
        Assert.Equal(8, domain.State.Jobs.Jobs[loose].LiveCount);
    }

    [Fact]
    public void Room_that_is_being_made_goes_to_nobody_else_and_to_all_when_it_is_not_needed_any_more()
    {
        var domain = Full(out _, nodes: 2);
        var gang = domain.Submit(TestDomain.Job("gang", tasks: 8) with { IsGang = true });
        domain.Schedule();
        var stopping = Stopping(domain);
        foreach (var attempt in stopping.Take(5))
            Stop(domain, attempt);
        var other = domain.Submit(TestDomain.Job("other"));
        domain.Schedule();
        Assert.Equal(0, domain.State.Jobs.Jobs[other].LiveCount);

        domain.Do(new CancelJob(gang));
        domain.Schedule();
        Assert.Equal(1, domain.State.Jobs.Jobs[other].LiveCount);
    }

    [Fact]
    public void A_best_effort_gang_stops_whole_or_not_at_all_and_yielding_uses_no_tries_up()
    {
        var domain = new TestDomain().Centre("west", nodes: 2);
        var gang = domain.Submit(TestDomain.Job("gang", tasks: 8) with { IsBestEffort = true, IsGang = true });
        for (var i = 0; i < 15; i++, domain.Now += TimeSpan.FromMinutes(1))
        {
            domain.Schedule();
            Start(domain);
            var firm = domain.Submit(TestDomain.Job("firm"));
            domain.Schedule();
            var stopping = Stopping(domain);
            Assert.Equal(8, stopping.Count);
            stopping.ForEach(a => Stop(domain, a));
            Assert.Equal(1, domain.State.Jobs.Jobs[firm].LiveCount);
            domain.End(domain.State.Jobs.Jobs[firm].Tasks[0].Live!.Id);
        }

        Assert.Equal(JobPhase.Active, domain.State.Jobs.Jobs[gang].Phase);
        Assert.Equal(8, domain.State.Jobs.Jobs[gang].WaitingCount);
    }

    [Fact]
    public void The_fewest_stop_and_of_as_many_those_that_lose_the_least_work() => Gen.ULong.Sample(
        number =>
        {
            var (seed, domain) = (new Seed(number), new TestDomain().Centre("west", nodes: 2, cores: 6));
            for (var i = 0; i < 8; i++, domain.Now += TimeSpan.FromSeconds(1 + seed.Next(200)))
            {
                domain.Submit(TestDomain.Job(cores: 1 + seed.Next(3)) with { IsBestEffort = seed.Chance(0.7) });
                domain.Schedule();
                Stopping(domain).ForEach(a => Stop(domain, a));
                Start(domain);
            }

            var need = 1 + seed.Next(6);
            var fewest = Fewest(domain, need);
            var job = domain.Submit(TestDomain.Job("firm", cores: need));
            domain.Schedule();
            var stopping = Stopping(domain);
            var live = domain.State.Jobs.Jobs[job].LiveCount;

            Assert.Equal(live > 0 ? 0 : fewest.Count, stopping.Count);
            if (live > 0 || stopping.Count == 0)
                return;
            Assert.Equal(fewest.Lost, stopping.Sum(a => LostOf(domain, a)), 6);
            stopping.ForEach(a => Stop(domain, a));
            Assert.Equal(1, domain.State.Jobs.Jobs[job].LiveCount);
        },
        iter: 300);

    [Fact]
    public void Whoever_makes_room_does_so_for_somebody_who_then_starts() => Gen.ULong.Sample(
        number =>
        {
            var (seed, domain) = (new Seed(number), new TestDomain().Centre("west", nodes: 3, cores: 6).Centre("east", nodes: 1, cores: 8));
            for (var step = 0; step < 40; step++, domain.Now += TimeSpan.FromSeconds(seed.Next(300)))
            {
                domain.Submit(TestDomain.Job(tasks: 1 + seed.Next(4), cores: 1 + seed.Next(4), objective: (Objective)seed.Next(4)) with
                {
                    IsBestEffort = seed.Chance(0.5),
                    IsGang = seed.Chance(0.4),
                });
                domain.Schedule();
                Start(domain);
                if (seed.Chance(0.6))
                    domain.End(1);
                var claims = domain.State.Jobs.Claims.Values.Select(c => (c.Job, c.Placements.Length, domain.State.Jobs.Jobs[c.Job].LiveCount)).ToList();
                foreach (var attempt in Stopping(domain))
                    Stop(domain, attempt);
                foreach (var (job, count, live) in claims)
                    Assert.True(domain.State.Jobs.Jobs[job].LiveCount == live + count, $"seed {number}: job {job} did not start");
                Assert.Empty(Meridian.Simulation.Checks.StateRules.Broken(domain.State, domain.Now));
            }
        },
        iter: 60);

    /// <summary>The least that suffices on any node, by trying every set of best-effort attempts on it.</summary>
    private static (int Count, double Lost) Fewest(TestDomain domain, int need)
    {
        (int Count, double Lost)? best = null;
        foreach (var node in domain.State.Sites.Nodes.Values)
        {
            var loose = domain.State.Jobs.ByNode.GetValueOrDefault(node.Id, [])
                .Where(a => domain.State.Jobs.Jobs[a.Job].Spec.IsBestEffort).ToList();
            for (var set = 0; set < 1 << loose.Count; set++)
            {
                var chosen = loose.Where((_, i) => (set >> i & 1) == 1).ToList();
                var free = (node.Total - node.Used).CpuMillicores + chosen.Sum(a => domain.State.Jobs.Current(a)!.Live!.Amount.CpuMillicores);
                var cost = (chosen.Count, chosen.Sum(a => LostOf(domain, a)));
                if (free >= need * 1000 && (best is null || cost.CompareTo(best.Value) < 0))
                    best = cost;
            }
        }

        return best ?? (0, 0);
    }

    private static double LostOf(TestDomain domain, AttemptId attempt)
    {
        var task = domain.State.Jobs.Current(attempt)!;
        var since = task switch { Running r => r.StartedAt, Meridian.Domain.Jobs.Stopping { StartedAt: { } at } => at, _ => domain.Now };
        var total = domain.State.Sites.Nodes[task.Live!.Node].Total;
        var part = Math.Max((double)task.Live.Amount.CpuMillicores / total.CpuMillicores, (double)task.Live.Amount.Memory.Bytes / total.Memory.Bytes);
        return (domain.Now - since).TotalSeconds * part;
    }

    private static TestDomain Full(out long loose, int nodes)
    {
        var domain = new TestDomain().Centre("west", nodes: nodes);
        loose = domain.Submit(TestDomain.Job("loose", tasks: nodes * 4) with { IsBestEffort = true });
        domain.Schedule();
        Start(domain);
        return domain;
    }

    private static void Start(TestDomain domain)
    {
        foreach (var attempt in domain.State.Jobs.ByNode.Values.SelectMany(a => a).ToList())
        {
            if (domain.State.Jobs.Current(attempt) is Dispatched task)
                domain.Do(new ReportStarted(attempt, task.Attempt.Node, IsSandboxed: true, ""));
        }
    }

    private static List<AttemptId> Stopping(TestDomain domain) =>
        [.. domain.State.Jobs.ByNode.Values.SelectMany(a => a).Where(a => domain.State.Jobs.Current(a) is Meridian.Domain.Jobs.Stopping)];

    private static void Stop(TestDomain domain, AttemptId attempt) => domain.Do(new ReportEnded(
        attempt, domain.State.Jobs.Current(attempt)!.Live!.Node, AttemptEnd.Stopped,
        new(137, Reason.Of("preempted"), TimeSpan.FromMinutes(1), TimeSpan.Zero, DataSize.Zero, [])));
}
