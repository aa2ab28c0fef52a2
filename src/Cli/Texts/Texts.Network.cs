using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>The words of the noun <c>network</c>.</summary>
internal static partial class Texts
{
    public static readonly Phrase Network = new("The network between sites, measured and declared", "网络：站点之间实测与声明的情况");
    public static readonly Phrase NetworkPairs = new("List how far every site is from every other", "列出任意两站点间的时延");
    public static readonly Phrase NetworkShow = new("Show a pair of sites and its measurements", "显示一对站点及其测量记录");
    public static readonly Phrase NetworkCircles = new(
        "Show who is within 1 ms, 5 ms and 20 ms of whom, and the shares of pairs", "显示 1、5、20 毫秒时延圈的成员与站点对占比");
    public static readonly Phrase NetworkPaths = new("List the first paths between two sites", "列出两站点间的若干条路径");
    public static readonly Phrase NetworkCircuits = new(
        "List the circuits of transfers under way: what was asked for, and what is in force", "列出进行中传输的电路：请求的与实际生效的");
    public static readonly Phrase NetworkWhatIf = new(
        "Show what it would do to circuits, transfers and latency circles to cut a link, or to change it",
        "显示切断或更改某条链路对电路、传输与时延圈的影响");
    public static readonly Phrase WhatIfLinkOption = new("The link; by default each of all links", "链路；默认逐条考察");
    public static readonly Phrase WhatIfBandwidthOption = new("The rate that it would have, such as 1Gbps", "假设的容量，例如 1Gbps");
    public static readonly Phrase WhatIfLatencyOption = new("The latency that it would have, such as 30ms", "假设的时延，例如 30ms");
    public static readonly Phrase NetworkImport = new(
        "Declare the sites and links of a GraphML, SNDlib or RFC 8345 file", "登记 GraphML、SNDlib 或 RFC 8345 文件中的站点与链路");
    public static readonly Phrase NetworkExport = new("Write the declared network as a file", "将已登记的网络写成文件");
    public static readonly Phrase NetworkFileArgument = new("The file", "文件");
    public static readonly Phrase NetworkFormatOption = new("The format: graphml, sndlib or rfc8345", "格式：graphml、sndlib 或 rfc8345");
    public static readonly Phrase ImportProviderOption = new("The provider of the new sites", "新站点的提供方");
    public static readonly Phrase ImportDryRunOption = new("Only read the file", "只读取文件");
    public static readonly Phrase ColumnLink = new("LINK", "链路");
    public static readonly Phrase ColumnChange = new("CHANGE", "变化");
    public static readonly Phrase ColumnCircuitsLost = new("CIRCUITS LOST", "失去电路");
    public static readonly Phrase ColumnTransfersHit = new("TRANSFERS", "传输");
    public static readonly Phrase ColumnMeetingNow = new("MEETING TARGET NOW", "现在达标");
    public static readonly Phrase ColumnMeetingThen = new("THEN", "之后达标");
    public static readonly Phrase ColumnOutcome = new("OUTCOME", "结果");
    public static readonly Phrase ColumnInstead = new("INSTEAD", "改道");
    public static readonly Phrase ColumnPairsCut = new("PAIRS CUT", "中断站点对");
    public static readonly Phrase ColumnPairsMoved = new("PAIRS CHANGED", "时延变化站点对");
    public static readonly Phrase ColumnNow = new("NOW", "现在");
    public static readonly Phrase ColumnThen = new("THEN", "之后");
    public static readonly Phrase ColumnTransfer = new("TRANSFER", "传输");
    public static readonly Phrase ColumnAsked = new("ASKED", "请求速率");
    public static readonly Phrase ColumnInForce = new("IN FORCE", "生效速率");
    public static readonly Phrase ColumnMended = new("MENDED", "修复次数");
    public static readonly Phrase CircleTargetOption = new(
        "The circle that every pair ought to be in: metro, region or nation; by default by the sites' regions",
        "每对站点应处的时延圈：metro、region 或 nation；默认依站点区域而定");
    public static readonly Phrase PathOrderOption = new("The order: latency, price or hops", "排序：latency（时延）、price（价格）或 hops（跳数）");
    public static readonly Phrase PathCountOption = new("How many paths at most", "最多列出的路径数");
    public static readonly Phrase CirclesSummary = new(
        "{0} pairs of sites, {1} of them measured; {2} meet their target ({3}).", "共 {0} 对站点，其中 {1} 对为实测；{2} 达到目标（{3}）。");
    public static readonly Phrase ColumnCircle = new("CIRCLE", "时延圈");
    public static readonly Phrase ColumnSource = new("SOURCE", "依据");
    public static readonly Phrase ColumnDeclared = new("DECLARED", "声明时延");
    public static readonly Phrase ColumnMeasured = new("MEASURED", "实测时延");
    public static readonly Phrase ColumnJitter = new("JITTER", "抖动");
    public static readonly Phrase ColumnLoss = new("LOSS", "丢包率");
    public static readonly Phrase ColumnRate = new("RATE SEEN", "实测速率");
    public static readonly Phrase ColumnMeasuredAt = new("MEASURED AT", "测量时间");
    public static readonly Phrase ColumnWithin = new("WITHIN", "时延上限");
    public static readonly Phrase ColumnPairs = new("PAIRS", "站点对");
    public static readonly Phrase ColumnShare = new("SHARE", "占比");
    public static readonly Phrase ColumnMetro = new("1MS", "1 毫秒内");
    public static readonly Phrase ColumnRegionCircle = new("5MS", "5 毫秒内");
    public static readonly Phrase ColumnNation = new("20MS", "20 毫秒内");
    public static readonly Phrase ColumnLinks = new("LINKS", "链路");
    public static readonly Phrase ColumnPath = new("PATH", "路径");
    public static readonly Phrase LinkShow = new("Show a link, what is held on it and what was measured", "显示链路、其预留与测量结果");
}
