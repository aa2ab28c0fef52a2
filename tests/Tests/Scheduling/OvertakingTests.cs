using CsCheck;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Rounds;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Jobs that need much at once among many that need little.</summary>
public sealed class OvertakingTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReserveAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(40);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gang_of_the_whole_pool_starts_among_a_stream_of_small_jobs_only_because_room_is_kept(bool isKept)
    {
        var domain = Busy(out var gang);
        var started = MinutesUntilLive(domain, gang, isKept ? ReserveAfter : TimeSpan.MaxValue, minutes: 240);

        if (isKept)
            Assert.InRange(started!.Value, 1, (ReserveAfter + TimeoutMax + Tick).TotalMinutes);
        else
            Assert.Null(started);
    }

    [Fact]
    public void What_is_over_in_time_still_runs_where_room_is_kept()
    {
        var domain = Busy(out var gang);
        domain.Now += ReserveAfter;
        domain.End(3);
        var brief = domain.Submit(TestDomain.Job("brief") with { Timeout = TimeSpan.FromMinutes(5) });
        var lasting = domain.Submit(TestDomain.Job("lasting") with { Timeout = TimeoutMax });
        domain.Schedule();

        Assert.Equal(0, domain.State.Jobs.Jobs[gang].LiveCount);
        Assert.Equal(1, domain.State.Jobs.Jobs[brief].LiveCount);
        Assert.Equal(0, domain.State.Jobs.Jobs[lasting].LiveCount);
    }

    [Fact]
    public void A_wide_task_starts_among_narrow_ones()
    {
        var domain = new TestDomain().Centre("west", nodes: 1);
        domain.Submit(Small());
        domain.Schedule();
        var wide = domain.Submit(TestDomain.Job("wide", cores: 4));

        Assert.InRange(
            MinutesUntilLive(domain, wide, ReserveAfter, minutes: 240)!.Value, 1, (ReserveAfter + TimeoutMax + Tick).TotalMinutes);
    }

    [Fact]
    public void The_next_task_of_the_first_in_the_queue_starts_within_the_longest_timeout_once_room_is_kept_for_it() =>
        Gen.ULong.Sample(number =>
        {
            var (seed, domain) = (new Seed(number), new TestDomain().Centre("west", nodes: 3, cores: 4));
            var ends = new SortedDictionary<Meridian.Domain.AttemptId, DateTimeOffset>();
            (long Job, int Waiting, DateTimeOffset Since) head = (0, 0, domain.Now);
            for (var minute = 0; minute < 180; minute++, domain.Now += Tick)
            {
                foreach (var attempt in ends.Where(e => e.Value <= domain.Now).Select(e => e.Key).ToList())
                {
                    domain.End(attempt);
                    ends.Remove(attempt);
                }

                if (minute < 120 && seed.Chance(0.6))
                    domain.Submit(Draw(ref seed));
                Round(domain, ReserveAfter);
                foreach (var attempt in domain.State.Jobs.ByNode.Values.SelectMany(a => a).Where(a => !ends.ContainsKey(a)))
                    ends.Add(attempt, domain.Now + TimeSpan.FromMinutes(1 + seed.Next((int)TimeoutOf(domain, attempt).TotalMinutes)));

                var first = domain.State.Jobs.Queue.FirstOrDefault();
                var waiting = first == 0 ? 0 : domain.State.Jobs.Jobs[first].WaitingCount;
                if (waiting == 0 || (first, waiting) != (head.Job, head.Waiting)
                    || domain.Now - domain.State.Jobs.Jobs[first].SubmittedAt < ReserveAfter)
                    head = (first, waiting, domain.Now);
                Assert.True(domain.Now - head.Since <= TimeoutMax + Tick, $"seed {number}: job {first} waits since {head.Since}");
            }
        }, iter: 60);

    private static TimeSpan TimeoutOf(TestDomain domain, Meridian.Domain.AttemptId attempt) =>
        domain.State.Jobs.Jobs[attempt.Job].Spec.Timeout;

    private static JobSpec Draw(ref Seed seed) => TestDomain.Job(
        tasks: seed.Next(3) + 1, cores: seed.Next(4) + 1, minutes: 5) with
    {
        IsGang = seed.Chance(0.4),
        Timeout = TimeSpan.FromMinutes(5 + seed.Next((int)TimeoutMax.TotalMinutes - 4)),
    };

    private static JobSpec Small() => TestDomain.Job("small") with { Timeout = TimeoutMax };

    /// <summary>A pool of eight cores on which eight small jobs run, and a gang that needs all of it.</summary>
    private static TestDomain Busy(out long gang)
    {
        var domain = new TestDomain().Centre("west", nodes: 2);
        for (var i = 0; i < 8; i++)
            domain.Submit(Small());
        domain.Schedule();
        gang = domain.Submit(TestDomain.Job("gang", tasks: 8) with { IsGang = true, Timeout = TimeoutMax });
        return domain;
    }

    /// <summary>Every minute one small job ends and two are handed in.</summary>
    private static int? MinutesUntilLive(TestDomain domain, long job, TimeSpan reserveAfter, int minutes)
    {
        for (var minute = 1; minute <= minutes; minute++)
        {
            domain.Now += Tick;
            domain.End(1);
            domain.Submit(Small());
            domain.Submit(Small());
            Round(domain, reserveAfter);
            if (domain.State.Jobs.Jobs[job].LiveCount > 0)
                return minute;
        }

        return null;
    }

    private static void Round(TestDomain domain, TimeSpan reserveAfter)
    {
        var round = Scheduler.Plan(domain.State, domain.Now, new SchedulingOptions { ReserveAfter = reserveAfter });
        foreach (var command in round.Commands)
            domain.Do(command);
    }
}
