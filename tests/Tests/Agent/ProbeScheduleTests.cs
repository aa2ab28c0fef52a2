using CsCheck;
using Meridian.Agent.Probes;
using Xunit;

namespace Meridian.Tests.Agent;

public class ProbeScheduleTests
{
    private const int ExchangeBytes = 600;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    [Fact]
    public void Every_target_has_its_turn_about_once_in_an_interval_and_nobody_else()
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 1_000]).Sample((targetCount, seed) =>
        {
            var schedule = new ProbeSchedule(new Random(seed));
            schedule.Take(Targets(targetCount), Interval, 1L << 30, TimeSpan.Zero);

            var turns = Run(schedule, TimeSpan.FromMinutes(60));

            Assert.Equal(targetCount, turns.Select(t => t.Agent).Distinct().Count());
            foreach (var target in turns.GroupBy(t => t.Agent))
                Assert.InRange(target.Count(), 48, 81);
        }, iter: 20);
    }

    [Fact]
    public void What_is_spent_stays_within_the_budget()
    {
        Gen.Select(Gen.Int[1, 64], Gen.Long[0, 40_000_000], Gen.Int[0, 1_000]).Sample((targetCount, bytesPerHour, seed) =>
        {
            var schedule = new ProbeSchedule(new Random(seed));
            schedule.Take(Targets(targetCount), Interval, bytesPerHour, TimeSpan.Zero);

            var turns = Run(schedule, TimeSpan.FromHours(2));

            // A quarter of an hour's budget is there at the start; no hour ever gets more than two of them.
            var spent = turns.Sum(t => (long)(ProbeSchedule.ExchangeCount * ExchangeBytes) + t.Bytes);
            Assert.InRange(spent, 0, (bytesPerHour * 9 / 4) + 1);
        }, iter: 20);
    }

    [Fact]
    public void With_enough_budget_each_target_is_asked_for_bytes_now_and_then()
    {
        var schedule = new ProbeSchedule(new Random(1));
        schedule.Take(Targets(3), Interval, 1L << 30, TimeSpan.Zero);

        var turns = Run(schedule, TimeSpan.FromHours(2));

        Assert.All(turns.GroupBy(t => t.Agent), target => Assert.InRange(target.Count(t => t.Bytes > 0), 3, 6));
    }

    [Fact]
    public void Who_is_not_named_any_more_is_left_alone_and_the_others_keep_their_turns()
    {
        var schedule = new ProbeSchedule(new Random(1));
        schedule.Take(Targets(5), Interval, 1L << 30, TimeSpan.Zero);
        Run(schedule, TimeSpan.FromMinutes(5));
        var next = schedule.NextAt;

        schedule.Take(Targets(5), Interval, 1L << 30, TimeSpan.FromMinutes(5));
        Assert.Equal(next, schedule.NextAt);

        schedule.Take([], Interval, 1L << 30, TimeSpan.FromMinutes(5));
        Assert.Null(schedule.NextAt);
        Assert.Null(schedule.Next(ExchangeBytes, TimeSpan.FromHours(5)));
    }

    private static List<ProbeTurn> Run(ProbeSchedule schedule, TimeSpan until)
    {
        var turns = new List<ProbeTurn>();
        for (var now = TimeSpan.Zero; now < until; now += TimeSpan.FromSeconds(1))
        {
            while (schedule.Next(ExchangeBytes, now) is { } turn)
                turns.Add(turn);
        }

        return turns;
    }

    private static IEnumerable<(string Agent, Uri Url)> Targets(int count) =>
        Enumerable.Range(0, count).Select(i => ($"s{i}/p/n", new Uri($"https://10.0.0.{i + 1}:7443")));
}
