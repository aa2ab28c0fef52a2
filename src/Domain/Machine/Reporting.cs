using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
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

    internal static Decision TransferEnded(DomainState state, ReportTransfer c, DateTimeOffset now)
    {
        if (!state.Data.Transfers.TryGet(c.Transfer, out var transfer)
            || transfer.State != TransferState.Moving || transfer.To != c.Node)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        EndTransfer(draft, transfer, c.Succeeded, c.BytesMoved, c.Reason);
        return draft.Decide();
    }

    /// <summary>Ends the attempt: its part of the node is free, it is charged, and its task goes on or is over.</summary>
    internal static void End(Draft draft, TaskState task, AttemptEnd end, AttemptResult result)
    {
        var attempt = task.Live!;
        var job = draft.Job(attempt.Id.Job);
        var charge = ChargeOf(attempt, task, end, result, draft.Now);
        draft.Release(attempt);
        draft.Settle(attempt.Id.Job, attempt.CostMax, charge, paying => new(
            draft.Now, draft.TenantOf(paying), paying.Project, paying.Id, attempt.Id.Task, "compute",
            AccountId.Provider(draft.State.Sites.Sites[attempt.Node.Site].Provider), charge,
            Reason.Written([Math.Round(result.RunTime.TotalSeconds, 3), attempt.Node])));

        var failures = Count(job.Failures, attempt.Id.Task) + (end == AttemptEnd.Failed ? 1 : 0);
        var mayTryAgain = end switch
        {
            AttemptEnd.Failed => failures <= job.Spec.Retries,
            AttemptEnd.Lost or AttemptEnd.Stopped => attempt.Id.Number - Count(job.TriesBefore, attempt.Id.Task) - failures < FaultlessTriesMax,
            _ => false,
        };
        if (end == AttemptEnd.Succeeded)
            Succeed(draft, attempt, result, charge);
        else if (job.IsCancelling || task is Stopping)
            draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Cancelled, result, charge, draft.Now));
        else if (mayTryAgain)
            draft.Add(new TaskRequeued(attempt.Id, failures, result.Reason ?? Reason.Of("unknown"), draft.Now));
        else
            Fail(draft, attempt, result, charge);
        Finishing.FinishIfOver(draft, attempt.Id.Job);
    }

    internal static void EndTransfer(Draft draft, Transfer transfer, bool succeeded, long bytesMoved, string reason)
    {
        draft.Add(new TransferEnded(transfer.Id, succeeded, bytesMoved, reason, draft.Now));
        if (!transfer.Links.IsEmpty && draft.Now < transfer.Finish)
        {
            var from = draft.Now > transfer.Start ? draft.Now : transfer.Start;
            draft.Add(new CircuitReleased(transfer.Id, transfer.Links, transfer.Rate, from, transfer.Finish));
        }

        var charge = succeeded ? transfer.Price : Money.Zero();
        draft.Settle(transfer.Job, transfer.Price, charge, paying => new(
            draft.Now, draft.TenantOf(paying), paying.Project, paying.Id, Task: -1, "transfer", AccountId.Carrier, charge,
            Reason.Written([transfer.Size, transfer.From.Site, transfer.To.Site, transfer.Label])));
        if (succeeded)
            draft.Add(new ReplicaAdded(transfer.Root, transfer.To));

        var waiters = draft.State.Jobs.Waiters.TryGet(transfer.Id, out var waiting) ? waiting : [];
        foreach (var waiter in waiters)
        {
            if (succeeded)
                draft.Add(new InputArrived(waiter, transfer.Id, draft.Now));
            else if (draft.State.Jobs.Current(waiter) is { } task)
                End(draft, task, AttemptEnd.Lost, Nothing("staging-failed", reason));
        }
    }

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
        draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Succeeded, result, charge, draft.Now));
        foreach (var root in result.Outputs.Select(o => o.Part.Root).Distinct())
            draft.Add(new ReplicaAdded(root, attempt.Node));
    }

    private static void Fail(Draft draft, Attempt attempt, AttemptResult result, Money charge)
    {
        draft.Add(new TaskEnded(attempt.Id, TaskOutcome.Failed, result, charge, draft.Now));
        if (draft.Job(attempt.Id.Job).Spec.IsGang)
            Finishing.StopAll(draft, attempt.Id.Job, "gang-broken");
    }
}
