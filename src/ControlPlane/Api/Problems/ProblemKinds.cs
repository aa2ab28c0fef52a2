using System.Collections.Frozen;

namespace Meridian.ControlPlane.Api;

/// <summary>A kind of problem: its stable code, its status, and its words.</summary>
internal sealed record ProblemKind(string Code, int Status, string Title, string TitleZh, string? AdviceZh = null);

/// <summary>Every kind of problem. A code never changes its meaning; a code that is not listed is known by how it begins.</summary>
internal static class ProblemKinds
{
    private static readonly FrozenDictionary<string, ProblemKind> Known = new ProblemKind[]
    {
        new("bad-request", 400, "The request cannot be read", "无法读取请求"),
        new("bad-cursor", 400, "The cursor is not of this list", "游标不属于此列表"),
        new("bad-sort", 400, "The list cannot be sorted by this", "列表不能按此排序"),
        new("bad-limit", 400, "The limit is out of its range", "数量超出范围"),
        new("bad-name", 400, "The name is not allowed", "名称不合规则", "名称须为 1 至 63 个字符，仅含 a-z、0-9 与 -，且以字母或数字开头。"),
        new("bad-hours", 400, "24 hourly values are needed", "需要 24 个小时值", "碳强度与电价须给出 24 个小时值（UTC），或一个适用于全天的值。"),
        new("bad-lifetime", 400, "The lifetime is out of its range", "有效期超出范围", "加入令牌的有效期须大于零且不超过一小时。"),
        new("not-signed-in", 401, "Not signed in", "未登录"),
        new("not-allowed", 403, "Not allowed", "无权操作"),
        new("no-such-path", 404, "There is nothing here", "此处没有内容"),
        new("no-such-job", 404, "There is no such job", "没有这个作业", "没有这个作业。"),
        new("no-such-project", 404, "There is no such project", "没有这个项目", "没有这个项目，或它不属于此令牌的租户。"),
        new("no-such-dataset", 404, "There is no such dataset", "没有这个数据集", "没有这个数据集：请先推送。"),
        new("no-such-site", 404, "There is no such site", "没有这个站点", "没有这个站点：请先声明。"),
        new("no-such-tenant", 404, "There is no such tenant", "没有这个租户", "没有这个租户。"),
        new("no-such-node", 404, "There is no such agent", "没有这个代理", "没有这个代理。"),
        new("no-such-link", 404, "There is no such link", "没有这条链路", "没有这条链路。"),
        new("no-such-token", 404, "There is no such token", "没有这个令牌", "没有这个令牌。"),
        new("no-such-attempt", 404, "There is no such attempt", "没有这次尝试"),
        new("not-supported", 405, "The path does not take this method", "此路径不支持该方法"),
        new("too-large", 413, "The request is too large", "请求过大"),
        new("not-readable", 415, "The content type is not understood", "不支持的内容类型"),
        new("project-taken", 409, "The project belongs to another tenant", "项目已属于其他租户", "该项目已属于其他租户：请改用其他名称。"),
        new("token-exists", 409, "The token exists already", "令牌已存在"),
        new("site-in-use", 409, "The site is in use", "站点正在使用", "站点仍有节点：请先停止或封禁其代理。"),
        new("link-held", 409, "Circuits are held on the link", "链路上仍有预留", "链路上仍有预留的电路：请等待其结束。"),
        new("link-moved", 409, "The link joins other sites", "链路连接的是其他站点", "同名链路连接的是其他站点：请先删除它。"),
        new("dataset-moving", 409, "The dataset is on its way", "数据集正在传输", "数据集正在传输：请等待传输结束，或取消其作业。"),
        new("job-not-over", 409, "The job cannot be retried", "作业不能重试", "作业没有失败也没有被取消，无需重试。"),
        new("upload-unknown", 409, "The upload was not begun", "上传尚未开始"),
        new("upload-incomplete", 409, "The upload is not complete", "上传尚未完成"),
        new("no-depot", 409, "No depot is ready", "没有就绪的中转库"),
        new("key-reused", 422, "The idempotency key was used for something else", "幂等键已用于其他请求"),
        new("job-file", 422, "The job file has faults", "作业文件有错误"),
        new("deadline-passed", 422, "The deadline has passed", "截止时间已过", "截止时间已过：请推迟截止时间。"),
        new("over-budget", 422, "The job may cost more than its budget", "作业可能超出预算", "作业的最高费用超出其预算：请提高预算，或减少任务、时长与资源。"),
        new("insufficient-funds", 422, "The tenant's credit does not cover the job", "租户余额不足", "租户余额不足以冻结作业的最高费用：请申请额度。"),
        new("quota-waiting", 422, "Too many tasks would wait", "等待的任务过多", "等待的任务将超过租户配额：请等待，或申请更大的配额。"),
        new("bad-currency", 422, "The currency is not settled here", "不以此货币结算", "本域只以人民币结算。"),
        new("too-many-streams", 429, "Too many streams are open", "打开的流过多"),
        new("internal", 500, "The server failed", "服务器内部错误"),
        new("journal-failed", 503, "The decision could not be stored", "决定暂时无法保存"),
    }.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    public static ProblemKind Of(string code) => Known.TryGetValue(code, out var kind) ? kind : Unlisted(code);

    private static ProblemKind Unlisted(string code)
    {
        var status = code.StartsWith("bad-", StringComparison.Ordinal) ? 400
            : code.StartsWith("no-such-", StringComparison.Ordinal) ? 404
            : 409;
        return new(code, status, "Refused: " + code.Replace('-', ' '), "请求被拒绝：" + code);
    }
}
