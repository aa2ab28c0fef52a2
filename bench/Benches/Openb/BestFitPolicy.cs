using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>Best-fit as the authors of the trace measured it: the least cores and accelerators left over, in whole points.</summary>
internal sealed class BestFitPolicy : OpenbPolicy
{
    private const double CoresMaxMilli = 128_000;

    private const double AcceleratorsMaxMilli = 8_000;

    /// <inheritdoc/>
    internal override (double Score, int Accelerator) Score(OpenbRoom room, Ask ask)
    {
        var free = room.Room;
        var milli = 0L;
        foreach (var one in free.Milli)
            milli += one;
        var cores = (free.Free - ask.Amount).CpuMillicores;
        var left = (0.5 * cores / CoresMaxMilli) + (0.5 * (milli - OpenbTrace.MilliOf(ask)) / AcceleratorsMaxMilli);
        return (Math.Truncate(100 * (1 - left)), Tightest(free, ask));
    }

    /// <summary>The scores are first stretched to whole points from 0 to 100.</summary>
    internal override int Pick(double[] scores)
    {
        var (least, most) = (double.MaxValue, double.MinValue);
        foreach (var score in scores.Where(double.IsFinite))
            (least, most) = (Math.Min(least, score), Math.Max(most, score));
        return base.Pick([.. scores.Select(score =>
            !double.IsFinite(score) || most <= least ? score : Math.Floor((score - least) * 100 / (most - least)))]);
    }
}
