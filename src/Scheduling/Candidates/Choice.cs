using Meridian.Primitives;

namespace Meridian.Scheduling.Candidates;

/// <summary>The best option of a class under the terms of one job.</summary>
/// <param name="Best">The option, or nothing.</param>
/// <param name="Refusal">Where none is allowed: by what the one that came nearest was refused.</param>
/// <param name="IsRoomAnywhere">Whether any eligible pool has room now, allowed or not.</param>
internal sealed record Choice(Option? Best, Reason? Refusal, bool IsRoomAnywhere)
{
    internal static Choice Of(OptionFinder finder, JobClass jobs, JobTerms terms, DateTimeOffset now)
    {
        jobs.Weighing ??= Weigh(finder, jobs, terms, now);
        Option? best = null;
        (Option Option, Reason Reason)? nearest = null;
        var isRoomAnywhere = false;
        foreach (var candidate in jobs.Candidates)
        {
            if (!candidate.IsEligible)
                continue;
            foreach (var option in finder.Find(jobs, candidate, terms.WaitingCount))
            {
                isRoomAnywhere |= option.IsNow;
                if (terms.Broken(option, jobs.Spec.IsGang) is { } broken)
                    nearest = nearest is null || jobs.Weighing.Compare(option, nearest.Value.Option) < 0 ? (option, broken.Reason) : nearest;
                else if (best is null || jobs.Weighing.Compare(option, best) < 0)
                    best = option;
            }
        }

        return new(best, best is null ? nearest?.Reason : null, isRoomAnywhere);
    }

    /// <summary>The yardstick of the balanced objective: the best option of every eligible pool.</summary>
    internal static Weighing Weigh(OptionFinder finder, JobClass jobs, JobTerms terms, DateTimeOffset now)
    {
        var options = jobs.Candidates.Where(c => c.IsEligible)
            .SelectMany(c => finder.Find(jobs, c, terms.WaitingCount).Take(1))
            .ToList();
        return new(jobs.Spec.Objective, now, options);
    }
}
