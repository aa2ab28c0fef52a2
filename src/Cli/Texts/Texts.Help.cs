using Meridian.Primitives;
namespace Meridian.Cli;

/// <summary>The help of every command, argument and option.</summary>
internal static partial class Texts
{
    public static readonly Phrase Root = new("Meridian: compute and network as one resource.", "子午线：算网融合平台。");
    public static readonly Phrase Login = new("Sign in to a domain and remember it", "登录一个域并记住");
    public static readonly Phrase Version = new("Show the versions of this program and of the server", "显示本程序与服务器的版本");
    public static readonly Phrase Completion = new("Print a completion script for a shell", "输出命令补全脚本");
    public static readonly Phrase CompletionShell = new("bash, zsh, fish or pwsh", "bash、zsh、fish 或 pwsh");
    public static readonly Phrase OutputOption = new("The form of the data; a table unless given", "输出形式，默认为表格");
    public static readonly Phrase ServerOption = new("The server's address", "服务器地址");
    public static readonly Phrase AuthorityOption = new("Certificates (PEM) that alone vouch for the server", "仅由此文件中的证书（PEM）为服务器担保");
    public static readonly Phrase TokenFileOption = new("A file that holds the token", "存放令牌的文件");
    public static readonly Phrase TokenOption = new("The token; visible to others, prefer --token-file", "令牌；他人可见，建议使用 --token-file");
    public static readonly Phrase WatchOption = new("Show it again whenever it changes", "内容变化时重新显示");
    public static readonly Phrase LimitOption = new("The most entries to show", "最多显示的条数");
    public static readonly Phrase TimeoutOption = new("How long to wait, such as 10m", "等待时长，例如 10m");
    public static readonly Phrase YesNoOption = new("true or false", "true 或 false");

    public static readonly Phrase Site = new("Places with an address on the network", "站点：网络上的位置");
    public static readonly Phrase SiteList = new("List the sites", "列出站点");
    public static readonly Phrase SiteShow = new("Show a site with its pools and nodes", "显示站点及其资源池和节点");
    public static readonly Phrase SiteAdd = new("Declare a site, or change one", "登记或修改站点");
    public static readonly Phrase SiteRemove = new("Remove a site", "移除站点");
    public static readonly Phrase SiteToken = new("Create a single-use token with which an agent joins", "为代理创建一次性加入令牌");
    public static readonly Phrase SiteId = new("The site's id", "站点标识");
    public static readonly Phrase NameOption = new("The name that people read", "显示名称");
    public static readonly Phrase ProviderOption = new("The owner, who is paid", "算力提供方");
    public static readonly Phrase TierOption = new("core, region, edge or device", "core、region、edge 或 device");
    public static readonly Phrase RegionOption = new("The region", "区域");
    public static readonly Phrase SovereigntyOption = new("The sovereignty label", "主权标签");
    public static readonly Phrase LatitudeOption = new("Degrees north", "纬度（北纬度数）");
    public static readonly Phrase LongitudeOption = new("Degrees east", "经度（东经度数）");
    public static readonly Phrase PueOption = new("Power usage effectiveness, 1 or more", "电源使用效率（PUE），不小于 1");
    public static readonly Phrase CarbonOption = new("Grams of CO2 per kWh: one number, or 24 by hour (UTC)", "每千瓦时碳排放克数：一个数，或按小时（UTC）的 24 个数");
    public static readonly Phrase PowerPriceOption = new("Price per kWh: one number, or 24 by hour (UTC)", "每千瓦时电价：一个数，或按小时（UTC）的 24 个数");
    public static readonly Phrase LifetimeMinutesOption = new("Minutes until it expires, at most 60", "有效分钟数，最多 60");

    public static readonly Phrase Pool = new("Like nodes at one site", "资源池：同一站点的同类节点");
    public static readonly Phrase PoolList = new("List the pools", "列出资源池");
    public static readonly Phrase PoolShow = new("Show a pool with its nodes", "显示资源池及其节点");
    public static readonly Phrase PoolSet = new("Declare a pool, or change one; what is not given stays", "登记或修改资源池；未给出的保持不变");
    public static readonly Phrase PoolId = new("The pool's id: SITE/POOL, or its name at the site", "资源池标识：站点/资源池，或其在站点内的名称");
    public static readonly Phrase DriverOption = new("process, container, slurm, kubernetes or peer", "process、container、slurm、kubernetes 或 peer");
    public static readonly Phrase CpuPriceOption = new("Price of a core for an hour", "每核时价格");
    public static readonly Phrase MemoryPriceOption = new("Price of a GiB for an hour", "每 GiB 时价格");
    public static readonly Phrase AcceleratorPriceOption = new("Price of an accelerator for an hour, MODEL=PRICE", "加速器每小时价格，型号=价格");
    public static readonly Phrase SpeedOption = new("Speed relative to the reference machine", "相对参考机器的速度");
    public static readonly Phrase WattsOption = new("Watts that a busy core takes", "每个满载核的功率（瓦）");
    public static readonly Phrase DrainOption = new("Whether it takes no new work", "是否停止接收新工作");

