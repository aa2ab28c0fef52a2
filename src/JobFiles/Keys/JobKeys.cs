using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.JobFiles;

/// <summary>The keys of a job file. The parser, the suggestions and the JSON Schema are all made from this table.</summary>
internal static class JobKeys
{
    /// <summary>The most tasks that a job may have.</summary>
    public const int TaskCountMax = 1_000_000;

    /// <summary>The highest priority, and negated the lowest.</summary>
    public const int PriorityMax = 100;

    private static readonly Words ListOfNames = new("Write a list, such as [west, east]", "请写成列表，例如 [west, east]");

    private static readonly MapShape<AcceleratorDemand> Accelerators = new(
        new("accelerators", "accelerators"),
        new(),
        Key<AcceleratorDemand, int>("count", "How many each task needs; 1 unless given.",
            QuantityShapes.Whole(1, 4096), (demand, count) => demand with { Count = count }),
        Key<AcceleratorDemand, ImmutableArray<string>>("model", "The model, such as A100, or a list of models that will do; any of the class unless given.",
            new ModelsShape(), (demand, models) => demand with { Model = models[0], OtherModels = models[1..] }),
        Key<AcceleratorDemand, string>("class", "The class: gpu, npu, mlu, dcu, fpga, …; any unless given.",
            TextShapes.Name("gpu"), (demand, kind) => demand with { Class = kind }),
        Key<AcceleratorDemand, DataSize>("memory", "The least memory of each, such as 40GiB.",
            QuantityShapes.Size, (demand, memory) => demand with { Memory = memory }),
        Key<AcceleratorDemand, int>("fraction", "The share of each that the task uses, such as 0.5; 1 unless given.",
            QuantityShapes.Fraction, (demand, fraction) => demand with { FractionMilli = fraction }),
        Key<AcceleratorDemand, string>("workload", "The class of work, such as llm-training: models that the operator declared equal for it may be taken instead.",
            TextShapes.Name("llm-training"), (demand, workload) => demand with { Workload = workload }));

    private static readonly MapShape<ResourceDemand> Resources = new(
        new("resources", "resources"),
        new(),
        Key<ResourceDemand, int>("cpu", "Cores, such as 2, 0.5 or 500m; 1 unless given.",
            QuantityShapes.Cpu, (demand, cpu) => demand with { CpuMillicores = cpu }),
        Key<ResourceDemand, DataSize>("memory", "Main memory, such as 512MiB; 256MiB unless given.",
            QuantityShapes.Size, (demand, memory) => demand with { Memory = memory }),
        Key<ResourceDemand, DataSize>("disk", "Scratch space, such as 1GiB; 256MiB unless given.",
            QuantityShapes.Size, (demand, disk) => demand with { Disk = disk }));

    private static readonly MapShape<JobInput> Input = new(
        new("an input", "输入项"),
        new("", ""),
        Required<JobInput, string>("dataset", "The dataset: name, or name@version.",
            TextShapes.DatasetReference, (input, dataset) => input with { Dataset = dataset }),
        Key<JobInput, string>("mount", "Where the task sees it, below its working directory; the dataset's name unless given.",
            TextShapes.RelativePath, (input, mount) => input with { Mount = mount }))
    {
        Complete = (_, input) => input.Mount.Length > 0 ? input : input with { Mount = input.Dataset.Split('@')[0] },
    };

    private static readonly MapShape<JobOutput> Output = new(
        new("an output", "输出项"),
        new("", "", ""),
        Required<JobOutput, string>("name", "The dataset that the result becomes.",
            TextShapes.Name("frames"), (output, name) => output with { Name = name }),
        Key<JobOutput, string>("path", "The file or directory below the working directory; the name unless given.",
            TextShapes.RelativePath, (output, path) => output with { Path = path }),
        Key<JobOutput, string>("to", "The site that the result is brought to; it stays where it was made unless given.",
            TextShapes.Name("east-studio"), (output, to) => output with { To = to }))
    {
        Complete = (_, output) => output.Path.Length > 0 ? output : output with { Path = output.Name },
    };

    private static readonly MapShape<LatencyTarget> Latency = new(
        new("latency", "latency"),
        new("", 0),
        Required<LatencyTarget, string>("to", "The site whose users are served.",
            TextShapes.Name("east-studio"), (target, to) => target with { To = to }),
        Required<LatencyTarget, TimeSpan>("max", "The bound one way, such as 5ms.",
            QuantityShapes.Time, (target, max) => target with { MaximumMicroseconds = Microseconds(max) }));

    private static readonly MapShape<Spread> Spread = new(
        new("spread", "spread"),
        new(FailureDomain.Node, Max: 1),
        Required<Spread, FailureDomain>("over", "What fails as a whole: node, site or region.",
            TextShapes.Choice(("node", FailureDomain.Node), ("site", FailureDomain.Site), ("region", FailureDomain.Region)),
            (spread, over) => spread with { Over = over }),
        Key<Spread, int>("max", "The most tasks of the job at work in one of it; 1 unless given.",
            QuantityShapes.Whole(1, TaskCountMax), (spread, max) => spread with { Max = max }));

