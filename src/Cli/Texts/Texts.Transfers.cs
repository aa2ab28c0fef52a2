using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>What the transfer verbs say.</summary>
internal static partial class Texts
{
    public static readonly Phrase DataSend = new(
        "Bring a dataset to sites, with a promised arrival", "把数据集送到站点，并承诺到达时间");
    public static readonly Phrase DataQuote = new(
        "Say what a transfer would cost and when it would be there", "给出数据快递的价格与到达时间");
    public static readonly Phrase DataTransfers = new("List the transfers, the newest first", "列出数据快递，最新的在前");
    public static readonly Phrase DataShow = new(
        "Show a transfer: its hops, its progress, what was promised and kept", "显示数据快递：各段、进度、承诺与兑现");
    public static readonly Phrase DataPause = new(
        "Halt a transfer; what has come stays", "暂停数据快递；已到达的数据保留");
    public static readonly Phrase DataResume = new("Go on with a paused transfer", "恢复已暂停的数据快递");
    public static readonly Phrase DataCancel = new(
        "End a transfer; what did not move is refunded", "取消数据快递；未传输部分退款");
    public static readonly Phrase SendToOption = new("The sites, separated by commas", "目标站点，以逗号分隔");
    public static readonly Phrase ModeOption = new(
        "dedicated (a held rate), aggregated (several sources and paths at once; several sites help each other) or offpeak (cheapest hours before a deadline); by default dedicated to one site and aggregated to several",
        "dedicated（专线保障速率）、aggregated（多源多路聚合，多个目的站点互相分发）或 offpeak（截止前错峰最省）；默认单个站点用 dedicated，多个站点用 aggregated");
    public static readonly Phrase RateOption = new("The rate to hold, such as 500Mbps", "要保障的速率，例如 500Mbps");
    public static readonly Phrase DeadlineOption = new(
        "When it has to be there: a duration such as 6h, or a moment such as 2026-12-01T06:00Z",
        "最迟到达时间：时长（如 6h）或时刻（如 2026-12-01T06:00Z）");
    public static readonly Phrase PriorityOption = new("From 0 to 9; the higher is planned first", "0 到 9；高者先行规划");
    public static readonly Phrase SealedOption = new(
        "Encrypt from end to end on every hop; what lies at relays is encrypted in any case", "每一段都端到端加密；中转库上的数据无论如何都是密文");
    public static readonly Phrase ColumnSealed = new("SEALED", "加密");
    public static readonly Phrase SendQuoteOption = new("Only say price and arrival", "仅给出价格与到达时间");
    public static readonly Phrase SendWatchOption = new("Stay until it is over", "持续显示直至结束");
    public static readonly Phrase TransferStateOption = new(
        "Only those that are admitted, moving, paused, done, failed or cancelled", "仅列出 admitted、moving、paused、done、failed 或 cancelled 的数据快递");
    public static readonly Phrase TransferArgument = new("The transfer's number", "数据快递编号");
    public static readonly Phrase TransferChanged = new("Transfer {0}: {1}.", "数据快递 {0}：{1}。");
    public static readonly Phrase TransferPromised = new(
        "Transfer {0} is admitted: it will be there by {1}; {2} is held for it.", "数据快递 {0} 已受理：将于 {1} 前到达；已冻结 {2}。");
    public static readonly Phrase TransferProgress = new(
        "Transfer {0}: {1}, {2} of {3}, {4}, {5} left", "数据快递 {0}：{1}，{2} / {3}，{4}，剩余 {5}");
    public static readonly Phrase MomentWord = new("deadline", "截止时间");
    public static readonly Phrase HoursOption = new(
        "24 prices, one for each hour of the day (UTC), separated by commas", "24 个价格，每小时（UTC）一个，以逗号分隔");
    public static readonly Phrase MaintenanceOption = new(
        "A time in which the link is out of service, as FROM/TO (UTC); may be repeated", "链路停用维护的时段，写作“起/止”（UTC）；可重复");
    public static readonly Phrase MaintenanceWord = new("time of maintenance", "维护时段");
    public static readonly Phrase ColumnDataset = new("DATASET", "数据集");
    public static readonly Phrase ColumnHeldRate = new("RATE", "速率");
    public static readonly Phrase ColumnMode = new("MODE", "模式");
    public static readonly Phrase ColumnPurpose = new("FOR", "用途");
    public static readonly Phrase ColumnProgress = new("PROGRESS", "进度");
    public static readonly Phrase ColumnLeft = new("LEFT", "剩余");
    public static readonly Phrase ColumnPromised = new("PROMISED", "承诺到达");
    public static readonly Phrase ColumnExpected = new("EXPECTED", "预计到达");
    public static readonly Phrase ColumnKept = new("KEPT", "兑现");
    public static readonly Phrase ColumnSent = new("SENT", "实际发送");
    public static readonly Phrase ColumnFailures = new("FAILURES", "失败次数");
}
