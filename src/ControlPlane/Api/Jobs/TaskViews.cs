using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Tasks as the wire knows them.</summary>
internal static class TaskViews
{
    public static Rest.TaskView View(Call call, Job job, int index, IReadOnlyDictionary<NodeId, long> moved)
    {
        var now = call.Now;
        var task = job.Tasks.TryGet(index, out var known) ? known : null;
        var state = TaskFacts.StateOf(job, task);
        var attempt = TaskFacts.AttemptOf(task);
        var (staged, started) = (TaskFacts.StagedAt(task), TaskFacts.StartedAt(task));
        var ended = task as Ended;
        var running = task as Running;
        var reason = ReasonOf(task);
        return new(
            index, state, task?.AttemptNumber ?? 0, attempt?.Node.Site.Value, attempt?.Node.Pool.Value, attempt?.Node.Value,
            attempt?.PlacedAt, started, ended?.At, ended is { StartedAt: not null } ? ended.Result.ExitCode : null, reason?.Code,
            reason is null ? null : EndTexts.Say(call.Language, reason),
            Seconds(attempt?.PlacedAt, staged ?? (task is Staging ? now : null)),
            ended?.Result.RunTime.TotalSeconds ?? Seconds(started, now),
            attempt is null ? 0 : moved.GetValueOrDefault(attempt.Node), (ended?.Charge ?? Money.Zero()).ToString(),
            ended?.IsSandboxed ?? running?.IsSandboxed ?? false, running is { Endpoint.Length: > 0 } ? running.Endpoint : null);
    }

    private static Reason? ReasonOf(TaskState? task) => task switch
    {
        Requeued r => r.Reason,
        Stopping s => Reason.Of(s.Reason),
        Ended e => e.Result.Reason,
        _ => null,
    };

    private static double Seconds(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } begin && to is { } end ? Math.Max(0, (end - begin).TotalSeconds) : 0;
}
