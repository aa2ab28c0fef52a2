using System.Collections.Immutable;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;

namespace Meridian.Scheduling.Explaining;

/// <summary>Accounts for one job.</summary>
internal static class Whys
{
    internal static JobWhy Explain(DomainState state, long id, DateTimeOffset now)
    {
        if (!state.Jobs.Jobs.TryGet(id, out var job))
            return new(Explanation: null, [], PendingReason: null, []);
        if (job.WaitingCount == 0)
            return new(job.Explanation, [], PendingReason: null, []);

        var (early, at) = Waits.ForTime(state, job, now) is { } later ? (later.Reason, later.At) : (null, now);
        var picture = new Picture(state, new(job.Project, job.Spec, job, job.Spec.Service?.UsersOf(job.WaitingTasks().First())), at);
        var terms = JobTerms.Of(state, job);
        var choice = Choice.Of(picture.Finder, picture.Jobs, terms, at);
        var explanation = Account.Give(picture.Finder, picture.Jobs, terms, choice.Best, now);
        var (room, quota) = Waits.QuotaRoom(state, job);
        var reason = Waits.ForJobs(state, job)
            ?? early
            ?? (state.Jobs.Claims.TryGet(id, out var claim) ? Preemption.Waiting(claim) : null)
            ?? picture.Jobs.Blocked
            ?? (room < (job.Spec.IsGang ? job.WaitingCount : 1) ? quota : null)
            ?? Waits.Untimely(job, now)?.Reason
            ?? (choice.Best is { } best ? Account.Waiting(best) : Quoting.WhyNot(picture.Jobs, choice));
        return new(
            explanation, choice.Best is { } chosen ? Quoting.TransfersOf(chosen) : [], reason,
            choice.Best is { IsNow: true } && reason.Code != ReasonCodes.Quota ? [] : Changes(picture, terms, reason));
    }

    /// <summary>
    /// What alone would make a pool eligible that only one constraint refuses: the least of each kind, by the pool that
    /// needs the least of it.
    /// </summary>
    private static ImmutableArray<SuggestedChange> Changes(Picture picture, JobTerms terms, PendingReason reason)
    {
        var changes = new List<SuggestedChange>();
        if (string.Equals(reason.Code, ReasonCodes.Quota, StringComparison.Ordinal))
            changes.Add(new(ReasonCodes.LargerQuota, [reason.Particulars[1]]));
        if (string.Equals(reason.Code, ReasonCodes.WaitsForBandwidth, StringComparison.Ordinal))
            changes.Add(new(ReasonCodes.LargerQuota, ["bandwidth"]));
        foreach (var candidate in picture.Jobs.Candidates)
        {
            if (candidate.Refusals is [{ Change: { } only }])
            {
                changes.Add(only);
                continue;
            }

            if (!candidate.IsEligible)
                continue;
            changes.AddRange(picture.Finder.Find(picture.Jobs, candidate, terms.WaitingCount)
                .Select(o => terms.Broken(o, picture.Jobs.Spec.IsGang)?.Change)
                .OfType<SuggestedChange>());
        }

        return [.. changes
            .DistinctBy(c => (c.Code, c.Particulars[^1], c.Particulars[0]))
            .GroupBy(c => c.Code, StringComparer.Ordinal)
            .SelectMany(Least)];
    }

    private static IEnumerable<SuggestedChange> Least(IGrouping<string, SuggestedChange> kind) => kind.Key switch
    {
        ReasonCodes.RaiseBudget or ReasonCodes.AddCredit => kind.OrderBy(MoneyOf).Take(1),
        ReasonCodes.LaterDeadline => kind.OrderBy(DurationOf).Take(1),
        ReasonCodes.WiderLatency => kind.OrderBy(NumberOf).Take(1),
        ReasonCodes.FewerCores => kind.OrderByDescending(NumberOf).Take(1),
        _ => kind,
    };

    private static decimal MoneyOf(SuggestedChange change) =>
        Money.TryParse(change.Particulars[0], out var money) ? money.Amount : decimal.MaxValue;

    private static TimeSpan DurationOf(SuggestedChange change) =>
        Duration.TryParse(change.Particulars[0], out var duration) ? duration : TimeSpan.MaxValue;

    private static decimal NumberOf(SuggestedChange change) =>
        decimal.TryParse(change.Particulars[0], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : decimal.MaxValue;
}
