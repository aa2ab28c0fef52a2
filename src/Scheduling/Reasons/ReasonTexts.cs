using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Primitives;

namespace Meridian.Scheduling.Reasons;

/// <summary>What each reason says in English and in Chinese.</summary>
public static class ReasonTexts
{
    /// <summary>The texts by code, and the words for particulars that are codes.</summary>
    public static readonly Phrasebook Book = new(
        new Dictionary<string, Phrase>(StringComparer.Ordinal)
        {
            [ReasonCodes.Chosen] = ("chosen", "已选中"),
            [ReasonCodes.Dearer] = ("costs {0} a task, the chosen pool {1}", "每个任务需 {0}，所选资源池为 {1}"),
            [ReasonCodes.Later] = ("would finish at {0}, the chosen pool at {1}", "预计 {0} 完成，所选资源池为 {1}"),
            [ReasonCodes.MoreCarbon] = ("emits {0} g of CO2, the chosen pool {1} g", "排放 {0} 克 CO2，所选资源池为 {1} 克"),
            [ReasonCodes.WorseBalance] = (
                "price, time and carbon weigh {0} together, those of the chosen pool {1}",
                "价格、时间与碳排放的综合评分为 {0}，所选资源池为 {1}"),
            [ReasonCodes.Tie] = ("as good as the chosen pool {0}, which comes first by name", "与所选资源池 {0} 相当，后者按名称在先"),
            [ReasonCodes.PoolDraining] = ("the pool takes no new tasks", "资源池正在腾空，不接收新任务"),
            [ReasonCodes.NoReadyNode] = ("no node of the pool is ready", "资源池没有就绪的节点"),
            [ReasonCodes.NoContainers] = ("the driver '{0}' runs no containers", "驱动“{0}”不能运行容器"),
            [ReasonCodes.SiteNotAllowed] = ("the site {0} is not among those allowed: {1}", "站点 {0} 不在允许之列：{1}"),
            [ReasonCodes.RegionNotAllowed] = ("the region {0} is not among those allowed: {1}", "区域 {0} 不在允许之列：{1}"),
            [ReasonCodes.ProviderNotAllowed] = (
                "the provider {0} is not among those allowed: {1}", "提供方 {0} 不在允许之列：{1}"),
            [ReasonCodes.SovereigntyOfJob] = (
                "the site is under '{0}'; the job asks for: {1}", "站点适用“{0}”的法律；作业要求：{1}"),
            [ReasonCodes.SovereigntyOfInput] = (
                "the input {0} stays under '{1}'; the site is under '{2}'", "输入 {0} 须留在“{1}”的法律之下；站点适用“{2}”"),
            [ReasonCodes.NoSandbox] = ("no ready node isolates tasks", "没有就绪的节点能隔离任务"),
            [ReasonCodes.TooLarge] = ("{0:word}: a task needs {1}, the largest node has {2}", "{0:word}：每个任务需要 {1}，最大的节点只有 {2}"),
            [ReasonCodes.GangTooLarge] = (
                "the gang has {0} tasks; the whole pool has room for {1}", "成组作业有 {0} 个任务；整个资源池只能容纳 {1} 个"),
            [ReasonCodes.Crowded] = (
                "the job has {0} tasks in each {1:word} that could take one, which is as many as its spread allows",
                "在每个可用的{1:word}中，作业已有 {0} 个任务，达到其分散约束的上限"),
            [ReasonCodes.PlaceTooSmall] = (
                "the gang has {0} tasks, which are kept on one {1:word}; the largest has room for {2}", "成组作业有 {0} 个任务，须在同一{1:word}；最大的只能容纳 {2} 个"),
            [ReasonCodes.TasksElsewhere] = ("its tasks are kept together, and others run at {0}", "任务须放在一起，其他任务在 {0} 运行"),
            [ReasonCodes.AllowApart] = ("let the tasks be on more than one {0:word}: then {1}", "允许任务分布于多个{0:word}：即可使用 {1}"),
            [ReasonCodes.NotBefore] = ("is not to start before {0}", "不早于 {0} 开始"),
            [ReasonCodes.WaitsForReservation] = ("waits for its reservation {0}, which begins at {1}", "等待其预留 {0}，开始于 {1}"),
            [ReasonCodes.ReservedElsewhere] = ("the job runs in the reservation {0} of {1}", "作业在 {1} 的预留 {0} 中运行"),
            [ReasonCodes.OutlastsReservation] = (
                "would finish at {0}, after its reservation ends at {1}", "预计 {0} 完成，晚于其预留的结束时间 {1}"),
            [ReasonCodes.ReservationMissing] = ("there is no open reservation {0}", "没有有效的预留 {0}"),
            [ReasonCodes.NoAccelerator] = ("no node has the accelerators: {0}", "没有节点具备所需加速器：{0}"),
            [ReasonCodes.TooFar] = (
                "the declared latency to {0} is {1} ms; the target is {2} ms", "到 {0} 的声明时延为 {1} 毫秒；目标为 {2} 毫秒"),
            [ReasonCodes.TooFarMeasured] = (
                "the measured latency to {0} is {1} ms; the target is {2} ms", "到 {0} 的实测时延为 {1} 毫秒；目标为 {2} 毫秒"),
            [ReasonCodes.Unreachable] = ("no path leads to {0}", "没有通往 {0} 的路径"),
            [ReasonCodes.InputUnreachable] = (
                "no path brings the input {0} to {1}, or none of its replicas is at a ready node",
                "没有路径能把输入 {0} 送到 {1}，或其副本都不在就绪的节点上"),
            [ReasonCodes.InputMissing] = ("the dataset {0} does not exist", "数据集 {0} 不存在"),
            [ReasonCodes.Deadline] = ("would finish at {0}, after the deadline {1}", "预计 {0} 完成，晚于截止时间 {1}"),
            [ReasonCodes.Budget] = ("may cost {0}; the budget has {1} left", "最多可能花费 {0}；预算仅余 {1}"),
            [ReasonCodes.Funds] = ("may cost {0}; the tenant has {1} left", "最多可能花费 {0}；租户仅余 {1}"),
            [ReasonCodes.GangElsewhere] = ("the gang's other tasks run at {0}", "成组作业的其他任务在 {0} 运行"),
            [ReasonCodes.WaitsForCapacity] = (
                "waits for room at {0}, expected at {1}", "等待 {0} 的空闲资源，预计 {1}"),
            [ReasonCodes.WaitsForData] = (
                "waits at {0} for data that is on its way, expected at {1}", "等待数据到达 {0}，预计 {1}"),
            [ReasonCodes.WaitsForBandwidth] = (
                "its data waits for bandwidth of the tenant {0}, whose transfers have no more of it before {1}",
                "数据在等待租户 {0} 的带宽，其传输在 {1} 之前没有更多带宽可用"),
            [ReasonCodes.WaitsForYield] = (
                "waits at {0} until {1} best-effort tasks have made room", "在 {0} 等待 {1} 个尽力型任务让出资源"),
            [ReasonCodes.WouldStop] = ("{0} running tasks would end and be placed anew", "{0} 个运行中的任务会中断并重新放置"),
            [ReasonCodes.WouldStart] = (
                "{0} more tasks would start, at {1}, the last to finish at {2}, for {3} in all", "将多启动 {0} 个任务，位于 {1}，最晚 {2} 完成，共计 {3}"),
            [ReasonCodes.WouldWait] = ("{0} more tasks would wait", "将多出 {0} 个任务等待"),
            [ReasonCodes.WouldRunAt] = ("would run at {0} instead of {1}", "将在 {0} 而非 {1} 运行"),
            [ReasonCodes.WouldFinish] = ("would finish at {0} instead of {1}", "将于 {0} 而非 {1} 完成"),
            [ReasonCodes.WouldCost] = ("would cost {0} instead of {1}", "将花费 {0} 而非 {1}"),
            [ReasonCodes.WaitsForJobs] = ("waits for the jobs {0}", "等待作业 {0}"),
            [ReasonCodes.Quota] = ("{0} has reached its quota of {1:word}", "{0} 已达到{1:word}配额"),
            [ReasonCodes.RetryPause] = ("the last try failed ({0:word}); the next is at {1}", "上次尝试失败（{0:word}）；下次在 {1}"),
            [ReasonCodes.NoCandidate] = (
                "none of {0} pools satisfies the constraints; most often: {1:word}", "{0} 个资源池都不满足约束；最常见的原因：{1:word}"),
            [ReasonCodes.NoPools] = ("there are no pools yet: let an agent join", "还没有资源池：请先让代理加入"),
            [ReasonCodes.InQueue] = ("can start in a moment at {0}", "即将在 {0} 启动"),
            [ReasonCodes.WriterRefused] = ("the plan was refused: {0}", "计划被拒绝：{0}"),
            [ReasonCodes.RaiseBudget] = ("raise the budget by {0}: then {1}", "把预算提高 {0}：即可使用 {1}"),
            [ReasonCodes.AddCredit] = ("ask for {0} more credit: then {1}", "增加 {0} 的额度：即可使用 {1}"),
            [ReasonCodes.LaterDeadline] = ("set the deadline {0} later: then {1}", "把截止时间推迟 {0}：即可使用 {1}"),
            [ReasonCodes.AllowRegion] = ("allow the region {0}: then {1}", "允许区域 {0}：即可使用 {1}"),
            [ReasonCodes.AllowProvider] = ("allow the provider {0}: then {1}", "允许提供方 {0}：即可使用 {1}"),
            [ReasonCodes.AllowSite] = ("allow the site {0}: then {1}", "允许站点 {0}：即可使用 {1}"),
            [ReasonCodes.AllowSovereignty] = ("allow sovereignty '{0}': then {1}", "允许主权标签“{0}”：即可使用 {1}"),
            [ReasonCodes.AllowPlain] = ("accept plain isolation: then {1}", "接受普通进程隔离：即可使用 {1}"),
            [ReasonCodes.FewerCores] = ("ask for at most {0} cores: then {1}", "核数不超过 {0}：即可使用 {1}"),
            [ReasonCodes.LessMemory] = ("ask for at most {0} of memory: then {1}", "内存不超过 {0}：即可使用 {1}"),
            [ReasonCodes.LessDisk] = ("ask for at most {0} of disk: then {1}", "磁盘不超过 {0}：即可使用 {1}"),
            [ReasonCodes.WiderLatency] = ("accept a latency of {0} ms: then {1}", "接受 {0} 毫秒的时延：即可使用 {1}"),
            [ReasonCodes.LargerQuota] = (
                "ask the operator for a larger quota of {0:word}, or wait for running tasks to end",
                "请运营方提高{0:word}配额，或等待正在运行的任务结束"),
        },
        new Dictionary<string, Phrase>(ResourceWords.ByCode, StringComparer.Ordinal)
        {
            [ReasonCodes.PoolDraining] = ("the pool takes no new tasks", "资源池不接收新任务"),
            [ReasonCodes.NoReadyNode] = ("no node is ready", "没有就绪的节点"),
            [ReasonCodes.NoContainers] = ("the driver runs no containers", "驱动不能运行容器"),
            [ReasonCodes.SiteNotAllowed] = ("the site is not allowed", "站点不在允许之列"),
            [ReasonCodes.RegionNotAllowed] = ("the region is not allowed", "区域不在允许之列"),
            [ReasonCodes.ProviderNotAllowed] = ("the provider is not allowed", "提供方不在允许之列"),
            [ReasonCodes.SovereigntyOfJob] = ("the job asks for another law", "作业要求适用其他法律"),
            [ReasonCodes.SovereigntyOfInput] = ("an input stays under another law", "输入须留在其他法律之下"),
            [ReasonCodes.NoSandbox] = ("no node isolates tasks", "没有节点能隔离任务"),
            [ReasonCodes.TooLarge] = ("no node is large enough", "没有足够大的节点"),
            [ReasonCodes.GangTooLarge] = ("the pool is too small for the gang", "资源池容纳不下整组任务"),
            [ReasonCodes.Crowded] = ("its tasks are there already, as many as its spread allows", "其任务已达分散约束的上限"),
            [ReasonCodes.PlaceTooSmall] = ("too small for a gang that is kept together", "容纳不下须放在一起的整组任务"),
            [ReasonCodes.TasksElsewhere] = ("its other tasks run elsewhere", "其他任务在别处运行"),
            [ReasonCodes.ReservedElsewhere] = ("the job runs in a reservation elsewhere", "作业在别处的预留中运行"),
            [ReasonCodes.NoAccelerator] = ("no node has the accelerators", "没有节点具备所需加速器"),
            [ReasonCodes.TooFar] = ("too far from the users", "离用户太远"),
            [ReasonCodes.TooFarMeasured] = ("too far from the users, as measured", "实测离用户太远"),
            [ReasonCodes.Unreachable] = ("no path to the users", "没有通往用户的路径"),
            [ReasonCodes.InputUnreachable] = ("an input cannot be brought there", "输入无法送达"),
            ["staging-failed"] = ("an input did not arrive", "输入数据未能到达"),
        });

    /// <summary>The reason in words.</summary>
    public static string Say(Language language, Reason reason) => Say(language, reason.Code, reason.Particulars);

    /// <summary>The reason in words; a plan that the writer refused carries the writer's fault.</summary>
    public static string Say(Language language, string code, ImmutableArray<string> particulars) =>
        string.Equals(code, ReasonCodes.WriterRefused, StringComparison.Ordinal) && particulars is [var fault, ..]
            ? Book.Say(language, code, [FaultTexts.Book.Say(language, fault, particulars[1..])])
            : Book.Say(language, code, particulars);
}
