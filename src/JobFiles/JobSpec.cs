using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.JobFiles;

/// <summary>A job as a tenant asks for it: what to run, on what, with which data, under which constraints.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record JobSpec
{
    /// <summary>The name of the job; jobs of a project may share one.</summary>
    [MemoryPackOrder(0)] public required string Name { get; init; }

    /// <summary>The project that pays, or empty for the token's own.</summary>
    [MemoryPackOrder(1)] public string Project { get; init; } = "";

    /// <summary>The program and its arguments. Empty only where a container image brings its own.</summary>
    [MemoryPackOrder(2)] public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The container image, or empty for a plain program.</summary>
    [MemoryPackOrder(3)] public string Container { get; init; } = "";

    /// <summary>What one task needs.</summary>
    [MemoryPackOrder(4)] public ResourceDemand Resources { get; init; } = new();

    /// <summary>The number of tasks, at least one.</summary>
    [MemoryPackOrder(5)] public int TaskCount { get; init; } = 1;

    /// <summary>Whether all tasks start together or not at all.</summary>
    [MemoryPackOrder(6)] public bool IsGang { get; init; }

    /// <summary>Jobs, by name or id, that must succeed first.</summary>
    [MemoryPackOrder(7)] public ImmutableArray<string> After { get; init; } = [];

    /// <summary>Datasets that every task reads.</summary>
    [MemoryPackOrder(8)] public ImmutableArray<JobInput> Inputs { get; init; } = [];

    /// <summary>Results that every task leaves; they become datasets.</summary>
    [MemoryPackOrder(9)] public ImmutableArray<JobOutput> Outputs { get; init; } = [];

    /// <summary>Environment variables, sorted by name.</summary>
    [MemoryPackOrder(10)] public ImmutableArray<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary>What every placement must satisfy.</summary>
    [MemoryPackOrder(11)] public JobConstraints Constraints { get; init; } = new();

    /// <summary>What is best among the placements that satisfy the constraints.</summary>
    [MemoryPackOrder(12)] public Objective Objective { get; init; } = Objective.Balanced;

    /// <summary>The tenant's estimate of one task's run time on the reference machine.</summary>
    [MemoryPackOrder(13)] public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The run time after which a task is stopped; also the bound of what it can cost.</summary>
    [MemoryPackOrder(14)] public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a failed task is tried again.</summary>
    [MemoryPackOrder(15)] public int Retries { get; init; }

    /// <summary>Set for a long-running service.</summary>
    [MemoryPackOrder(16)] public ServiceSpec? Service { get; init; }

    /// <summary>Among the jobs of a project that wait, those of higher priority come first; from -100 to 100.</summary>
    [MemoryPackOrder(17)] public int Priority { get; init; }

    /// <summary>Whether it takes what others leave: its tasks are stopped, and placed again later, when others need the room.</summary>
    [MemoryPackOrder(18)] public bool IsBestEffort { get; init; }

    /// <summary>The reservation of the project that its tasks run in, or empty. Nothing in what was written before there were any.</summary>
    [MemoryPackOrder(19)] public string Reservation { get; init => field = value ?? ""; } = "";
}

/// <summary>What a task needs of its node.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record ResourceDemand
{
    /// <summary>Thousandths of a core.</summary>
    [MemoryPackOrder(0)] public int CpuMillicores { get; init; } = 1000;

    /// <summary>Main memory.</summary>
    [MemoryPackOrder(1)] public DataSize Memory { get; init; } = DataSize.FromMebibytes(256);

    /// <summary>Scratch space.</summary>
    [MemoryPackOrder(2)] public DataSize Disk { get; init; } = DataSize.FromMebibytes(256);

    /// <summary>Accelerators, or nothing.</summary>
    [MemoryPackOrder(3)] public AcceleratorDemand? Accelerators { get; init; }
}

