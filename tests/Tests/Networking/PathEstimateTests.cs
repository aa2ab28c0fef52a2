using CsCheck;
using Meridian.Networking.Measurement;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class PathEstimateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<long[]> Trips = Gen.Long[0, 200_000].Array[0, 6];

    [Fact]
    public void An_estimate_lies_among_what_was_seen_and_its_shares_between_none_and_all()
    {
        Gen.Select(Trips, Gen.Int[0, 6], Gen.Long[0, 50], Gen.Long[0, 80]).Array[1, 60].Sample(rounds =>
        {
            var estimate = PathEstimate.None;
            for (var i = 0; i < rounds.Length; i++)
            {
                var (trips, unanswered, sent, lost) = rounds[i];
                estimate = estimate.Observe(new(Minute(i), [.. trips], trips.Length + unanswered, sent, lost));
            }

            var heard = rounds.Select(r => r.Item1).Where(t => t.Length > 0).Select(t => t.Min()).ToList();
            Assert.InRange(estimate.LossShare, 0, 1);
            Assert.InRange(estimate.JitterMicroseconds, 0, 200_000);
            if (heard.Count == 0)
                Assert.Equal(0, estimate.RoundCount);
            else
                Assert.InRange(estimate.RoundTripMicroseconds, heard.Min() - 1e-6, heard.Max() + 1e-6);
        });
    }

    [Fact]
    public void On_a_steady_path_the_estimate_comes_close_and_one_wild_round_does_not_move_it()
    {
        Gen.Select(Gen.Long[500, 100_000], Gen.Long[0, 50].Array[20, 60], Gen.Int[10, 20]).Sample((trip, queues, wildAt) =>
        {
            var estimate = PathEstimate.None;
            for (var i = 0; i < queues.Length; i++)
            {
                var before = estimate;
                estimate = estimate.Observe(Round(i, i == wildAt ? trip * 20 : trip + queues[i]));
                if (i == wildAt)
                    Assert.Equal(before.RoundTripMicroseconds, estimate.RoundTripMicroseconds);
            }

            Assert.InRange(estimate.RoundTripMicroseconds, trip, trip + 50);
        });
    }

    [Fact]
    public void A_path_that_has_changed_is_believed_when_it_says_so_three_times()
    {
        Gen.Select(Gen.Long[1_000, 50_000], Gen.Long[3, 9]).Sample((trip, factor) =>
        {
            var estimate = PathEstimate.None;
            for (var i = 0; i < 30; i++)
                estimate = estimate.Observe(Round(i, trip));

            for (var i = 30; i < 30 + PathEstimate.StrayCountMax; i++)
                estimate = estimate.Observe(Round(i, trip * factor));
            Assert.Equal(trip, estimate.RoundTripMicroseconds, 3);

            Assert.Equal(trip * factor, estimate.Observe(Round(40, trip * factor)).RoundTripMicroseconds, 3);
        });
    }

    [Fact]
    public void Smoothing_is_that_of_the_standards()
    {
        // RFC 6298, section 2: after R = 10 ms, RTTVAR = 5 ms; then R' = 11 ms gives 0.75 × 5 + 0.25 × 1 and 10 + 1/8.
        var estimate = PathEstimate.None.Observe(Round(0, 10_000)).Observe(Round(1, 11_000));

        Assert.Equal(4_000, estimate.VariationMicroseconds, 6);
        Assert.Equal(10_125, estimate.RoundTripMicroseconds, 6);
        Assert.Equal(5_062, estimate.LatencyMicroseconds);

        // RFC 3550, section 6.4.1: J = J + (|D| - J) / 16.
        var jitter = PathEstimate.None.Observe(new(Start, [1_000, 1_160, 1_000], 3, 0, 0)).JitterMicroseconds;
        Assert.Equal(10 + ((160 - 10) / 16d), jitter, 6);
    }

    [Fact]
    public void What_is_not_answered_is_lost_and_does_not_make_the_estimate_young()
    {
        var known = PathEstimate.None.Observe(Round(0, 1_000));

        var silent = known.Observe(new(Minute(5), [], 5, 0, 0));

        Assert.Equal(known.AnsweredAt, silent.AnsweredAt);
        Assert.Equal(1 / 8d, silent.LossShare, 9);
        Assert.Equal(1_000, silent.RoundTripMicroseconds, 9);
    }

    [Fact]
    public void News_that_is_older_than_what_is_known_changes_nothing()
    {
        var known = PathEstimate.None.Observe(Round(5, 1_000));

        Assert.Same(known, known.Observe(Round(4, 9_000)));
    }

    [Fact]
    public void The_greatest_rate_of_the_hour_counts()
    {
        var estimate = PathEstimate.None.ObserveRate(Bandwidth.FromMbps(100), Minute(0)).ObserveRate(Bandwidth.FromMbps(40), Minute(30));
        Assert.Equal(Bandwidth.FromMbps(100), estimate.Rate);

        Assert.Equal(Bandwidth.FromMbps(40), estimate.ObserveRate(Bandwidth.FromMbps(40), Minute(61)).Rate);
        Assert.Equal(Bandwidth.FromMbps(200), estimate.ObserveRate(Bandwidth.FromMbps(200), Minute(31)).Rate);
    }

    private static ProbeRound Round(int minute, long trip) => new(Minute(minute), [trip], 1, 0, 0);

    private static DateTimeOffset Minute(int minute) => Start.AddMinutes(minute);
}
