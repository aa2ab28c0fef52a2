using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>How jobs end: results registered, the rest of the money given back.</summary>
internal static class Finishing
{
    internal static Decision Cancel(DomainState state, CancelJob c, DateTimeOffset now)
    {
        if (!state.Jobs.Jobs.TryGet(c.Job, out var job))
            return Decision.Refuse("no-such-job", c.Job);
        if (job.Phase != JobPhase.Active || job.IsCancelling)
            return Decision.Nothing;

        var draft = new Draft(state, now);
        Abandon(draft, c.Job, "cancelled", failure: null);
        FinishIfOver(draft, c.Job);
        return draft.Decide();
    }

    /// <summary>Places no more tasks of the job and stops those that live. It ends as failed where there is a failure.</summary>
    internal static void Abandon(Draft draft, long jobId, string reason, Reason? failure)
    {
        draft.Add(new JobCancelling(jobId, failure));
        StopAll(draft, jobId, reason);
    }

    /// <summary>Stops every live task of the job.</summary>
    internal static void StopAll(Draft draft, long jobId, string reason)
    {
        foreach (var task in draft.Job(jobId).Tasks.Values.Where(t => t.Live is not null && t is not Stopping).ToList())
            Stop(draft, task, reason);
    }

    /// <summary>Stops a live task. One that waits for data was never started: it ends at once.</summary>
    internal static void Stop(Draft draft, TaskState task, string reason)
    {
        draft.Add(new TaskStopOrdered(task.Live!.Id, reason));
        if (task is Staging && draft.State.Jobs.Current(task.Live.Id) is { } stopping)
            Reporting.End(draft, stopping, AttemptEnd.Stopped, Reporting.Nothing(reason));
    }

    internal static void FinishIfOver(Draft draft, long jobId)
    {
        var job = draft.Job(jobId);
        if (job.Phase != JobPhase.Active || job.LiveCount > 0)
            return;
        if (!job.IsCancelling && job.EndedCount < job.Spec.TaskCount)
            return;

        if (!job.IsCancelling && job.SucceededCount == job.Spec.TaskCount)
        {
            foreach (var registered in Results(draft.State, job, draft.Now))
                draft.Add(registered);
            Finish(draft, job, JobPhase.Succeeded, failure: null);
        }
        else
        {
            var failed = job.Tasks.Values.OfType<Ended>().FirstOrDefault(t => t.Outcome == TaskOutcome.Failed);
            var failure = job.Failure ?? (failed is null ? null : EndTexts.FailureOf(failed));
            Finish(draft, job, failure is null ? JobPhase.Cancelled : JobPhase.Failed, failure);
        }
    }

    /// <summary>Ends a job that has no live tasks.</summary>
    internal static void Finish(Draft draft, Job job, JobPhase phase, Reason? failure)
    {
        draft.Add(new JobFinished(job.Id, phase, failure, draft.Now));
        draft.Refund(job.Id);
    }

    private static IEnumerable<DomainEvent> Results(DomainState state, Job job, DateTimeOffset now)
    {
        var labels = job.Spec.Inputs.Select(i => state.Data.Find(job.Project, i.Dataset)?.Sovereignty ?? "");
        var sovereignty = labels.FirstOrDefault(l => l.Length > 0) ?? "";
        foreach (var output in job.Spec.Outputs)
        {
            ImmutableArray<DatasetPart> parts =
            [
                .. job.Tasks.Values.OfType<Ended>()
                    .SelectMany(t => t.Result.Outputs)
                    .Where(o => string.Equals(o.Name, output.Name, StringComparison.Ordinal))
                    .Select(o => o.Part)
                    .DistinctBy(p => p.Root),
            ];
            if (parts.IsEmpty)
                continue;
            var id = DatasetId.Of(job.Project, output.Name);
            yield return new DatasetRegistered(id, new(
                DataRules.NextVersion(state.Data, id), parts, sovereignty, now, job.Id, new SiteId(output.To)));
        }
    }
}
