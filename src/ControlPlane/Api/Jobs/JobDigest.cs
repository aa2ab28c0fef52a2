using System.Runtime.CompilerServices;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>What a list says of a job's tasks. Kept for as long as the tasks stay as they are.</summary>
internal sealed record JobDigest(
    int Staging, int Running, int Failed, int Cancelled, DateTimeOffset? StartedAt, IReadOnlyList<SiteId> Sites)
{
    private static readonly ConditionalWeakTable<IdMap<TaskState>, JobDigest> Kept = [];

    public static JobDigest Of(Job job) => Kept.GetValue(job.Tasks, Make);

    public Rest.TaskCounts Counts(Job job) => new(
        job.Phase == JobPhase.Active ? job.WaitingCount : 0, Staging, Running, job.SucceededCount, Failed, Cancelled + NeverRun(job));

    // Tasks that still waited when their job ended were cancelled with it.
    private static int NeverRun(Job job) => job.Phase is JobPhase.Active or JobPhase.Succeeded
        ? 0
        : job.Requeued.Count + (job.Spec.TaskCount - job.Fresh);

    private static JobDigest Make(IdMap<TaskState> tasks)
    {
        var (staging, running, failed, cancelled) = (0, 0, 0, 0);
        DateTimeOffset? started = null;
        var sites = new SortedSet<SiteId>();
        foreach (var task in tasks.Values)
        {
            staging += task is Domain.Jobs.Staging or Dispatched ? 1 : 0;
            running += task is Domain.Jobs.Running or Stopping ? 1 : 0;
            failed += task is Ended { Outcome: TaskOutcome.Failed } ? 1 : 0;
            cancelled += task is Ended { Outcome: TaskOutcome.Cancelled } ? 1 : 0;
            if (TaskFacts.StartedAt(task) is { } at && !(at >= started))
                started = at;
            if (TaskFacts.AttemptOf(task) is { } attempt)
                sites.Add(attempt.Node.Site);
        }

        return new(staging, running, failed, cancelled, started, [.. sites]);
    }
}
