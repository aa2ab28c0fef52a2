using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;

namespace Meridian.Domain.Machine;

/// <summary>Taking jobs in: names resolved, money set aside.</summary>
internal static class Submitting
{
    internal static Decision Submit(DomainState state, SubmitJob c, DateTimeOffset now)
    {
        if (c.IdempotencyKey.Value.Length > 0 && state.Jobs.ByKey.TryGetValue(c.IdempotencyKey, out var made))
            return new([], Fault: null, made);
        if (!state.Accounts.Projects.TryGetValue(c.Project, out var project))
            return Decision.Refuse("no-such-project", c.Project);
        var tenantId = project.Tenant;

        var deadline = c.Spec.Constraints.DeadlineAt ?? now + c.Spec.Constraints.DeadlineAfter;
        if (deadline <= now)
            return Decision.Refuse("deadline-passed", Moment(deadline.Value));
        var after = ImmutableArray.CreateBuilder<long>();
        foreach (var name in c.Spec.After)
        {
            if (Resolve(state, c, name) is not { } earlier)
                return Decision.Refuse("after-unknown", name, c.Project);
            after.Add(earlier);
        }

        var reservation = c.Spec.Reservation.Length == 0 ? null : state.Reservations.Find(c.Project, c.Spec.Reservation);
        if (c.Spec.Reservation.Length > 0 && reservation is null)
            return Decision.Refuse("reservation-unknown", c.Spec.Reservation, c.Project);
        if (after.Count == 0 && MissingInput(state, c) is { } missing)
            return Decision.Refuse("input-unknown", missing, c.Project);
        if (QuotaFault(state, project, c) is { } fault)
            return new([], fault, Value: 0);
        if (c.Spec.Constraints.Budget is { } budget && c.Hold > budget)
            return Decision.Refuse("over-budget", c.Hold, budget);

        var id = state.Jobs.Jobs.Count + 1;
        var draft = new Draft(state, now);
        draft.Add(new JobSubmitted(id, c.Project, c.User, c.Spec, now, deadline, after.ToImmutable(), c.IdempotencyKey, reservation?.Id ?? 0, JobTimes.NotBefore(c.Spec, now)));
        var available = state.Accounts.Balance(AccountId.Available(tenantId));
        if (c.Hold > available)
            return Decision.Refuse("insufficient-funds", c.Hold, tenantId, available);
        if (c.Hold.Amount > 0)
        {
            draft.Add(AccountRules.Move(AccountId.Available(tenantId), AccountId.Held(tenantId), c.Hold, "hold", id, now));
            draft.Add(new JobMoneyChanged(id, draft.Job(id).Money with { Held = c.Hold }));
        }

        return draft.Decide(id);
    }

    internal static Decision Retry(DomainState state, RetryJob c, DateTimeOffset now)
    {
        if (!state.Jobs.Jobs.TryGet(c.Job, out var job))
            return Decision.Refuse("no-such-job", c.Job);
        if (job.Phase is not (JobPhase.Failed or JobPhase.Cancelled))
            return Decision.Refuse("job-not-over", c.Job);
        if (job.Reservation != 0 && state.Reservations.OfJob(job) is null)
            return Decision.Refuse("reservation-unknown", job.Spec.Reservation, job.Project);

        ImmutableSortedSet<int> tasks =
            [.. Enumerable.Range(0, job.Fresh).Where(i => job.Tasks.TryGet(i, out var t) && t is not Ended { Outcome: TaskOutcome.Succeeded })];
        // As long as the first time; the deadline itself may already be that of an earlier retry.
        var asked = job.Spec.Constraints.DeadlineAt - job.SubmittedAt ?? job.Spec.Constraints.DeadlineAfter;
        var deadline = now + asked;
        var draft = new Draft(state, now);
        draft.Add(new JobRetried(c.Job, tasks, deadline, now));
        Finishing.FinishIfOver(draft, c.Job); // A job that was cancelled after its last task succeeded has nothing left to try.
        return draft.Decide();
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static long? Resolve(DomainState state, SubmitJob c, string name)
    {
        if (state.Jobs.ByName.TryGetValue(new(c.Project, name), out var byName))
            return byName;
        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && state.Jobs.Jobs.TryGet(id, out var job) && job.Project == c.Project
                ? id
                : null;
    }

    private static string? MissingInput(DomainState state, SubmitJob c) =>
        c.Spec.Inputs.FirstOrDefault(i => state.Data.Find(c.Project, i.Dataset) is null)?.Dataset;

    private static Fault? QuotaFault(DomainState state, Project project, SubmitJob c)
    {
        var accounts = state.Accounts;
        return WaitingFault(state, project.Id.Value, project.Shares.Quota, c, other => other == project.Id)
            ?? WaitingFault(
                state, project.Tenant.Value, accounts.Tenants[project.Tenant].Shares.Quota, c,
                other => accounts.Projects[other].Tenant == project.Tenant);
    }

    private static Fault? WaitingFault(DomainState state, string holder, Quota quota, SubmitJob c, Func<ProjectId, bool> isOfHolder)
    {
        if (quota.WaitingTasks is not { } most)
            return null;
        var waiting = c.Spec.TaskCount + state.Jobs.Waiting.Where(p => isOfHolder(p.Key)).Sum(p => p.Value);
        return waiting > most
            ? Fault.Of("quota-waiting", holder, waiting, most)
            : null;
    }
}
