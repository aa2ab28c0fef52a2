using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>What the verbs about stores outside the domain say.</summary>
internal static partial class Texts
{
    public static readonly Phrase DataImport = new(
        "Let a site's depot fetch a dataset from outside the domain", "让站点的中转库从域外取回数据集");
    public static readonly Phrase ImportFromOption = new("Where it is: https://host/path/file, s3://bucket/prefix, or file:///path of the depot's machine", "来源：https://主机/路径/文件、s3://存储桶/前缀，或中转库本机的 file:///路径");
    public static readonly Phrase DataExport = new(
        "Let a depot send a dataset to a store outside the domain", "让中转库把数据集发送到域外存储");
    public static readonly Phrase ExportToOption = new("Where to: s3://bucket/prefix, where each file becomes an object, or file:///folder of the depot's machine", "去处：s3://存储桶/前缀（每个文件成为一个对象），或中转库本机的 file:///目录");
    public static readonly Phrase ExportSiteOption = new("The site whose depot sends it; any that has it unless given", "由哪个站点的中转库发送；默认为任一持有该数据集的站点");
    public static readonly Phrase ImportSiteOption = new(
        "The site whose depot fetches and keeps it, or one of its agents: SITE/POOL/NODE", "由哪个站点的中转库取回并存放，或指定其代理：站点/资源池/节点");
    public static readonly Phrase HashOption = new("What the file's SHA-256 must be", "文件应有的 SHA-256");
    public static readonly Phrase EndpointOption = new(
        "Where the S3-compatible store answers, such as https://s3.example.org; not needed with --store", "S3 兼容存储的地址，例如 https://s3.example.org；给出 --store 时无需填写");
    public static readonly Phrase StoreOption = new(
        "The name under which the depot's operator keeps the store's credential", "中转库运营者保管该存储凭据所用的名称");
    public static readonly Phrase Exchange = new(
        "Exchanges: datasets on their way between depots and stores outside the domain", "外部交换：中转库与域外存储之间的数据集");
    public static readonly Phrase ExchangeList = new("List the exchanges, the newest first", "列出外部交换，最新的在前");
    public static readonly Phrase ExchangeShow = new("Show an exchange with its progress", "显示外部交换及其进度");
    public static readonly Phrase ExchangeCancel = new("End an exchange; what an import has brought so far goes", "取消外部交换；已导入的部分删除");
    public static readonly Phrase ExchangeArgument = new("The exchange's number", "外部交换编号");
    public static readonly Phrase ExchangeStateOption = new("Only those that are moving, done, failed or cancelled", "仅列出 moving、done、failed 或 cancelled 状态");
    public static readonly Phrase ExchangeBegan = new("Exchange {0} has begun at {1}.", "外部交换 {0} 已在 {1} 开始。");
    public static readonly Phrase ExchangeChanged = new("Exchange {0} is {1}.", "外部交换 {0}：{1}。");
    public static readonly Phrase ExchangeProgress = new("Exchange {0} {1}: {2} {3}", "外部交换 {0} {1}：{2} {3}");
    public static readonly Phrase ColumnDirection = new("DIRECTION", "方向");
    public static readonly Phrase ColumnOutside = new("OUTSIDE", "域外地址");
    public static readonly Phrase ColumnStore = new("STORE", "存储");
}
