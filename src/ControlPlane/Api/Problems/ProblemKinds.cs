using System.Collections.Frozen;
using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>A kind of problem: its stable code, its status, and its words.</summary>
internal sealed record ProblemKind(string Code, int Status, Phrase Title);

/// <summary>Every kind of problem. A code never changes its meaning; a code that is not listed is known by how it begins.</summary>
internal static class ProblemKinds
{
    private static readonly FrozenDictionary<string, ProblemKind> Known = new ProblemKind[]
    {
        new("bad-request", 400, ("The request cannot be read", "无法读取请求")),
        new("bad-cursor", 400, ("The cursor is not of this list", "游标不属于此列表")),
        new("bad-sort", 400, ("The list cannot be sorted by this", "列表不能按此排序")),
        new("bad-limit", 400, ("The limit is out of its range", "数量超出范围")),
        new("bad-name", 400, ("The name is not allowed", "名称不合规则")),
        new("bad-hours", 400, ("24 hourly values are needed", "需要 24 个小时值")),
        new("bad-lifetime", 400, ("The lifetime is out of its range", "有效期超出范围")),
        new("not-signed-in", 401, ("Not signed in", "未登录")),
        new("not-allowed", 403, ("Not allowed", "无权操作")),
        new("no-such-path", 404, ("There is nothing here", "此处没有内容")),
        new("no-such-job", 404, ("There is no such job", "没有这个作业")),
        new("no-such-project", 404, ("There is no such project", "没有这个项目")),
        new("no-such-dataset", 404, ("There is no such dataset", "没有这个数据集")),
        new("no-such-exchange", 404, ("There is no such exchange", "没有这个外部交换")),
        new("no-such-pool", 404, ("There is no such pool", "没有这个资源池")),
        new("no-such-reservation", 404, ("There is no such reservation", "没有这个预留")),
        new("no-such-site", 404, ("There is no such site", "没有这个站点")),
        new("no-such-tenant", 404, ("There is no such tenant", "没有这个租户")),
        new("no-such-node", 404, ("There is no such agent", "没有这个代理")),
        new("no-such-link", 404, ("There is no such link", "没有这条链路")),
        new("no-such-token", 404, ("There is no such token", "没有这个令牌")),
        new("after-unknown", 422, ("There is no such job to wait for", "没有可等待的这个作业")),
        new("input-unknown", 422, ("There is no such input", "没有这个输入")),
        new("no-such-attempt", 404, ("There is no such attempt", "没有这次尝试")),
        new("not-supported", 405, ("The path does not take this method", "此路径不支持该方法")),
        new("too-large", 413, ("The request is too large", "请求过大")),
        new("not-readable", 415, ("The content type is not understood", "不支持的内容类型")),
        new("bad-weight", 400, ("The weight is out of bounds", "权重超出范围")),
        new("project-taken", 409, ("The project belongs to another tenant", "项目已属于其他租户")),
        new("token-exists", 409, ("The token exists already", "令牌已存在")),
        new("site-in-use", 409, ("The site is in use", "站点正在使用")),
        new("site-carries-data", 409, ("Data passes the site", "有数据经过站点")),
        new("link-held", 409, ("Circuits are held on the link", "链路上仍有预留")),
        new("link-moved", 409, ("The link joins other sites", "链路连接的是其他站点")),
        new("dataset-moving", 409, ("The dataset is on its way", "数据集正在传输")),
        new("job-not-over", 409, ("The job cannot be retried", "作业不能重试")),
        new("upload-unknown", 409, ("The upload was not begun", "上传尚未开始")),
        new("upload-incomplete", 409, ("The upload is not complete", "上传尚未完成")),
        new("no-depot", 409, ("No depot is ready", "没有就绪的中转库")),
        new("reservation-exists", 409, ("The reservation exists already", "预留已存在")),
        new("reservation-full", 409, ("The reservation cannot be kept then", "届时无法保留")),
        new("reservation-too-large", 409, ("The reservation cannot be kept", "无法保留")),
        new("reservation-taken", 409, ("The room was taken by others", "资源已被占用")),
        new("reservation-unaffordable", 422, ("The tenant's credit does not cover the reservation", "租户余额不足以预留")),
        new("reservation-unknown", 422, ("There is no such reservation to run in", "没有可使用的这个预留")),
        new("key-reused", 422, ("The idempotency key was used for something else", "幂等键已用于其他请求")),
        new("network-file", 422, ("The network's file has faults", "网络文件有错误")),
        new("job-file", 422, ("The job file has faults", "作业文件有错误")),
        new("deadline-passed", 422, ("The deadline has passed", "截止时间已过")),
        new("over-budget", 422, ("The job may cost more than its budget", "作业可能超出预算")),
        new("insufficient-funds", 422, ("The tenant's credit does not cover the job", "租户余额不足")),
        new("quota-waiting", 422, ("Too many tasks would wait", "等待的任务过多")),
        new("bad-currency", 422, ("The currency is not settled here", "不以此货币结算")),
        new("too-many-streams", 429, ("Too many streams are open", "打开的流过多")),
        new("internal", 500, ("The server failed", "服务器内部错误")),
        new("journal-failed", 503, ("The decision could not be stored", "决定暂时无法保存")),
        new("journal-full", 507, ("The journal's disk is full", "日志所在磁盘已满")),
    }.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    public static ProblemKind Of(string code) => Known.TryGetValue(code, out var kind) ? kind : Unlisted(code);

    private static ProblemKind Unlisted(string code)
    {
        var status = code.StartsWith("bad-", StringComparison.Ordinal) ? 400
            : code.StartsWith("no-such-", StringComparison.Ordinal) ? 404
            : 409;
        return new(code, status, ("The request was refused", "请求被拒绝"));
    }
}