    public static readonly Phrase Equivalence = new(
        "What accelerators are worth in place of others, by workload", "加速器等价关系：按负载类别折合");
    public static readonly Phrase EquivalenceList = new("List the equivalences", "列出等价关系");
    public static readonly Phrase EquivalenceSet = new(
        "Declare how many of MODEL one of INSTEAD counts as for a workload", "登记就某类负载而言，一个 INSTEAD 折合多少个 MODEL");
    public static readonly Phrase EquivalenceRemove = new("Remove an equivalence", "移除等价关系");
    public static readonly Phrase EquivalenceWorkload = new("The class of work, as job files name it", "负载类别，与作业文件中的写法一致");
    public static readonly Phrase EquivalenceModel = new("The model that is asked for", "作业所要求的型号");
    public static readonly Phrase EquivalenceInstead = new("The model that may be taken instead", "可以替代的型号");
    public static readonly Phrase EquivalenceFactor = new("From 0.001 to 1000; 0.5 means that two replace one", "0.001 至 1000；0.5 表示两个抵一个");
    public static readonly Phrase ColumnWorkload = new("WORKLOAD", "负载类别");
    public static readonly Phrase ColumnModel = new("MODEL", "型号");
    public static readonly Phrase ColumnModelInstead = new("INSTEAD", "替代型号");
    public static readonly Phrase ColumnFactor = new("FACTOR", "折合系数");

    public static readonly Phrase Link = new("Directed edges between sites", "链路：站点间的有向连接");
    public static readonly Phrase LinkList = new("List the links", "列出链路");
    public static readonly Phrase LinkAdd = new("Declare a link, or change one", "登记或修改链路");
    public static readonly Phrase LinkRemove = new("Remove a link", "移除链路");
    public static readonly Phrase LinkId = new("The link's id", "链路标识");
    public static readonly Phrase LinkFrom = new("The site that it leaves", "起点站点");
    public static readonly Phrase LinkTo = new("The site that it reaches", "终点站点");
    public static readonly Phrase BandwidthOption = new("Its capacity, such as 1Gbps", "容量，例如 1Gbps");
    public static readonly Phrase LatencyOption = new("Its latency one way, such as 5ms", "单向时延，例如 5ms");
    public static readonly Phrase LinkPriceOption = new("Price per gigabyte", "每 GB 价格");
    public static readonly Phrase OneWayOption = new("Only this direction", "仅此方向");

    public static readonly Phrase Agent = new("Agents of the sites", "站点的代理");
    public static readonly Phrase AgentList = new("List the agents", "列出代理");
    public static readonly Phrase AgentBan = new("Cut an agent off at once", "立即封禁代理");
    public static readonly Phrase AgentId = new("The agent's id", "代理标识");

    public static readonly Phrase Job = new("Jobs: submit, follow, explain", "作业：提交、跟踪、说明");
    public static readonly Phrase JobSubmit = new("Submit a job file", "提交作业文件");
    public static readonly Phrase JobFileArgument = new("The job file, or - for standard input", "作业文件，- 表示标准输入");
    public static readonly Phrase WaitOption = new("Wait until it ends; the exit code tells how", "等待结束，退出码表示结果");
    public static readonly Phrase DryRunOption = new("Check it and show the price; submit nothing", "仅检查并报价，不提交");
    public static readonly Phrase FetchOption = new("Wait, then bring the results into this folder", "等待结束并将结果取回到该目录");
    public static readonly Phrase JobList = new("List the jobs", "列出作业");
    public static readonly Phrase JobShow = new("Show a job", "显示作业");
    public static readonly Phrase JobTasks = new("List a job's tasks", "列出作业的任务");
    public static readonly Phrase JobWhy = new("Say where it runs and why, or why it waits", "说明放置位置与原因，或等待原因");
    public static readonly Phrase JobLogs = new("Show a task's output", "显示任务输出");
    public static readonly Phrase JobCancel = new("Cancel a job", "取消作业");
    public static readonly Phrase JobRetry = new("Try a failed job's tasks again", "重试失败的任务");
    public static readonly Phrase JobWait = new("Wait until a job ends; the exit code tells how", "等待作业结束，退出码表示结果");
    public static readonly Phrase JobArgument = new("The job's number, or its name (the newest of that name)", "作业编号，或名称（取最新的一个）");
    public static readonly Phrase StateOption = new("Only those in this state", "仅该状态");
    public static readonly Phrase ProjectOption = new("The project", "项目");
    public static readonly Phrase JobNameOption = new("Only those of this name", "仅该名称");
    public static readonly Phrase FollowOption = new("Go on until the task ends", "持续输出直到任务结束");
    public static readonly Phrase TaskOption = new("The task's index", "任务序号");
    public static readonly Phrase AttemptOption = new("The attempt; the last one unless given", "第几次尝试；默认最后一次");
    public static readonly Phrase Quote = new("Show what a job would cost and where it would run", "查询作业的价格与放置位置");