    private static readonly MapShape<JobConstraints> Constraints = new(
        new("constraints", "constraints"),
        new(),
        Key<JobConstraints, ImmutableArray<string>>("regions", "Allowed regions; all unless given.",
            NameList("west"), (constraints, names) => constraints with { Regions = names }),
        Key<JobConstraints, ImmutableArray<string>>("providers", "Allowed providers; all unless given.",
            NameList("north-power"), (constraints, names) => constraints with { Providers = names }),
        Key<JobConstraints, ImmutableArray<string>>("sites", "Allowed sites; all unless given.",
            NameList("west-core"), (constraints, names) => constraints with { Sites = names }),
        Key<JobConstraints, ImmutableArray<string>>("sovereignty", "Allowed sovereignty labels; the inputs' own unless given.",
            NameList("cn"), (constraints, names) => constraints with { Sovereignty = names }),
        Key<JobConstraints, LatencyTarget>("latency", "The latency that must hold to a place.",
            Latency, (constraints, latency) => constraints with { Latency = latency }),
        Key<JobConstraints, Deadline>("deadline", "A duration from submission, such as 30m, or an ISO 8601 time with its offset.",
            QuantityShapes.Deadline,
            (constraints, deadline) => constraints with { DeadlineAfter = deadline.After, DeadlineAt = deadline.At }),
        Key<JobConstraints, Deadline>("notBefore", "Before when no task starts: a duration from submission, such as 8h, or an ISO 8601 time with its offset.",
            QuantityShapes.Start,
            (constraints, start) => constraints with { NotBeforeAfter = start.After, NotBeforeAt = start.At }),
        Key<JobConstraints, Money>("budget", "The most that the job may cost, such as 5 CNY.",
            QuantityShapes.Money, (constraints, budget) => constraints with { Budget = budget }),
        Key<JobConstraints, Isolation>("isolation", "The least isolation; sandbox unless given.",
            TextShapes.Choice(("sandbox", Isolation.Sandbox), ("plain", Isolation.Plain)),
            (constraints, isolation) => constraints with { Isolation = isolation }),
        Key<JobConstraints, bool>("network", "Whether tasks may use the node's network; none unless given.",
            TextShapes.Choice(("none", false), ("host", true)),
            (constraints, allows) => constraints with { AllowsNetwork = allows }),
        Key<JobConstraints, Spread>("spread", "Keeps tasks apart, so that one failure takes few of them.",
            Spread, (constraints, spread) => constraints with { Spread = spread }),
        Key<JobConstraints, Together>("together", "Where tasks are kept together while they run: on one node, behind one switch, at one site; anywhere unless given.",
            TextShapes.Choice(
                ("anywhere", Together.Anywhere), ("node", Together.Node), ("switch", Together.Switch), ("site", Together.Site)),
            (constraints, together) => constraints with { Together = together }));

    private static readonly MapShape<ServiceDraft> Service = new(
        new("service", "service"),
        new(new(), TaskCount: 1),
        Key<ServiceDraft, int>("port", "The TCP port; auto lets the agent choose one and name it in PORT.",
            QuantityShapes.Port, (draft, port) => draft with { Spec = draft.Spec with { Port = port } }),
        Key<ServiceDraft, string>("health", "The path that answers 200 when the service is well.",
            TextShapes.UrlPath, (draft, path) => draft with { Spec = draft.Spec with { HealthPath = path } }),
        Key<ServiceDraft, LatencyTarget>("latency", "The latency target to the users.",
            Latency, (draft, latency) => draft with { Spec = draft.Spec with { Latency = latency } }),
        Key<ServiceDraft, ImmutableArray<LatencyTarget>>("users", "Places whose users are served, each by replicas of its own within its target.",
            new ListShape<LatencyTarget>(Latency, countMax: 64, new("Write a list, such as [{ to: east, max: 5ms }]", "请写成列表，例如 [{ to: east, max: 5ms }]")),
            (draft, users) => draft with { Spec = draft.Spec with { Users = users } }),
        Key<ServiceDraft, int>("replicas", "How many run at once; 1 unless given.",
            QuantityShapes.Whole(1, TaskCountMax), (draft, count) => draft with { TaskCount = count }));

