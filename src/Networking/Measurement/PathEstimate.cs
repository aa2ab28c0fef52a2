using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Networking.Measurement;

/// <summary>A few small exchanges with the other end of a path, one after another.</summary>
/// <param name="At">When they were over.</param>
/// <param name="RoundTripsMicroseconds">What each answered exchange took, in order.</param>
/// <param name="ExchangeCount">How many were begun; those without an answer are lost.</param>
/// <param name="PacketsSent">The data packets that both ends sent meanwhile, where the system counts them.</param>
/// <param name="PacketsLost">Those of them that had to be sent again.</param>
public sealed record ProbeRound(
    DateTimeOffset At, ImmutableArray<long> RoundTripsMicroseconds, int ExchangeCount, long PacketsSent, long PacketsLost);

/// <summary>
/// What is known of a path from exchanges over it. The round trip is smoothed as in RFC 6298, from the least of each
/// round, because queues on the way and in the machines only ever add to it; the jitter as in RFC 3550, section 6.4.1.
/// A round far off is set aside; when others say the same, the path has changed and the estimate begins anew.
/// </summary>
public sealed record PathEstimate
{
    /// <summary>Rounds in a row that are set aside before they are believed.</summary>
    public const int StrayCountMax = 2;

    private const double RoundTripGain = 1d / 8;
    private const double VariationGain = 1d / 4;
    private const double JitterGain = 1d / 16;
    private const double LossGain = 1d / 8;
    private const double VariationFactor = 4;
    private const double StrayShareMin = 0.25;
    private const double StrayMicrosecondsMin = 200;

    /// <summary>Nothing is known.</summary>
    public static readonly PathEstimate None = new();

    /// <summary>How long a rate counts. The greatest of the time is what the path can do: each one is only what was seen.</summary>
    public static readonly TimeSpan RateLife = TimeSpan.FromHours(1);

    /// <summary>The smoothed round trip in microseconds.</summary>
    public double RoundTripMicroseconds { get; private init; }

    /// <summary>The smoothed deviation of the round trip in microseconds.</summary>
    public double VariationMicroseconds { get; private init; }

    /// <summary>The smoothed difference between exchanges that followed each other, in microseconds.</summary>
    public double JitterMicroseconds { get; private init; }

    /// <summary>The smoothed share of packets lost, from 0 to 1.</summary>
    public double LossShare { get; private init; }

    /// <summary>The greatest rate seen lately; zero when none was.</summary>
    public Bandwidth Rate { get; private init; }

    /// <summary>When that rate was seen.</summary>
    public DateTimeOffset RateAt { get; private init; }

    /// <summary>The last moment at which the other end answered.</summary>
    public DateTimeOffset AnsweredAt { get; private init; }

    /// <summary>How many rounds the round trip rests on.</summary>
    public int RoundCount { get; private init; }

    /// <summary>How many rounds in a row were set aside.</summary>
    public int StrayCount { get; private init; }

    /// <summary>Half of the round trip, in whole microseconds: the latency one way where both ways are alike.</summary>
    public long LatencyMicroseconds => (long)Math.Round(RoundTripMicroseconds / 2);

    /// <summary>The estimate after a round. Rounds that are older than what is known change nothing.</summary>
    public PathEstimate Observe(ProbeRound round)
    {
        if (round.At < AnsweredAt)
            return this;
        var heard = round.RoundTripsMicroseconds.Where(trip => trip >= 0).ToImmutableArray();
        var next = this with { LossShare = Smooth(LossShare, Lost(round), RoundCount == 0 ? 1 : LossGain) };
        return heard.IsEmpty ? next : next.Hear(heard) with { AnsweredAt = round.At };
    }

    /// <summary>The estimate after bytes moved over the path at the rate.</summary>
    public PathEstimate ObserveRate(Bandwidth rate, DateTimeOffset at) =>
        rate <= Bandwidth.Zero || (rate < Rate && at - RateAt <= RateLife) ? this : this with { Rate = rate, RateAt = at };

    private static double Smooth(double known, double seen, double gain) => known + ((seen - known) * gain);

    private static double Lost(ProbeRound round)
    {
        var unanswered = Math.Max(0, round.ExchangeCount - round.RoundTripsMicroseconds.Length);
        var (sent, lost) = (Math.Max(0, round.PacketsSent) + unanswered, Math.Max(0, round.PacketsLost) + unanswered);
        if (round.PacketsSent <= 0)
            sent = Math.Max(round.ExchangeCount, unanswered);
        return sent == 0 ? 0 : Math.Clamp((double)lost / sent, 0, 1);
    }

    private PathEstimate Hear(ImmutableArray<long> trips)
    {
        double least = trips.Min();
        var heard = this with { JitterMicroseconds = Jitter(trips) };
        var isNew = RoundCount == 0 || StrayCount >= StrayCountMax;
        var deviation = Math.Abs(least - RoundTripMicroseconds);
        if (isNew && (RoundCount == 0 || IsStray(deviation)))
            return heard with { RoundTripMicroseconds = least, VariationMicroseconds = least / 2, RoundCount = 1, StrayCount = 0 };
        if (IsStray(deviation))
            return heard with { StrayCount = StrayCount + 1 };
        return heard with
        {
            VariationMicroseconds = Smooth(VariationMicroseconds, deviation, VariationGain),
            RoundTripMicroseconds = Smooth(RoundTripMicroseconds, least, RoundTripGain),
            RoundCount = RoundCount == int.MaxValue ? RoundCount : RoundCount + 1,
            StrayCount = 0,
        };
    }

    private bool IsStray(double deviation) =>
        deviation > Math.Max(VariationFactor * VariationMicroseconds, Math.Max(StrayMicrosecondsMin, StrayShareMin * RoundTripMicroseconds));

    private double Jitter(ImmutableArray<long> trips)
    {
        var jitter = JitterMicroseconds;
        for (var i = 1; i < trips.Length; i++)
            jitter = Smooth(jitter, Math.Abs(trips[i] - trips[i - 1]), JitterGain);
        return jitter;
    }
}
