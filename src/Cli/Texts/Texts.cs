using Meridian.Primitives;
namespace Meridian.Cli;

/// <summary>What people read: messages, prompts and help.</summary>
internal static partial class Texts
{
    public static readonly Phrase Error = new("error", "错误");
    public static readonly Phrase Warning = new("warning", "警告");
    public static readonly Phrase UsageError = new("usage: {0}", "用法错误：{0}");
    public static readonly Phrase SeeHelp = new("Run '{0} --help' to see what it takes.", "运行“{0} --help”查看用法。");
    public static readonly Phrase Unrecognised = new("'{0}' is not known here", "此处不能识别“{0}”");
    public static readonly Phrase BadOption = new("the option {0} lacks a value, or has a wrong one", "选项 {0} 的值缺失或无效");
    public static readonly Phrase BadArgument = new("the argument {0} is missing or wrong", "参数 {0} 缺失或无效");
    public static readonly Phrase VerbMissing = new("a verb is missing, one of: {0}", "缺少子命令，可用：{0}");
    public static readonly Phrase ArgumentMissing = new("the argument {0} is missing", "缺少参数 {0}");
    public static readonly Phrase NoCertificates = new("'{0}' holds no certificate in PEM", "“{0}”中没有 PEM 证书");
    public static readonly Phrase FileMissing = new("there is no file '{0}'", "没有文件“{0}”");
    public static readonly Phrase NoSuchPool = new("there is no pool '{0}'", "没有资源池“{0}”");
    public static readonly Phrase LedgerSum = new("sum of all accounts: {0}", "全部账户合计：{0}");
    public static readonly Phrase PartMissing = new("an argument or a required option is missing", "缺少必填的参数或选项");
    public static readonly Phrase CannotConnect = new(
        "cannot reach the server {0}. Is it running ('meridian up'), and is the address right (--server, MERIDIAN_SERVER)?",
        "无法连接服务器 {0}。请确认其正在运行（meridian up），且地址正确（--server、MERIDIAN_SERVER）。");

    public static readonly Phrase LogInFirst = new(
        "Sign in with 'meridian login', or set MERIDIAN_TOKEN.", "请使用 meridian login 登录，或设置 MERIDIAN_TOKEN。");

    public static readonly Phrase NeedsMoreRights = new(
        "The token does not allow this. Ask an operator of the domain.", "该令牌没有此权限，请联系域的运营者。");

    public static readonly Phrase Interrupted = new("interrupted", "已中断");
    public static readonly Phrase TimedOut = new("not done after {0}", "{0} 内未完成");
    public static readonly Phrase BadServer = new("'{0}' is not an http or https address", "“{0}”不是 http 或 https 地址");
    public static readonly Phrase BadConfig = new("the file {0} is not readable: {1}", "无法读取文件 {0}：{1}");
    public static readonly Phrase NoSuchFile = new("cannot read '{0}': {1}", "无法读取“{0}”：{1}");
    public static readonly Phrase TokenInArguments = new(
        "a token on the command line is seen by every user of this machine; use --token-file or MERIDIAN_TOKEN",
        "命令行中的令牌对本机所有用户可见；请使用 --token-file 或 MERIDIAN_TOKEN");

    public static readonly Phrase ConfigIsOpen = new(
        "others may read {0}; its rights were narrowed to 0600", "其他用户可读取 {0}，已将其权限收紧为 0600");

    public static readonly Phrase MoreItems = new(
        "{0} shown, there are more; raise --limit", "已显示 {0} 项，还有更多；可增大 --limit");

    public static readonly Phrase NothingThere = new("nothing there", "没有内容");
    public static readonly Phrase TokenPrompt = new("Token: ", "令牌：");
    public static readonly Phrase TokenMissing = new(
        "no token: type it, pipe it in, or use --token-file", "缺少令牌：请输入、通过管道传入，或使用 --token-file");

    public static readonly Phrase LoggedIn = new(
        "signed in at {0} as {1} (tenant {2}, role {3})", "已登录 {0}，身份 {1}（租户 {2}，角色 {3}）");

