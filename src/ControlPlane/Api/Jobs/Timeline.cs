using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>The steps of a job's life, from what its tasks remember.</summary>
internal static class Timeline
{
    private const int EntriesMax = 200;

    /// <summary>The words of every step.</summary>
    internal static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["submitted"] = ("submitted by {0}", "由 {0} 提交"),
        ["job-cancelled"] = ("the job was cancelled", "作业已取消"),
        ["job-failed"] = ("the job failed: {0}", "作业失败：{0}"),
        ["job-succeeded"] = ("the job succeeded", "作业成功"),
        ["retried"] = ("waits to be tried again: {0}", "等待重试：{0}"),
        ["placed"] = ("placed on {0}", "放置于 {0}"),
        ["staging-started"] = ("inputs are on their way", "输入数据开始传输"),
        ["staged"] = ("inputs are there", "输入数据已就绪"),
        ["started"] = ("runs", "开始运行"),
        ["succeeded"] = ("succeeded", "成功"),
        ["cancelled"] = ("cancelled", "已取消"),
        ["failed"] = ("failed: {0}", "失败：{0}"),
    });

    public static IReadOnlyList<Rest.JobEventView> Of(Job job, Language language)
    {
        var steps = job.Tasks
            .SelectMany(task => StepsOf((int)task.Key, task.Value, language))
            .OrderBy(step => step.At).ThenBy(step => step.Task)
            .Take(EntriesMax - 2);
        return [Submitted(job, language), .. steps, .. Finished(job, language)];
    }

    private static Rest.JobEventView Submitted(Job job, Language language) =>
        new(job.SubmittedAt, "submitted", Task: null, Site: null, Say(language, "submitted", job.User));

    private static IEnumerable<Rest.JobEventView> Finished(Job job, Language language)
    {
        if (job.FinishedAt is not { } at)
            yield break;
        yield return job.Phase switch
        {
            JobPhase.Cancelled => new(at, "cancelled", Task: null, Site: null, Say(language, "job-cancelled")),
            JobPhase.Failed => new(at, "finished", Task: null, Site: null, Say(language, "job-failed", Words(language, job.Failure))),
            _ => new(at, "finished", Task: null, Site: null, Say(language, "job-succeeded")),
        };
    }

    private static IEnumerable<Rest.JobEventView> StepsOf(int index, TaskState task, Language language)
    {
        if (task is Requeued requeued)
            yield return new(requeued.At, "retried", index, Site: null, Say(language, "retried", Words(language, requeued.Reason)));
        if (TaskFacts.AttemptOf(task) is not { } attempt)
            yield break;

        var site = attempt.Node.Site.Value;
        var (staged, started) = (TaskFacts.StagedAt(task), TaskFacts.StartedAt(task));
        yield return new(attempt.PlacedAt, "placed", index, site, Say(language, "placed", attempt.Node));
        if (task is Staging || staged > attempt.PlacedAt)
            yield return new(attempt.PlacedAt, "staging-started", index, site, Say(language, "staging-started"));
        if (staged is { } ready)
            yield return new(ready, "staged", index, site, Say(language, "staged"));
        if (started is { } begun)
            yield return new(begun, "started", index, site, Say(language, "started"));
        if (task is Ended ended)
            yield return new(ended.At, ended.Outcome == TaskOutcome.Cancelled ? "cancelled" : "finished", index, site, End(ended, language));
    }

    private static string End(Ended ended, Language language) => ended.Outcome switch
    {
        TaskOutcome.Succeeded => Say(language, "succeeded"),
        TaskOutcome.Cancelled => Say(language, "cancelled"),
        _ => Say(language, "failed", Words(language, ended.Result.Reason)),
    };

    private static string Words(Language language, Reason? reason) => EndTexts.Say(language, reason ?? Reason.Of("unknown"));

    private static string Say(Language language, string code, params ReadOnlySpan<object> particulars) =>
        Book.Say(language, Reason.Of(code, particulars));
}
