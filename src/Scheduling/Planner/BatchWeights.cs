using Meridian.JobFiles;

namespace Meridian.Scheduling.Planner;

/// <summary>
/// What a task's money, time and carbon cost in a sum over tasks: each is divided by its mean over the pools that could hold
/// the task if everything were idle, each at its cheapest way, so that an average pool costs 1 under every objective. Under
/// the objectives of one aim the others count a thousandth, which settles ties.
/// </summary>
internal readonly record struct BatchWeights(double PerCny, double PerSecond, double PerGram)
{
    private const double Tie = 1e-3;

    internal static BatchWeights Of(Objective objective, IReadOnlyCollection<TaskMode> modes)
    {
        var pools = modes.GroupBy(m => m.Candidate.Pool.Id).Select(g => g.First()).ToList();
        var (price, time, carbon) = objective switch
        {
            Objective.Cheapest => (1d, Tie, 0d),
            Objective.Fastest => (Tie, 1d, 0d),
            Objective.Greenest => (0d, Tie, 1d),
            _ => (1 / 3d, 1 / 3d, 1 / 3d),
        };
        return new(
            Over(price, pools.Average(m => (double)m.Price.Amount)), Over(time, pools.Average(m => (m.Hold + m.Run).TotalSeconds)),
            Over(carbon, pools.Average(m => m.CarbonGrams)));
    }

    /// <summary>What a mode costs, whenever it starts.</summary>
    internal double CostOf(TaskMode mode) => (PerCny * (double)mode.Price.Amount) + (PerGram * mode.CarbonGrams);

    private static double Over(double weight, double mean) => mean > 0 ? weight / mean : 0;
}