    public static readonly Phrase BadJobId = new("'{0}' names no job; give its number or name", "“{0}”不是作业；请填写编号或名称");
    public static readonly Phrase NoSuchJob = new("no job is named '{0}'", "没有名为“{0}”的作业");
    public static readonly Phrase JobSubmitted = new("submitted job {0} ({1}): {2}", "已提交作业 {0}（{1}）：{2}");
    public static readonly Phrase JobProgress = new(
        "job {0} {1}: {2}, {3} of {4} tasks done", "作业 {0} {1}：{2}，已完成 {3}/{4} 个任务");

    public static readonly Phrase JobCancelled = new("job {0} is being cancelled", "正在取消作业 {0}");
    public static readonly Phrase JobRetried = new("job {0} is tried again", "正在重试作业 {0}");
    public static readonly Phrase JobFailed = new("job {0} {1}: {2}", "作业 {0} {1}：{2}");
    public static readonly Phrase WaitsFor = new("It waits: {0}", "等待原因：{0}");
    public static readonly Phrase WouldHelp = new("What would help: {0}", "可行的改变：{0}");
    public static readonly Phrase ChosenPlace = new(
        "{0} at {1}, from {2} to {3}, for {4}", "选定 {1} 的 {0}，{2} 至 {3}，价格 {4}");

    public static readonly Phrase Unchanged = new("{0} other job(s) would fare the same", "其余 {0} 个作业不受影响");
    public static readonly Phrase QuoteLine = new(
        "expected {0}, at most {1} is held, {2} task(s)", "预计 {0}，最多冻结 {1}，{2} 个任务");

    public static readonly Phrase LogBroke = new("the log's line broke: {0}", "日志连接中断：{0}");
    public static readonly Phrase NeedsSite = new("name the site with --site", "请用 --site 指定站点");
    public static readonly Phrase Scanning = new("reading {0}: {1} files, {2}", "正在读取 {0}：{1} 个文件，{2}");
    public static readonly Phrase Transferring = new("{0} of {1}", "{0} / {1}");
    public static readonly Phrase Pushed = new(
        "{0}@{1} is at {2}: {3} sent, {4} was there", "{0}@{1} 已存于 {2}：发送 {3}，已有 {4}");

    public static readonly Phrase Pulled = new("{0} is in {1}: {2} fetched", "{0} 已存入 {1}：取回 {2}");
    public static readonly Phrase BadDataset = new(
        "'{0}' names no dataset; write [project/]name[@version]", "“{0}”不是数据集；请写成 [项目/]名称[@版本]");

    public static readonly Phrase BadQuantity = new("'{0}' is not a {1}, such as {2}", "“{0}”不是有效的{1}，例如 {2}");
    public static readonly Phrase BadHours = new(
        "{0} takes one number, or 24 separated by commas", "{0} 需要一个数，或以逗号分隔的 24 个数");

    public static readonly Phrase BadPrice = new("'{0}' is not MODEL=PRICE, such as A100=12.5", "“{0}”不是 型号=价格，例如 A100=12.5");
    public static readonly Phrase Removed = new("{0} is removed", "已移除 {0}");
    public static readonly Phrase Saved = new("{0} is saved", "已保存 {0}");
    public static readonly Phrase Banned = new("agent {0} is cut off", "已封禁代理 {0}");
    public static readonly Phrase Granted = new("{0} credited to {1}", "已向 {1} 入账 {0}");
    public static readonly Phrase SecretOnce = new(
        "The secret is shown this once; keep it safe.", "密钥仅显示这一次，请妥善保存。");

    public static readonly Phrase BillSummary = new(
        "tenant {0}: {1} available, {2} held, {3} spent", "租户 {0}：可用 {1}，冻结 {2}，已用 {3}");

    public static readonly Phrase BandwidthWord = new("bandwidth", "带宽");
    public static readonly Phrase DurationWord = new("duration", "时长");
}
