using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>What agents report. News of an attempt that is no longer current changes nothing.</summary>
internal static class Reporting
{
    private const int FaultlessTriesMax = 10;

    internal static Decision Started(DomainState state, ReportStarted c, DateTimeOffset now) =>
        state.Jobs.Current(c.Attempt) switch
        {
            Dispatched d when d.Attempt.Node == c.Node => Decision.Of(new TaskStarted(c.Attempt, now, c.IsSandboxed, c.Endpoint)),
            Stopping { StartedAt: null } s when s.Attempt.Node == c.Node =>
                Decision.Of(new TaskStarted(c.Attempt, now, c.IsSandboxed, c.Endpoint)),
            _ => Decision.Nothing,
        };

    internal static Decision Ended(DomainState state, ReportEnded c, DateTimeOffset now)
    {
        if (state.Jobs.Current(c.Attempt) is not { } task || task.Live!.Node != c.Node)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        End(draft, task, c.End, c.Result);
        return draft.Decide();
    }

    /// <summary>Ends the attempt: its part of the node is free, it is charged, and its task goes on or is over.</summary>
    internal static void End(Draft draft, TaskState task, AttemptEnd end, AttemptResult result)
    {
        var attempt = task.Live!;
        var job = draft.Job(attempt.Id.Job);
        var isYielding = Yielding.IsYielding(job, task);
        var charge = ChargeOf(attempt, task, isYielding && end == AttemptEnd.Stopped ? AttemptEnd.Lost : end, result, draft.Now);
        draft.Release(attempt);
        draft.Settle(attempt.Id.Job, attempt.CostMax, charge, paying => new(
            draft.Now, draft.TenantOf(paying), paying.Project, paying.Id, attempt.Id.Task, "compute",
            AccountId.Provider(draft.State.Sites.Sites[attempt.Node.Site].Provider), charge,
            Reason.Written([Math.Round(result.RunTime.TotalSeconds, 3), attempt.Node])));

        var failures = Count(job.Failures, attempt.Id.Task) + (end == AttemptEnd.Failed ? 1 : 0);
        var mayTryAgain = end switch
        {
            AttemptEnd.Failed => failures <= job.Spec.Retries,
            AttemptEnd.Lost or AttemptEnd.Stopped => isYielding || attempt.Id.Number - Count(job.TriesBefore, attempt.Id.Task) - failures < FaultlessTriesMax,
            _ => false,
        };
        if (end == AttemptEnd.Succeeded)
            Succeed(draft, attempt, result, charge);
        else if (job.IsCancelling || (task is Stopping && !isYielding))
            draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Cancelled, result, charge, draft.Now, EstimateShare: 0));
        else if (mayTryAgain)
            draft.Add(Requeued(attempt, failures, result, isYielding && end != AttemptEnd.Failed ? (Stopping)task : null, draft.Now));
        else
            Fail(draft, attempt, result, charge);
        Finishing.FinishIfOver(draft, attempt.Id.Job);
        Yielding.Settle(draft);
    }

    private static TaskRequeued Requeued(Attempt attempt, int failures, AttemptResult result, Stopping? yielding, DateTimeOffset now) => new(
        attempt.Id, failures, yielding is not null ? Reason.Of(yielding.Reason) : result.Reason ?? Reason.Of("unknown"), now, IsPreempted: yielding is not null);

    internal static AttemptResult Nothing(string reason, params ReadOnlySpan<object> particulars) =>
        new(ExitCode: -1, Reason.Of(reason, particulars), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, []);

    private static Money ChargeOf(Attempt attempt, TaskState task, AttemptEnd end, AttemptResult result, DateTimeOffset now)
    {
        if (end == AttemptEnd.Lost || (end == AttemptEnd.Stopped && task is not Stopping))
            return Money.Zero();
        var elapsed = now - attempt.PlacedAt;
        var seconds = Math.Clamp(result.RunTime.TotalSeconds, 0, Math.Max(0, elapsed.TotalSeconds));
        var charge = (attempt.PerSecond * (decimal)seconds).RoundedUp();
        return charge > attempt.CostMax ? attempt.CostMax : charge;
    }

    private static int Count(IdMap<int> counts, int task) => counts.TryGet(task, out var count) ? count : 0;

    private static void Succeed(Draft draft, Attempt attempt, AttemptResult result, Money charge)
    {
        draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Succeeded, result, charge, draft.Now, ShareOf(draft, attempt, result)));
        foreach (var root in result.Outputs.Select(o => o.Part.Root).Distinct())
            draft.Add(new ReplicaAdded(root, attempt.Node));
    }

    /// <summary>The task's run time on the reference machine over its estimate; a service has none.</summary>
    private static double ShareOf(Draft draft, Attempt attempt, AttemptResult result)
    {
        var spec = draft.Job(attempt.Id.Job).Spec;
        if (spec.Service is not null || result.RunTime <= TimeSpan.Zero || spec.Duration <= TimeSpan.Zero
            || !draft.State.Sites.Pools.TryGetValue(attempt.Node.Pool, out var pool))
            return 0;
        return result.RunTime * pool.Speed / spec.Duration;
    }

    private static void Fail(Draft draft, Attempt attempt, AttemptResult result, Money charge)
    {
        draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Failed, result, charge, draft.Now, EstimateShare: 0));
        if (draft.Job(attempt.Id.Job).Spec.IsGang)
            Finishing.StopAll(draft, attempt.Id.Job, "gang-broken");
    }
}
