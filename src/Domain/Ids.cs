using MemoryPack;

namespace Meridian.Domain;

/// <summary>Names a site.</summary>
[MemoryPackable]
public readonly partial record struct SiteId(string Value) : IComparable<SiteId>
{
    /// <inheritdoc/>
    public int CompareTo(SiteId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a pool, as <c>site/pool</c>.</summary>
[MemoryPackable]
public readonly partial record struct PoolId(string Value) : IComparable<PoolId>
{
    /// <summary>The pool's site.</summary>
    [MemoryPackIgnore]
    public SiteId Site => new(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <inheritdoc/>
    public int CompareTo(PoolId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a node and the agent that speaks for it, as <c>site/pool/node</c>.</summary>
[MemoryPackable]
public readonly partial record struct NodeId(string Value) : IComparable<NodeId>
{
    /// <summary>The node's pool.</summary>
    [MemoryPackIgnore]
    public PoolId Pool => new(Value[..Value.LastIndexOf('/')]);

    /// <summary>The node's site.</summary>
    [MemoryPackIgnore]
    public SiteId Site => Pool.Site;

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a directed link.</summary>
[MemoryPackable]
public readonly partial record struct LinkId(string Value) : IComparable<LinkId>
{
    /// <inheritdoc/>
    public int CompareTo(LinkId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a tenant.</summary>
[MemoryPackable]
public readonly partial record struct TenantId(string Value) : IComparable<TenantId>
{
    /// <inheritdoc/>
    public int CompareTo(TenantId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a project.</summary>
[MemoryPackable]
public readonly partial record struct ProjectId(string Value) : IComparable<ProjectId>
{
    /// <inheritdoc/>
    public int CompareTo(ProjectId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a dataset, as <c>project/name</c>.</summary>
[MemoryPackable]
public readonly partial record struct DatasetId(string Value) : IComparable<DatasetId>
{
    /// <summary>The dataset of the name in the project.</summary>
    public static DatasetId Of(ProjectId project, string name) => new(project.Value + "/" + name);

    /// <summary>The project that the dataset belongs to.</summary>
    [MemoryPackIgnore]
    public ProjectId Project => new(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The name inside the project.</summary>
    [MemoryPackIgnore]
    public string Name => Value[(Value.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <inheritdoc/>
    public int CompareTo(DatasetId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The content of a dataset part: the root of its Merkle tree, in hexadecimal.</summary>
[MemoryPackable]
public readonly partial record struct ContentRoot(string Value) : IComparable<ContentRoot>
{
    /// <inheritdoc/>
    public int CompareTo(ContentRoot other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The SHA-256 of a secret, in hexadecimal. The secret itself is never kept.</summary>
[MemoryPackable]
public readonly partial record struct SecretHash(string Value) : IComparable<SecretHash>
{
    /// <inheritdoc/>
    public int CompareTo(SecretHash other) => string.CompareOrdinal(Value, other.Value);
}

/// <summary>One try at a task. The number is the fencing epoch: news of a lower one is old news.</summary>
/// <param name="Job">The job's number.</param>
/// <param name="Task">The task's index in the job, from 0.</param>
/// <param name="Number">The try, from 1.</param>
[MemoryPackable]
public readonly partial record struct AttemptId(long Job, int Task, int Number) : IComparable<AttemptId>
{
    /// <inheritdoc/>
    public int CompareTo(AttemptId other) =>
        Job != other.Job ? Job.CompareTo(other.Job)
        : Task != other.Task ? Task.CompareTo(other.Task)
        : Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => $"{Job}.{Task}#{Number}";
}