    public static readonly Phrase Data = new("Datasets and their transfers: push, pull, send, quote, pause, resume", "数据集与数据快递：推送、拉取、发送、报价、暂停、恢复");
    public static readonly Phrase WhatIf = new(
        "Say which jobs would start, stop, wait, move or cost otherwise after a change", "说明某项变更会使哪些作业启动、中断、等待、迁移或改变费用");
    public static readonly Phrase WhatIfFile = new("A job file that is supposed to be handed in, or - for standard input", "假设提交的作业文件，- 表示标准输入");
    public static readonly Phrase SiteLostOption = new("Suppose that the site is lost", "假设失去该站点");
    public static readonly Phrase LinkCutOption = new("Suppose that the link is cut", "假设该链路中断");
    public static readonly Phrase CorePriceOption = new("Suppose a price of a core for an hour, POOL=PRICE", "假设每核时价格，资源池=价格");
    public static readonly Phrase AddNodesOption = new("Suppose so many nodes more, POOL=COUNT", "假设新增节点，资源池=数量");

    public static readonly Phrase DataPush = new("Send a folder or file to a site's depot, as a dataset", "将目录或文件作为数据集发送到站点的中转库");
    public static readonly Phrase DataPull = new("Bring a dataset into a folder", "将数据集取到本地目录");
    public static readonly Phrase DataList = new("List the datasets", "列出数据集");
    public static readonly Phrase DataRemove = new("Remove a dataset", "删除数据集");
    public static readonly Phrase DataPath = new("The folder or file", "目录或文件");
    public static readonly Phrase DatasetArgument = new("The dataset: [project/]name[@version]", "数据集：[项目/]名称[@版本]");
    public static readonly Phrase FolderArgument = new("The folder", "目录");
    public static readonly Phrase PushSiteOption = new("The site whose depot keeps it", "存放数据的站点");
    public static readonly Phrase ForceOption = new("Replace files that differ", "覆盖不同的文件");

    public static readonly Phrase Bill = new("Show the bill", "查看账单");
    public static readonly Phrase TenantOption = new("The tenant; the token's own unless given", "租户；默认令牌所属租户");
    public static readonly Phrase BillJobOption = new("Only this job's lines", "仅该作业");
    public static readonly Phrase Token = new("Tokens of people and programs", "人员与程序的令牌");
    public static readonly Phrase TokenCreate = new("Create a token; its secret is shown once", "创建令牌，密钥仅显示一次");
    public static readonly Phrase TokenList = new("List the tokens", "列出令牌");
    public static readonly Phrase TokenRevoke = new("Revoke a token", "吊销令牌");
    public static readonly Phrase TokenName = new("What it is for", "用途名称");
    public static readonly Phrase TokenId = new("The token's id", "令牌标识");
    public static readonly Phrase RoleOption = new("operator, provider, member or viewer", "operator、provider、member 或 viewer");
    public static readonly Phrase LifetimeDaysOption = new("Days until it expires", "有效天数");
    public static readonly Phrase Tenant = new("Tenants: who pays", "租户：付费方");
    public static readonly Phrase TenantList = new("List the tenants", "列出租户");
    public static readonly Phrase TenantAdd = new("Declare a tenant, or change one", "登记或修改租户");
    public static readonly Phrase TenantProjects = new("List a tenant's projects with weights and quotas", "列出租户的项目及其权重与配额");
    public static readonly Phrase TenantProject = new("Declare a project of a tenant, or change its weight and quota", "登记租户的项目，或修改其权重与配额");
    public static readonly Phrase WeightOption = new(
        "What it is entitled to against its siblings, 1 to 10000; 100 for a new one", "相对同级的应得份额，1 到 10000；新建时为 100");
    public static readonly Phrase QuotaOption = new(
        "A bound on what it holds at once: cpu, memory, accelerators, bandwidth, tasks or waiting, as KEY=VALUE; bandwidth@22-06=VALUE holds in these hours (UTC); none lifts it",
        "同时占用的上限：cpu、memory、accelerators、bandwidth、tasks 或 waiting，写成 键=值；bandwidth@22-06=值 仅在这些时段（UTC）有效；none 表示不限");
    public static readonly Phrase TenantShow = new("Show a tenant with its quota", "显示租户及其配额");
    public static readonly Phrase Ledger = new("Show every account's balance, and their sum", "显示全部账户余额及其合计");
    public static readonly Phrase TenantGrant = new("Credit money to a tenant", "为租户入账");
    public static readonly Phrase TenantId = new("The tenant's id", "租户标识");
    public static readonly Phrase ProjectsOption = new("Its projects", "所属项目");
    public static readonly Phrase AmountArgument = new("The amount, such as \"100 CNY\"", "金额，例如 \"100 CNY\"");
    public static readonly Phrase ReasonOption = new("What it is for", "事由");
}
