using System.Globalization;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Rounds;

/// <summary>What makes a job wait whatever the pools are like.</summary>
internal static class Waits
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    /// <summary>The jobs that have to succeed first and have not, or nothing.</summary>
    internal static PendingReason? ForJobs(DomainState state, Job job)
    {
        if (job.After.IsEmpty)
            return null;
        var open = job.After.Where(a => state.Jobs.Jobs[a].Phase != JobPhase.Succeeded).ToList();
        return open.Count == 0
            ? null
            : new(ReasonCodes.WaitsForJobs, [string.Join(", ", open.Select(a => a.ToString(CultureInfo.InvariantCulture)))]);
    }

    /// <summary>That the job is not to start yet, or that its reservation has not begun, and when that changes; or nothing.</summary>
    internal static (PendingReason Reason, DateTimeOffset At)? ForTime(DomainState state, Job job, DateTimeOffset now)
    {
        if (job.NotBefore is { } start && start > now)
            return Until(start);
        return state.Reservations.OfJob(job) is { } reservation ? ForReservation(reservation, now) : null;
    }

    /// <summary>That the job is not to start before the moment.</summary>
    internal static (PendingReason Reason, DateTimeOffset At) Until(DateTimeOffset start) => (new(ReasonCodes.NotBefore, [Moment(start)]), start);

    /// <summary>That the reservation has not begun, and when it does; or nothing.</summary>
    internal static (PendingReason Reason, DateTimeOffset At)? ForReservation(Reservation reservation, DateTimeOffset now)
    {
        var request = reservation.Request;
        return request.From > now ? (new(ReasonCodes.WaitsForReservation, [request.Name, Moment(request.From)]), request.From) : null;
    }

    /// <summary>
    /// When a task may be tried again whose data did not come: after a pause that doubles with each try, so that a depot
    /// that is out of order does not use all tries up at once. Nothing for other tasks.
    /// </summary>
    internal static DateTimeOffset? RetryAt(Job job, int task)
    {
        if (!job.Tasks.TryGet(task, out var state) || state is not Requeued { Reason.Code: "staging-failed" } waiting)
            return null;
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(waiting.LastAttempt - 1, 0, 10)));
        return waiting.At + (pause < PauseMax ? pause : PauseMax);
    }

    /// <summary>The first task whose pause is not over, and when it will be.</summary>
    internal static (PendingReason Reason, DateTimeOffset At)? Untimely(Job job, DateTimeOffset now)
    {
        DateTimeOffset? first = null;
        foreach (var task in job.Requeued)
        {
            if (RetryAt(job, task) is { } at && at > now && (first is null || at < first))
                first = at;
        }

        return first is { } soonest
            ? (new(ReasonCodes.RetryPause, ["staging-failed", Moment(soonest)]), soonest)
            : null;
    }

    /// <summary>
    /// How many tasks of the job the quotas of its project and tenant still allow at once, and the bound that stops the next.
    /// </summary>
    internal static (int Count, PendingReason? Reason) QuotaRoom(DomainState state, Job job)
    {
        var (project, tenant) = (state.Accounts.Projects[job.Project], state.Accounts.TenantOf(job.Project));
        var own = QuotaRoom(project.Id.Value, project.Shares, job);
        var above = QuotaRoom(tenant.Id.Value, tenant.Shares, job);
        return own.Count <= above.Count ? own : above;
    }

    private static (int Count, PendingReason? Reason) QuotaRoom(string holder, Shares shares, Job job)
    {
        var (quota, used, need) = (shares.Quota, shares.Used, job.Spec.Resources);
        var accelerators = need.Accelerators is { } a ? (long)a.Count * a.FractionMilli : 0;
        (string Bound, long Count)[] bounds =
        [
            ("cpu", Times(quota.CpuMillicores - used.CpuMillicores, need.CpuMillicores)),
            ("memory", Times(quota.MemoryBytes - used.MemoryBytes, need.Memory.Bytes)),
            ("accelerators", Times(quota.AcceleratorMilli - used.AcceleratorMilli, accelerators)),
            ("tasks", Times(quota.Tasks - used.Tasks, 1)),
        ];
        var least = bounds.MinBy(b => b.Count);
        return least.Count >= job.WaitingCount
            ? (int.MaxValue, null)
            : ((int)least.Count, new(ReasonCodes.Quota, [holder, least.Bound]));
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static long Times(long? room, long need) =>
        room is not { } bounded ? int.MaxValue
        : need <= 0 ? (bounded < 0 ? 0 : int.MaxValue)
        : Math.Clamp(bounded / need, 0, int.MaxValue);
}