    /// <summary>The whole file.</summary>
    public static MapShape<JobSpec> Job { get; } = new(
        new("the job", "作业"),
        new() { Name = "" },
        Required<JobSpec, string>("name", "The job's name; jobs of a project may share one.",
            TextShapes.Name("render"), (job, name) => job with { Name = name }),
        Key<JobSpec, string>("project", "The project that pays; the token's own unless given.",
            TextShapes.Name("demo"), (job, project) => job with { Project = project }),
        Key<JobSpec, ImmutableArray<string>>("command", "The program and its arguments, or one text that sh -c runs.",
            new CommandShape(), (job, command) => job with { Command = command }),
        Key<JobSpec, string>("container", "The container image; a plain program unless given.",
            TextShapes.Free(lengthMax: 512, mayBeEmpty: false), (job, image) => job with { Container = image }),
        Key<JobSpec, ResourceDemand>("resources", "What one task needs of its node.",
            Resources,
            (job, demand) => job with { Resources = demand with { Accelerators = job.Resources.Accelerators } }),
        Key<JobSpec, AcceleratorDemand>("accelerators", "The accelerators that one task needs.",
            Accelerators, (job, demand) => job with { Resources = job.Resources with { Accelerators = demand } }),
        Key<JobSpec, int>("array", "The number of tasks; each finds its own in MERIDIAN_TASK_INDEX. 1 unless given.",
            QuantityShapes.Whole(1, TaskCountMax), (job, count) => job with { TaskCount = count }),
        Key<JobSpec, bool>("gang", "Whether all tasks start together or not at all.",
            QuantityShapes.Flag, (job, isGang) => job with { IsGang = isGang }),
        Key<JobSpec, ImmutableArray<string>>("after", "Jobs, by name or number, that must succeed first.",
            new ListShape<string>(TextShapes.JobReference, countMax: 100, new("Write a list, such as [prepare]", "请写成列表，例如 [prepare]")),
            (job, after) => job with { After = after }),
        Key<JobSpec, ImmutableArray<JobInput>>("inputs", "Datasets that every task reads.",
            new ListShape<JobInput>(Input, countMax: 100, new("Write a list of { dataset, mount }", "请写成 { dataset, mount } 的列表")),
            (job, inputs) => job with { Inputs = inputs }),
        Key<JobSpec, ImmutableArray<JobOutput>>("outputs", "Results that become datasets.",
            new ListShape<JobOutput>(Output, countMax: 100, new("Write a list of { name, path }", "请写成 { name, path } 的列表")),
            (job, outputs) => job with { Outputs = outputs }),
        Key<JobSpec, ImmutableArray<EnvironmentVariable>>("environment", "Environment variables.",
            new EnvironmentShape(), (job, environment) => job with { Environment = environment }),
        Key<JobSpec, JobConstraints>("constraints", "What every placement must satisfy.",
            Constraints, (job, constraints) => job with { Constraints = constraints }),
        Key<JobSpec, Objective>("objective", "What is best among the lawful placements; balanced unless given.",
            TextShapes.Choice(
                ("cheapest", Objective.Cheapest), ("fastest", Objective.Fastest),
                ("greenest", Objective.Greenest), ("balanced", Objective.Balanced)),
            (job, objective) => job with { Objective = objective }),
        Key<JobSpec, TimeSpan>("duration", "The estimate of one task's run time on the reference machine; 5m unless given.",
            QuantityShapes.Time, (job, duration) => job with { Duration = duration }),
        Key<JobSpec, TimeSpan>("timeout", "The run time after which a task is stopped; 1h, or twice a longer duration, unless given.",
            QuantityShapes.Time, (job, timeout) => job with { Timeout = timeout }),
        Key<JobSpec, int>("retries", "How often a failed task is tried again; 0 unless given.",
            QuantityShapes.Whole(0, 100), (job, retries) => job with { Retries = retries }),
        Key<JobSpec, int>("priority", "Among the waiting jobs of its project those of higher priority come first; 0 unless given.",
            QuantityShapes.Whole(-PriorityMax, PriorityMax), (job, priority) => job with { Priority = priority }),
        Key<JobSpec, bool>("bestEffort", "Whether its tasks stop, and are tried again later, when other jobs need the room; false unless given.",
            QuantityShapes.Flag, (job, isBestEffort) => job with { IsBestEffort = isBestEffort }),
        Key<JobSpec, string>("reservation", "The reservation of the project that the tasks run in; see meridian reservation.",
            TextShapes.Name("nightly"), (job, reservation) => job with { Reservation = reservation }),
        Key<JobSpec, ServiceDraft>("service", "Makes the job a long-running service.",
            Service,
            (job, draft) => job with
            {
                Service = draft.Spec,
                TaskCount = draft.TaskCount > 1 ? draft.TaskCount : job.TaskCount,
            }))
    {
        Complete = JobRules.Complete,
        Check = JobRules.Check,
    };

    private static long Microseconds(TimeSpan time) => Math.Max(1, time.Ticks / TimeSpan.TicksPerMicrosecond);

    private static ListShape<string> NameList(string example) =>
        new(TextShapes.Name(example), countMax: 1000, ListOfNames);

    private static Key<TOwner, TValue> Key<TOwner, TValue>(
        string name, string help, Shape<TValue> shape, Func<TOwner, TValue, TOwner> set) => new(name, help, shape, set);

    private static Key<TOwner, TValue> Required<TOwner, TValue>(
        string name, string help, Shape<TValue> shape, Func<TOwner, TValue, TOwner> set) =>
        new(name, help, shape, set) { IsRequired = true };
}

/// <summary>A service while it is read: its replicas become the job's task count.</summary>
internal sealed record ServiceDraft(ServiceSpec Spec, int TaskCount);
