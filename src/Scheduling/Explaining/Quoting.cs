using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Explaining;

/// <summary>Prices a job that has not been handed in.</summary>
internal static class Quoting
{
    internal static JobQuote Quote(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now)
    {
        var picture = new Picture(state, project, spec, now);
        var terms = JobTerms.Of(spec, now);
        var choice = Choice.Of(picture.Finder, picture.Jobs, terms, now);
        var explanation = Account.Give(picture.Finder, picture.Jobs, terms, choice.Best, now);
        if (choice.Best is not { } best)
            return new(explanation, [], Money.Zero(), Money.Zero(), WhyNot(picture.Jobs, choice));

        var expected = (best.Price - (best.TransferPrice * (1m / spec.TaskCount))) * spec.TaskCount;
        return new(
            explanation, TransfersOf(best), (expected + best.TransferPrice).RoundedUp(),
            (best.CostMax * spec.TaskCount) + best.TransferPrice, picture.Jobs.Blocked ?? (best.IsNow ? null : Account.Waiting(best)));
    }

    internal static PendingReason WhyNot(JobClass jobs, Choice choice) =>
        jobs.Blocked
        ?? (choice.Refusal is { } refusal ? new(refusal.Code, refusal.Particulars) : Account.Nowhere(jobs));

    internal static ImmutableArray<PlannedTransfer> TransfersOf(Option option) =>
        [.. option.Seats.SelectMany(s => s.Staging.Transfers)];
}
