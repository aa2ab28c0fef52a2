using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;

namespace Meridian.Scheduling.Explaining;

/// <summary>Prices a job that has not been handed in.</summary>
internal static class Quoting
{
    internal static JobQuote Quote(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now)
    {
        if (spec.Service is not { Users: { IsEmpty: false } users })
            return Quote(state, new JobAsk(project, spec), now);

        // The replicas of each place as if they were a job; the account is that of the first place that has to wait, or of the first.
        var parts = users.Select((place, i) => Quote(
            state, new(project, spec with { TaskCount = (spec.TaskCount + users.Length - 1 - i) / users.Length }, Job: null, place), now)).ToList();
        return (parts.Find(p => p.PendingReason is not null) ?? parts[0]) with
        {
            Expected = parts.Aggregate(Money.Zero(), (sum, p) => sum + p.Expected),
            HoldAtMost = parts.Aggregate(Money.Zero(), (sum, p) => sum + p.HoldAtMost),
        };
    }

    private static JobQuote Quote(DomainState state, JobAsk ask, DateTimeOffset now)
    {
        var (spec, wait) = (ask.Spec, Later(state, ask, now));
        var picture = new Picture(state, ask, wait?.At ?? now);
        var terms = JobTerms.Of(spec, now);
        var choice = Choice.Of(picture.Finder, picture.Jobs, terms, wait?.At ?? now);
        var explanation = Account.Give(picture.Finder, picture.Jobs, terms, choice.Best, now);
        if (choice.Best is not { } best)
            return new(explanation, [], Money.Zero(), Money.Zero(), WhyNot(picture.Jobs, choice));

        var expected = (best.Price - (best.TransferPrice * (1m / spec.TaskCount))) * spec.TaskCount;
        return new(
            explanation, TransfersOf(best), (expected + best.TransferPrice).RoundedUp(),
            (best.CostMax * spec.TaskCount) + best.TransferPrice, picture.Jobs.Blocked ?? wait?.Reason ?? (best.IsNow ? null : Account.Waiting(best)));
    }

    /// <summary>When the job may start, where that is not now.</summary>
    private static (PendingReason Reason, DateTimeOffset At)? Later(DomainState state, JobAsk ask, DateTimeOffset now)
    {
        var reserved = state.Reservations.Find(ask.Project, ask.Spec.Reservation) is { } reservation ? Waits.ForReservation(reservation, now) : null;
        return JobTimes.NotBefore(ask.Spec, now) is { } start && start > now && !(reserved?.At > start) ? Waits.Until(start) : reserved;
    }

    internal static PendingReason WhyNot(JobClass jobs, Choice choice) =>
        jobs.Blocked
        ?? (choice.Refusal is { } refusal ? new(refusal.Code, refusal.Particulars) : Account.Nowhere(jobs));

    internal static ImmutableArray<PlannedTransfer> TransfersOf(Option option) =>
        [.. option.Seats.SelectMany(s => s.Staging.Transfers)];
}
