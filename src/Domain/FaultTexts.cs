using Meridian.Primitives;

namespace Meridian.Domain;

/// <summary>What each fault of the writer says: what was refused, about what, and what to do.</summary>
public static class FaultTexts
{
    /// <summary>The texts by code.</summary>
    public static readonly Phrasebook Book = new(
        new Dictionary<string, Phrase>(StringComparer.Ordinal)
        {
            ["after-open"] = ("Job {0} waits for other jobs.", "作业 {0} 正在等待其他作业。"),
            ["after-unknown"] = (
                "The job '{0}' under 'after' is unknown in project '{1}': submit it first.", "“after”中的作业“{0}”在项目“{1}”中不存在：请先提交它。"),
            ["bad-amount"] = ("A grant is more than zero and at most a million million.", "拨款金额须大于零且不超过一万亿。"),
            ["bad-bandwidth-hours"] = (
                "A tenant has at most {0} spans of hours with a bandwidth of their own, such as 22-06, each with two different hours; a project has none.",
                "租户最多可有 {0} 个单独规定带宽的时段，例如 22-06，起止须为不同的整点；项目没有这种时段。"),
            ["bad-coordinates"] = ("Latitude goes from -90 to 90, longitude from -180 to 180.", "纬度须在 -90 到 90 之间，经度须在 -180 到 180 之间。"),
            ["bad-currency"] = ("This domain settles in {0}.", "本域以 {0} 结算。"),
            ["bad-hash"] = (
                "A SHA-256 is 64 lower-case hexadecimal digits, and is for the import of one file over HTTP.", "SHA-256 须为 64 位小写十六进制数字，且仅用于经 HTTP 导入单个文件。"),
            ["bad-place"] = (
                "'{0}' is no place that data can come from or go to: use https://host/path/file, s3://bucket/prefix with --endpoint or --store, or file:///path of the depot's machine.",
                "“{0}”不是可用的数据来源或去处：请使用 https://主机/路径/文件，s3://存储桶/前缀 并给出 --endpoint 或 --store，或中转库本机的 file:///路径。"),
            ["bad-place-secret"] = (
                "The address '{0}' comes with a password or a signature, which the domain would have to keep: let the depot's operator keep it, and name it with --store.",
                "地址“{0}”带有密码或签名，而域会保存地址：请由中转库运营者保管凭据，并用 --store 指明。"),
            ["bad-hours"] = (
                "Carbon and power price need 24 values, one for each hour of the day (UTC).", "碳强度与电价须给出 24 个值，每小时一个（UTC）。"),
            ["bad-lifetime"] = ("A join token lives for more than nothing and at most one hour.", "加入令牌的有效期须大于零且不超过一小时。"),
            ["bad-link"] = (
                "A link's capacity is above zero, its latency is not below, and its price goes from 0 to {0}.",
                "链路的容量须大于零，时延不得小于零，价格须在 0 到 {0} 之间。"),
            ["bad-link-hours"] = (
                "A link has one price for each of the 24 hours of the day (UTC), or none; each goes from 0 to {0}.",
                "链路的分时价格须为一天 24 小时（UTC）每小时一个，或不填；每个价格须在 0 到 {0} 之间。"),
            ["bad-link-maintenance"] = (
                "Times of maintenance end after they begin, do not overlap and stand in order of time; a link has at most {0} of them.",
                "维护时段须先开始后结束、互不重叠并按时间排列；一条链路最多 {0} 个。"),
            ["bad-link-ends"] = (
                "Link '{0}' needs two different sites that are declared: '{1}', '{2}'.", "链路“{0}”的两端须是两个不同的已登记站点：“{1}”“{2}”。"),
            ["bad-measurement"] = (
                "What was measured from '{0}' is beyond what can be, or a site is not declared.", "“{0}”的测量值超出可能范围，或站点未登记。"),
            ["bad-name"] = (
                $"The name '{{0}}' is not allowed: {Names.Rule}.", $"名称“{{0}}”不合规则：{Names.RuleZh}。"),
            ["bad-equivalence"] = (
                "An equivalence has a workload that is a name, two different models of 1 to 64 letters without '/', and a factor from "
                    + "{0} to {1}; a domain has at most {2} of them.",
                "等价关系须有合法名称的负载类别、两个不同的型号（1 至 64 个字符，不含“/”），系数在 {0} 至 {1} 之间；一个域最多 {2} 条。"),
            ["bad-pool-name"] = (
                $"The pool's name '{{0}}' is not site/pool: {Names.Rule}.",
                $"资源池名称“{{0}}”须写成“站点/资源池”，两者都{Names.RuleZh}。"),
            ["bad-price"] = ("A price goes from 0 to {0}.", "价格须在 0 到 {0} 之间。"),
            ["bad-pue"] = ("The PUE {0} is not between 1 and 10.", "PUE {0} 不在 1 到 10 之间。"),
            ["bad-reservation-count"] = ("A reservation has 1 to {0} seats or whole nodes.", "一个预留的份数或整机数须为 1 至 {0}。"),
            ["bad-reservation-time"] = (
                "A reservation begins now or later, lasts at least {0} minute(s), and ends within {1} days.",
                "预留须从现在或之后开始，至少持续 {0} 分钟，并在 {1} 天之内结束。"),
            ["bad-seats"] = ("The seats of the reservation '{0}' are not what was asked for.", "预留“{0}”的各份与所请求的不符。"),
            ["bad-shares"] = (
                "The placement names another number of accelerators at node '{0}' than the job, or one twice.",
                "放置在节点“{0}”上给出的加速器数量与作业不符，或有重复。"),
            ["bad-speed"] = ("The speed {0} is not above 0 and at most 1000.", "速度 {0} 须大于 0 且不超过 1000。"),
            ["bad-tier"] = ("The tier '{0}' is unknown: use core, region, edge or device.", "层级“{0}”未知：请使用 core、region、edge 或 device。"),
            ["bad-transfer"] = (
                "A transfer goes to 1 to {0} sites, with a priority from 0 to {1}.", "数据快递的目标站点须为 1 到 {0} 个，优先级须在 0 到 {1} 之间。"),
            ["bad-window"] = ("A transfer takes time, at a rate, and not in the past.", "传输须有时长与速率，且不能在过去。"),
            ["comeback-limit"] = (
                "Node '{0}' came back {1} times: join it anew with a token.", "节点“{0}”已恢复 {1} 次：请用令牌重新加入。"),
            ["dataset-moving"] = (
                "Dataset '{0}' is on its way: wait for the transfer, or cancel it.", "数据集“{0}”正在传输：请等待传输结束，或取消它。"),
            ["dataset-read"] = (
                "Dataset '{0}' is read by job {1}: wait for it to end, or cancel it.", "作业 {1} 正在读取数据集“{0}”：请等待其结束，或取消它。"),
            ["deadline-passed"] = ("The deadline {0} has passed: set a later one.", "截止时间 {0} 已过：请推迟截止时间。"),
            ["exchanges-full"] = (
                "Project '{0}' has {1} exchanges with outside stores under way: wait for one to end.", "项目“{0}”已有 {1} 个外部交换在进行：请等待其中之一结束。"),
            ["export-sovereignty"] = (
                "The dataset '{0}' stays under '{1}', and nobody knows the law of a store outside the domain.", "数据集“{0}”须留在“{1}”的法律之下，而域外存储适用的法律未知。"),
            ["gang-split"] = (
                "Job {0} is a gang: all its tasks start together or none.", "作业 {0} 是成组作业：其任务须同时启动，否则都不启动。"),
            ["input-missing"] = ("The dataset '{0}' is not at node '{1}' and not on its way.", "数据集“{0}”不在节点“{1}”，也未在传输中。"),
            ["input-unknown"] = (
                "The dataset '{0}' does not exist in project '{1}': push it first.", "项目“{1}”中没有数据集“{0}”：请先推送。"),
            ["insufficient-funds"] = (
                "The job may cost {0}; tenant '{1}' has {2} left: ask for credit.", "作业最多可能花费 {0}；租户“{1}”余额为 {2}：请申请额度。"),
            ["job-not-over"] = (
                "Job {0} did not fail and was not cancelled: there is nothing to retry.", "作业 {0} 没有失败也没有被取消：无需重试。"),
            ["job-not-waiting"] = ("Job {0} has no tasks that wait.", "作业 {0} 没有等待中的任务。"),
            ["join-token-expired"] = ("This join token has expired: ask for a new one.", "此加入令牌已过期：请索取新的令牌。"),
            ["join-token-site"] = ("This join token is for site '{0}', not '{1}'.", "此加入令牌属于站点“{0}”，而不是“{1}”。"),
            ["join-token-unknown"] = (
                "This join token was used already or never existed: ask for a new one.", "此加入令牌已被使用或从未存在：请索取新的令牌。"),
            ["link-full"] = ("Link '{0}' has no room for {1} then.", "链路“{0}”届时没有 {1} 的余量。"),
            ["link-held"] = (
                "Circuits are held on link '{0}', more than this leaves room for: wait for them to end.",
                "链路“{0}”上预留的电路超出更改后的容量：请等待其结束。"),
            ["link-moved"] = ("Link '{0}' joins other sites: remove it first.", "同名链路“{0}”连接的是其他站点：请先移除它。"),
            ["no-accelerator"] = ("Accelerator {0} of node '{1}' is taken or does not fit.", "节点“{1}”的加速器 {0} 已被占用或不合适。"),
            ["no-capacity"] = ("Node '{0}' has no room for the task.", "节点“{0}”没有容纳该任务的空闲资源。"),
            ["no-lease"] = ("Node '{0}' holds no lease to lengthen.", "节点“{0}”没有可续的租约。"),
            ["no-path"] = ("The links do not lead from '{0}' to '{1}'.", "所给链路不能从“{0}”通往“{1}”。"),
            ["no-replica"] = ("Depot '{0}' does not hold the data.", "中转库“{0}”没有该数据。"),
            ["spread"] = (
                "Job {0} has {1} tasks at work in '{2}' already, which is as many as its spread allows.",
                "作业 {0} 在“{2}”中已有 {1} 个任务运行，达到其分散约束的上限。"),
            ["no-sandbox"] = ("Node '{0}' cannot isolate tasks.", "节点“{0}”不能隔离任务。"),
            ["no-such-dataset"] = ("There is no dataset '{0}'.", "没有数据集“{0}”。"),
            ["no-such-equivalence"] = (
                "Nothing is declared for workload '{0}' of '{2}' in place of '{1}'.", "负载类别“{0}”没有登记以“{2}”代替“{1}”的等价关系。"),
            ["no-such-exchange"] = ("There is no exchange {0}.", "没有外部交换 {0}。"),
            ["no-such-job"] = ("There is no job {0}.", "没有作业 {0}。"),
            ["no-such-link"] = ("There is no link '{0}'.", "没有链路“{0}”。"),
            ["no-such-node"] = ("There is no agent '{0}'.", "没有代理“{0}”。"),
            ["no-such-pool"] = ("There is no pool '{0}'.", "没有资源池“{0}”。"),
            ["no-such-reservation"] = ("There is no reservation {0}.", "没有预留 {0}。"),
            ["no-such-project"] = (
                "There is no project '{0}', or it belongs to another tenant.", "没有项目“{0}”，或它属于其他租户。"),
            ["no-public-key"] = (
                "Nothing can be encrypted for node '{0}' before its agent was connected to this version: start the agent again.",
                "节点“{0}”的代理尚未以当前版本连接，无法为其加密：请重启该代理。"),
            ["no-ready-depot"] = ("No depot of site '{0}' is ready.", "站点“{0}”没有就绪的中转库。"),
            ["no-such-site"] = ("There is no site '{0}': declare it first.", "没有站点“{0}”：请先登记它。"),
            ["no-such-tenant"] = ("There is no tenant '{0}'.", "没有租户“{0}”。"),
            ["no-such-transfer"] = ("There is no transfer {0}.", "没有数据快递 {0}。"),
            ["no-such-token"] = ("There is no token '{0}'.", "没有令牌“{0}”。"),
            ["node-at-work"] = (
                "Node '{0}' runs tasks under another key: choose another name.", "节点“{0}”正以另一密钥运行任务：请改用其他名称。"),
            ["node-banned"] = (
                "Agent '{0}' is banned or unknown here: ask the operator, or join anew with a token under another name.",
                "代理“{0}”已被封禁或在此未知：请联系运营方，或以其他名称凭令牌重新加入。"),
            ["node-not-ready"] = ("Node '{0}' is not ready.", "节点“{0}”未就绪。"),
            ["node-reserved"] = (
                "Node '{0}' is reserved: the task might still run when the reservation begins.", "节点“{0}”已被预留：预留开始时该任务可能仍在运行。"),
            ["reservation-exists"] = ("Project '{1}' has a reservation '{0}' already: choose another name.", "项目“{1}”已有预留“{0}”：请改用其他名称。"),
            ["reservation-full"] = (
                "Pool '{0}' can hold {1} of {2} then, beside what is reserved and what may still run; all of it from {3} on.",
                "除已预留和可能仍在运行的以外，资源池“{0}”届时只能保留 {2} 份中的 {1} 份；{3} 起可全部保留。"),
            ["reservation-not-now"] = ("The reservation of job {0} has not begun, or is over.", "作业 {0} 的预留尚未开始或已结束。"),
            ["reservation-taken"] = ("Node '{0}' does not have that room for all of the time.", "节点“{0}”在该时段内没有足够的资源。"),
            ["reservation-too-large"] = (
                "Pool '{0}' can hold {1} of {2} at that time, and no later time within a year is better known: ask for less, or for another pool.",
                "资源池“{0}”届时只能保留 {2} 份中的 {1} 份，且一年内没有已知的更好时段：请减少数量，或换一个资源池。"),
            ["reservation-unaffordable"] = (
                "The reservation costs {0}; tenant '{1}' has {2} left: ask for credit.", "预留需要 {0}；租户“{1}”余额为 {2}：请申请额度。"),
            ["reservation-unknown"] = (
                "There is no open reservation '{0}' in project '{1}': make it first.", "项目“{1}”中没有有效的预留“{0}”：请先建立。"),
            ["reservation-used"] = ("The reservation '{0}' has no room left at node '{1}'.", "预留“{0}”在节点“{1}”上没有剩余资源。"),
            ["reservations-full"] = ("Project '{0}' has {1} open reservations: cancel one first.", "项目“{0}”已有 {1} 个有效预留：请先取消一个。"),
            ["too-early"] = ("Job {0} is not to start yet.", "作业 {0} 还未到开始时间。"),
            ["over-budget"] = (
                "The job may cost {0}, which is over its budget of {1}: raise it, or ask for fewer tasks, less time or smaller resources.",
                "作业最多可能花费 {0}，超出其预算 {1}：请提高预算，或减少任务、时长与资源。"),
            ["pool-draining"] = ("Pool '{0}' takes no new tasks.", "资源池“{0}”不接收新任务。"),
            ["cannot-preempt"] = ("'{0}' cannot be part of a preemption now.", "“{0}”目前不能参与抢占。"),
            ["bad-weight"] = ("A weight is from 1 to {0}.", "权重须为 1 至 {0} 的整数。"),
            ["project-taken"] = ("Project '{0}' belongs to another tenant: choose another name.", "项目“{0}”已属于其他租户：请改用其他名称。"),
            ["quota"] = ("'{0}' has reached its quota of {1:word}.", "“{0}”已达到{1:word}配额。"),
            ["quota-waiting"] = (
                "'{0}' would have {1} waiting tasks; its quota is {2}: wait, or ask for a larger one.",
                "“{0}”将有 {1} 个等待任务，超出其配额 {2}：请等待，或申请更大的配额。"),
            ["site-carries-data"] = (
                "Data is on its way from, to or through site '{0}': wait for its transfers to end.", "有数据正从站点“{0}”出发、到达或经过：请等待传输结束。"),
            ["site-in-use"] = ("Site '{0}' still has nodes: ban or stop its agents first.", "站点“{0}”仍有节点：请先停止或封禁其代理。"),
            ["sovereignty"] = (
                "The dataset '{0}' stays under '{1}'; site '{2}' is under '{3}'.", "数据集“{0}”须留在“{1}”的法律之下；站点“{2}”适用“{3}”。"),
            ["task-not-waiting"] = ("Task {0} of job {1} does not wait.", "作业 {1} 的任务 {0} 不在等待。"),
            ["tasks-apart"] = (
                "The tasks of job {0} are kept together on one {2:word}; node '{1}' is not there.", "作业 {0} 的任务须在同一{2:word}；节点“{1}”不在其中。"),
            ["token-exists"] = ("There is a token '{0}' already.", "已有令牌“{0}”。"),
            ["transfer-incomplete"] = (
                "The hops do not bring all of dataset '{0}' to site '{1}'.", "所给各段没有把数据集“{0}”的全部内容送到站点“{1}”。"),
            ["transfer-late"] = (
                "Dataset '{0}' cannot be there by {1}: the earliest that can be kept is {2}.", "数据集“{0}”不能在 {1} 之前送到：最早可承诺 {2}。"),
            ["transfer-rate"] = ("No way to site '{0}' carries {1}; the most is {2}.", "没有通往站点“{0}”的路径能承载 {1}；最多为 {2}。"),
            ["transfer-there"] = ("Dataset '{0}' is at every site that was named.", "数据集“{0}”已在所有指定站点。"),
            ["transfer-unreachable"] = (
                "No ready depot with dataset '{0}' has a way to site '{1}'.", "没有持有数据集“{0}”的就绪中转库能到达站点“{1}”。"),
            ["transfer-over"] = ("Transfer {0} is over.", "数据快递 {0} 已经结束。"),
            ["transfer-paused"] = ("Transfer {0} is paused: resume it first.", "数据快递 {0} 已暂停：请先恢复它。"),
            ["transfer-unaffordable"] = (
                "The transfer costs {0}; tenant '{1}' has {2} left: ask for credit.", "数据快递需要 {0}；租户“{1}”余额为 {2}：请申请额度。"),
            ["unaffordable"] = (
                "A part of job {0} may cost {1}, which its budget or its tenant's credit does not allow.",
                "作业 {0} 的一部分最多可能花费 {1}，超出其预算或租户余额。"),
            ["unknown-command"] = ("The writer does not know {0}.", "写入器不认识 {0}。"),
        },
        ResourceWords.ByCode);

    /// <summary>The fault in words.</summary>
    public static string Say(this Fault fault, Language language) => Book.Say(language, fault);
}