/// <summary>The accelerators that a task needs.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record AcceleratorDemand
{
    /// <summary>How many.</summary>
    [MemoryPackOrder(0)] public int Count { get; init; } = 1;

    /// <summary>The model, such as <c>A100</c>, or empty for any of the class.</summary>
    [MemoryPackOrder(1)] public string Model { get; init; } = "";

    /// <summary>The class, such as <c>gpu</c> or <c>npu</c>, or empty for any.</summary>
    [MemoryPackOrder(2)] public string Class { get; init; } = "";

    /// <summary>The least memory of each.</summary>
    [MemoryPackOrder(3)] public DataSize Memory { get; init; }

    /// <summary>The thousandths of each that the task uses; 1000 is a whole one.</summary>
    [MemoryPackOrder(4)] public int FractionMilli { get; init; } = 1000;

    /// <summary>
    /// The class of work, such as <c>llm-training</c>, or empty. Where it is named, models that the operator declared equal to
    /// <see cref="Model"/> for it may be taken instead.
    /// </summary>
    [MemoryPackOrder(5)] public string Workload { get; init; } = "";

    /// <summary>Further models that will do as well as <see cref="Model"/>, one for one. Empty in what was written before there were any.</summary>
    [MemoryPackOrder(6)] public ImmutableArray<string> OtherModels { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The models that will do, as one text, such as <c>A100 / H800</c>.</summary>
    [MemoryPackIgnore]
    public string Models => OtherModels.IsEmpty ? Model : string.Join(" / ", [Model, .. OtherModels]);

    /// <summary>Whether the model will do.</summary>
    public bool Allows(string model) =>
        Model.Length == 0 || string.Equals(Model, model, StringComparison.OrdinalIgnoreCase)
        || OtherModels.Contains(model, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A dataset and where the tasks see it.</summary>
/// <param name="Dataset">The dataset's name, <c>name</c> or <c>name@version</c>.</param>
/// <param name="Mount">The path below the working directory.</param>
[MemoryPackable]
public sealed partial record JobInput(string Dataset, string Mount);

/// <summary>A result: a file or directory that becomes a dataset.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Path">The path below the working directory.</param>
/// <param name="To">The site that the result is brought to, or empty to leave it where it was made.</param>
[MemoryPackable]
public sealed partial record JobOutput(string Name, string Path, string To);

/// <summary>An environment variable.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
[MemoryPackable]
public sealed partial record EnvironmentVariable(string Name, string Value);

/// <summary>What a placement must satisfy.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record JobConstraints
{
    /// <summary>Allowed regions; empty allows all.</summary>
    [MemoryPackOrder(0)] public ImmutableArray<string> Regions { get; init; } = [];

    /// <summary>Allowed providers; empty allows all.</summary>
    [MemoryPackOrder(1)] public ImmutableArray<string> Providers { get; init; } = [];

    /// <summary>Allowed sites; empty allows all.</summary>
    [MemoryPackOrder(2)] public ImmutableArray<string> Sites { get; init; } = [];

    /// <summary>Allowed sovereignty labels of the site; empty leaves it to the inputs' labels.</summary>
    [MemoryPackOrder(3)] public ImmutableArray<string> Sovereignty { get; init; } = [];

    /// <summary>The latency target, or nothing.</summary>
    [MemoryPackOrder(4)] public LatencyTarget? Latency { get; init; }

    /// <summary>The deadline counted from submission, or nothing.</summary>
    [MemoryPackOrder(5), CanonicalOptional<TimeSpan>] public TimeSpan? DeadlineAfter { get; init; }

    /// <summary>The deadline as a point in time, or nothing.</summary>
    [MemoryPackOrder(6), CanonicalOptionalTime] public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>The most that the job may cost, or nothing.</summary>
    [MemoryPackOrder(7)] public Money? Budget { get; init; }

    /// <summary>The least isolation.</summary>
    [MemoryPackOrder(8)] public Isolation Isolation { get; init; } = Isolation.Sandbox;

    /// <summary>Whether tasks may use the node's network.</summary>
    [MemoryPackOrder(9)] public bool AllowsNetwork { get; init; }

    /// <summary>How the tasks are kept apart, or nothing.</summary>
    [MemoryPackOrder(10)] public Spread? Spread { get; init; }

    /// <summary>How near to each other its tasks are while they live.</summary>
    [MemoryPackOrder(11)] public Together Together { get; init; }

    /// <summary>Before when no task starts, counted from submission, or nothing.</summary>
    [MemoryPackOrder(12), CanonicalOptional<TimeSpan>] public TimeSpan? NotBeforeAfter { get; init; }

    /// <summary>Before when no task starts, as a point in time, or nothing.</summary>
    [MemoryPackOrder(13), CanonicalOptionalTime] public DateTimeOffset? NotBeforeAt { get; init; }
}

/// <summary>A bound on the latency to a place.</summary>
/// <param name="To">The site whose users are served.</param>
/// <param name="MaximumMicroseconds">The bound, one way.</param>
[MemoryPackable]
public sealed partial record LatencyTarget(string To, long MaximumMicroseconds);

/// <summary>A long-running service.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record ServiceSpec
{
    /// <summary>The TCP port, or zero for one that the agent chooses and names in <c>PORT</c>.</summary>
    [MemoryPackOrder(0)] public int Port { get; init; }

    /// <summary>The path that answers 200 when the service is well, or empty.</summary>
    [MemoryPackOrder(1)] public string HealthPath { get; init; } = "";

    /// <summary>The latency target to the users, or nothing.</summary>
    [MemoryPackOrder(2)] public LatencyTarget? Latency { get; init; }

    /// <summary>
    /// The places whose users are served, each within its target by replicas of its own: replicas take the places in turn.
    /// Empty where all replicas serve the same users, as in what was written before there were several places.
    /// </summary>
    [MemoryPackOrder(3)] public ImmutableArray<LatencyTarget> Users { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The users that the replica serves, or nothing.</summary>
    public LatencyTarget? UsersOf(int replica) => Users.IsEmpty ? null : Users[replica % Users.Length];
}

/// <summary>What the scheduler seeks under the constraints.</summary>
public enum Objective
{
    /// <summary>A weighing of price, time and carbon.</summary>
    Balanced,

    /// <summary>The least money.</summary>
    Cheapest,

    /// <summary>The earliest finish.</summary>
    Fastest,

    /// <summary>The least carbon.</summary>
    Greenest,
}

/// <summary>How far a task is kept from its node and its neighbours.</summary>
public enum Isolation
{
    /// <summary>An unprivileged process.</summary>
    Plain,

    /// <summary>Own mounts, processes and network; no new privileges.</summary>
    Sandbox,
}
