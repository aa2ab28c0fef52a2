using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>What each reason for the end of an attempt, or for the failure of a job, says.</summary>
public static class EndTexts
{
    private const string TaskFailed = "task-failed";

    /// <summary>The texts by code. Codes of attempts are those that agents report.</summary>
    public static readonly Phrasebook Book = new(
        new Dictionary<string, Phrase>(StringComparer.Ordinal)
        {
            ["abandoned"] = ("stopped: the job cannot be done any more", "已停止：作业已无法完成"),
            ["after-failed"] = ("job {0}, which this one waits for, did not succeed", "所等待的作业 {0} 没有成功"),
            ["agent-banned"] = ("agent {0} was cut off", "代理 {0} 已被封禁"),
            ["agent-lost"] = ("agent {0} was away for longer than its lease", "代理 {0} 失联超过其租约"),
            ["attempt-unknown"] = ("agent {0} no longer knows the attempt", "代理 {0} 已不认识这次尝试"),
            ["cancelled"] = ("cancelled", "已取消"),
            ["cannot-start"] = ("could not be started: {0}", "无法启动：{0}"),
            ["deadline-passed"] = ("the deadline {0} passed before it could start", "截止时间 {0} 已过而作业未能启动"),
            ["depot-full"] = ("the depot has no room for the results: {0}", "中转库没有空间存放结果：{0}"),
            ["exit-code"] = ("the program ended with code {0}: see its log", "程序以代码 {0} 结束：请查看其日志"),
            ["gang-broken"] = ("stopped with its gang, of which another task failed", "同组的另一任务失败，随之停止"),
            ["lease-expired"] = ("stopped at the end of the lease, without a line to the control plane", "与控制面失联，租约到期时停止"),
            ["missing-output"] = ("left nothing at '{0}', where the output '{1}' should be", "“{0}”处没有内容，那里应有输出“{1}”"),
            ["out-of-memory"] = ("needed more memory than it asked for", "所用内存超过其申请"),
            ["output-too-large"] = ("left more than its outputs or its folder may hold", "输出或工作目录超出上限"),
            ["output-unreadable"] = ("its results could not be read: {0}", "无法读取其结果：{0}"),
            ["preempted"] = ("made room for a job that is not best effort; it is tried again", "为非尽力型作业让出资源，将重新放置"),
            ["reservation-over"] = ("its reservation is over", "所用的预留已结束"),
            ["reserved"] = ("made room for a reservation; it is tried again", "为预留让出资源，将重新放置"),
            ["retried"] = ("tried again on request", "应请求重试"),
            ["staging-failed"] = ("an input did not arrive: {0:word}", "输入数据未能到达：{0:word}"),
            ["stopped"] = ("stopped", "已停止"),
            ["superseded"] = ("replaced by a later attempt", "已被后来的尝试取代"),
            ["supervisor-gone"] = ("its supervisor vanished: {0}", "其监督进程消失：{0}"),
            [TaskFailed] = ("task {0} failed", "任务 {0} 失败"),
            ["timeout"] = ("ran for longer than its timeout", "运行时间超过其时限"),
            ["unhealthy"] = ("did not answer any more that it is well", "不再应答其健康检查"),
            ["unknown"] = ("ended without a reason", "结束，原因不明"),
        },
        new Dictionary<string, Phrase>(StringComparer.Ordinal)
        {
            ["agent-lost"] = ("the agent was lost", "代理失联"),
            ["agent-banned"] = ("the agent was cut off", "代理被封禁"),
        });

    /// <summary>The reason in words: for a task that failed its job, also why the task failed.</summary>
    public static string Say(Language language, Reason reason)
    {
        if (!string.Equals(reason.Code, TaskFailed, StringComparison.Ordinal) || reason.Particulars.Length < 2)
            return Book.Say(language, reason);
        var colon = language == Language.Chinese ? "：" : ": ";
        return Book.Say(language, reason) + colon + Book.Say(language, reason.Particulars[1], reason.Particulars[2..]);
    }

    /// <summary>Why a job failed by this task: the task, and the reason of its end with that reason's particulars.</summary>
    internal static Reason FailureOf(Ended failed)
    {
        var why = failed.Result.Reason ?? Reason.Of("unknown");
        ImmutableArray<string> particulars = [failed.Attempt.Id.ToString(), why.Code, .. why.Particulars];
        return new(TaskFailed, particulars);
    }
}
