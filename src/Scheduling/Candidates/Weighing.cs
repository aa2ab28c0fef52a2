using Meridian.Domain.Jobs;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Candidates;

/// <summary>
/// Which of two options is better under an objective. <c>balanced</c> adds price, time to the finish and carbon, each
/// divided by its mean over the candidates, so that none has a unit and each weighs the same; what is zero everywhere
/// weighs nothing. Ties break on the other amounts and last on the name.
/// </summary>
internal sealed class Weighing
{
    private readonly Objective _objective;
    private readonly DateTimeOffset _now;
    private readonly double _price;
    private readonly double _seconds;
    private readonly double _carbon;

    internal Weighing(Objective objective, DateTimeOffset now, IReadOnlyCollection<Option> options)
    {
        (_objective, _now) = (objective, now);
        if (options.Count == 0)
            return;
        _price = options.Average(o => (double)o.Price.Amount);
        _seconds = options.Average(o => (o.Finish - now).TotalSeconds);
        _carbon = options.Average(o => o.CarbonGrams);
    }

    /// <summary>The weighed sum of the balanced objective; an option like the mean of all has 3.</summary>
    internal double BalanceOf(Option option) =>
        Share((double)option.Price.Amount, _price) + Share((option.Finish - _now).TotalSeconds, _seconds)
        + Share(option.CarbonGrams, _carbon);

    /// <summary>The same sum for a record of an explanation.</summary>
    internal double BalanceOf(CandidateRecord record) =>
        Share((double)(record.Price?.Amount ?? 0), _price)
        + Share((record.Finish - _now)?.TotalSeconds ?? 0, _seconds) + Share(record.CarbonGrams, _carbon);

    /// <summary>Below zero when left is better.</summary>
    internal int Compare(Option left, Option right)
    {
        var (price, finish, carbon) = (
            left.Price.CompareTo(right.Price), left.Finish.CompareTo(right.Finish),
            left.CarbonGrams.CompareTo(right.CarbonGrams));
        var name = left.Candidate.Pool.Id.CompareTo(right.Candidate.Pool.Id);
        return _objective switch
        {
            Objective.Cheapest => First(price, finish, carbon, name),
            Objective.Fastest => First(finish, price, carbon, name),
            Objective.Greenest => First(carbon, price, finish, name),
            _ => First(BalanceOf(left).CompareTo(BalanceOf(right)), price, finish, name),
        };
    }

    private static int First(params ReadOnlySpan<int> comparisons)
    {
        foreach (var comparison in comparisons)
        {
            if (comparison != 0)
                return comparison;
        }

        return 0;
    }

    private static double Share(double amount, double mean) => mean > 0 ? amount / mean : 0;
}
