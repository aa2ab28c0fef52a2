using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Estimates of run times are corrected by what likewise jobs took.</summary>
public sealed class LearnedRunTimeTests
{
    [Theory]
    [InlineData("train", "train"), InlineData("train-7", "train-#"), InlineData("a1b22", "a#b#"), InlineData("007", "#")]
    public void Jobs_are_of_one_kind_that_differ_in_numbers_only(string name, string kind) => Assert.Equal(kind, RunTimes.KindOf(name));

    [Fact]
    public void What_tasks_took_is_the_expectation_of_the_next_ones_on_a_pool_of_any_speed()
    {
        var domain = new TestDomain().Centre("slow").Centre("fast", speed: 4, coreHour: 9);
        Learn(domain, "train-1", minutes: 60, took: TimeSpan.FromMinutes(6), times: 20);

        var learned = Scheduler.Learned(domain.State, TestDomain.Project, Named("train-99", minutes: 100))!;
        var quote = domain.Quote(Named("train-99", minutes: 100) with { Objective = Objective.Cheapest });
        var other = domain.Quote(Named("render-99", minutes: 100) with { Objective = Objective.Cheapest });

        Assert.Equal(("train-#", 20), (learned.Kind, learned.Count));
        Assert.InRange(learned.Expected.TotalMinutes, 10, 12);
        Assert.InRange((FinishOf(quote) - domain.Now).TotalMinutes, 10, 12);
        Assert.Equal(100, (FinishOf(other) - domain.Now).TotalMinutes);
    }

    [Fact]
    public void One_task_moves_the_expectation_part_of_the_way()
    {
        var domain = new TestDomain().Centre("only");
        Learn(domain, "train-1", minutes: 60, took: TimeSpan.FromSeconds(36), times: 1);

        var learned = Scheduler.Learned(domain.State, TestDomain.Project, Named("train-2", minutes: 60))!;

        Assert.InRange(learned.Expected.TotalMinutes, 5.9, 6.1); // Between a hundredth of the estimate and all of it: a tenth.
    }

    [Fact]
    public void A_deadline_leaves_room_for_tasks_that_took_longer_than_the_others()
    {
        var domain = new TestDomain().Centre("only");
        for (var i = 0; i < 20; i++)
            Learn(domain, "train", minutes: 60, took: TimeSpan.FromMinutes(i % 2 == 0 ? 10 : 50), times: 1);
        var learned = Scheduler.Learned(domain.State, TestDomain.Project, Named("train", minutes: 60))!;

        var tight = domain.Submit(Named("train", minutes: 60) with { Constraints = new() { DeadlineAfter = learned.Expected + TimeSpan.FromMinutes(2) } });
        var wide = domain.Submit(Named("train", minutes: 60) with { Constraints = new() { DeadlineAfter = learned.Latest + TimeSpan.FromMinutes(2) } });

        Assert.True(learned.Latest > TimeSpan.FromMinutes(50));
        Assert.Equal(ReasonCodes.Deadline, domain.Explain(tight).PendingReason!.Code);
        Assert.Equal("only/main", domain.Explain(wide).Explanation!.Chosen.Value);
    }

    [Fact]
    public void Others_experience_failures_and_services_teach_nothing()
    {
        var domain = new TestDomain().Centre("only");
        var failing = domain.Submit(Named("train", minutes: 60));
        domain.Schedule();
        domain.Now += TimeSpan.FromMinutes(1);
        domain.Do(new ReportEnded(
            new(failing, 0, 1), domain.State.Jobs.Current(new(failing, 0, 1))!.Live!.Node, AttemptEnd.Failed,
            new(1, Reason.Of("exit-code", 1), TimeSpan.FromMinutes(1), TimeSpan.Zero, DataSize.Zero, [])));

        Assert.Null(Scheduler.Learned(domain.State, TestDomain.Project, Named("train", minutes: 60)));
        Learn(domain, "train", minutes: 60, took: TimeSpan.FromMinutes(1), times: 3);
        Assert.Null(Scheduler.Learned(domain.State, new("others"), Named("train", minutes: 60)));
        Assert.Null(Scheduler.Learned(domain.State, TestDomain.Project, Named("train", minutes: 60) with { Service = new() }));
    }

    [Fact]
    public void The_memory_of_a_project_is_bounded_and_forgets_what_was_longest_not_seen()
    {
        var seen = RunTimes.Empty;
        for (var i = 0; i < RunTimes.KindsMax + 10; i++)
        {
            seen = seen.With(TestDomain.Project, Word(i), share: 0.5, TestDomain.Noon.AddMinutes(i));
            seen = seen.With(TestDomain.Project, "often", share: 0.5, TestDomain.Noon.AddMinutes(i));
        }

        Assert.Equal(RunTimes.KindsMax, seen.ByProject[TestDomain.Project].Count);
        Assert.Equal(0, seen.Of(TestDomain.Project, Word(0)).Count);
        Assert.Equal(1, seen.Of(TestDomain.Project, Word(RunTimes.KindsMax + 9)).Count);
        Assert.Equal(RunTimes.KindsMax + 10, seen.Of(TestDomain.Project, "often").Count);
    }

    [Fact]
    public void The_mean_stays_within_what_was_seen_and_follows_a_change()
    {
        Gen.Double[0.001, 3].Array[1, 100].Sample(shares =>
        {
            var seen = shares.Aggregate(RunTimeExperience.None, (known, share) => known.With(share, TestDomain.Noon));
            var changed = Enumerable.Repeat(7.0, 60).Aggregate(seen, (known, share) => known.With(share, TestDomain.Noon));

            Assert.InRange(seen.Share, shares.Min() - 1e-9, shares.Max() + 1e-9);
            Assert.InRange(seen.Deviation, 0, 3);
            Assert.InRange(changed.Share, 6.9, 7);
        });
    }

    private static string Word(int number) => string.Concat(number.ToString().Select(digit => (char)('a' + digit - '0')));

    private static DateTimeOffset FinishOf(JobQuote quote) =>
        quote.Explanation.Candidates.Single(c => c.Pool == quote.Explanation.Chosen).Finish!.Value;

    private static JobSpec Named(string name, double minutes) => TestDomain.Job(name, minutes: minutes);

    private static void Learn(TestDomain domain, string name, double minutes, TimeSpan took, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var job = domain.Submit(Named(name, minutes) with { Constraints = new() { Sites = [domain.State.Sites.Pools.Keys.Last().Site.Value] } });
            domain.Schedule();
            domain.Now += took;
            var attempt = new AttemptId(job, 0, 1);
            domain.Do(new ReportEnded(
                attempt, domain.State.Jobs.Current(attempt)!.Live!.Node, AttemptEnd.Succeeded,
                new(0, Reason: null, took, TimeSpan.Zero, DataSize.Zero, [])));
        }
    }
}
