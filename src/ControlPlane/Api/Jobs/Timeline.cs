using Meridian.Domain.Jobs;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>The steps of a job's life, from what its tasks remember.</summary>
internal static class Timeline
{
    private const int EntriesMax = 200;

    public static IReadOnlyList<Rest.JobEventView> Of(Job job, bool isChinese)
    {
        var steps = job.Tasks
            .SelectMany(task => StepsOf((int)task.Key, task.Value, isChinese))
            .OrderBy(step => step.At).ThenBy(step => step.Task)
            .Take(EntriesMax - 2);
        return [Submitted(job, isChinese), .. steps, .. Finished(job, isChinese)];
    }

    private static Rest.JobEventView Submitted(Job job, bool isChinese) => new(
        job.SubmittedAt, "submitted", Task: null, Site: null, isChinese ? $"{job.User} 提交" : $"submitted by {job.User}");

    private static IEnumerable<Rest.JobEventView> Finished(Job job, bool isChinese)
    {
        if (job.FinishedAt is not { } at)
            yield break;
        yield return job.Phase switch
        {
            JobPhase.Cancelled => new(at, "cancelled", Task: null, Site: null, isChinese ? "作业已取消" : "the job was cancelled"),
            JobPhase.Failed => new(at, "finished", Task: null, Site: null, (isChinese ? "作业失败：" : "the job failed: ") + job.Failure),
            _ => new(at, "finished", Task: null, Site: null, isChinese ? "作业成功" : "the job succeeded"),
        };
    }

    private static IEnumerable<Rest.JobEventView> StepsOf(int index, TaskState task, bool isChinese)
    {
        if (task is Requeued requeued)
        {
            var why = $"{requeued.Reason} {requeued.Detail}".Trim();
            yield return new(
                requeued.At, "retried", index, Site: null, isChinese ? $"重新排队：{why}" : $"waits to be tried again: {why}");
        }

        if (TaskFacts.AttemptOf(task) is not { } attempt)
            yield break;
        var site = attempt.Node.Site.Value;
        var (staged, started) = (TaskFacts.StagedAt(task), TaskFacts.StartedAt(task));
        yield return new(attempt.PlacedAt, "placed", index, site, isChinese ? $"放置于 {attempt.Node}" : $"placed on {attempt.Node}");
        if (task is Staging || staged > attempt.PlacedAt)
            yield return new(attempt.PlacedAt, "staging-started", index, site, isChinese ? "输入数据开始传输" : "inputs are on their way");
        if (staged is { } ready)
            yield return new(ready, "staged", index, site, isChinese ? "输入数据已就绪" : "inputs are there");
        if (started is { } begun)
            yield return new(begun, "started", index, site, isChinese ? "开始运行" : "runs");
        if (task is Ended ended)
            yield return new(ended.At, ended.Outcome == TaskOutcome.Cancelled ? "cancelled" : "finished", index, site, End(ended, isChinese));
    }

    private static string End(Ended ended, bool isChinese) => ended.Outcome switch
    {
        TaskOutcome.Succeeded => isChinese ? "成功" : "succeeded",
        TaskOutcome.Cancelled => isChinese ? "已取消" : "cancelled",
        _ => (isChinese ? "失败：" : "failed: ") + $"{ended.Result.Reason} {ended.Result.Detail}".Trim(),
    };
}
