using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Data;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>Hands a job in.</summary>
/// <param name="Project">Who pays.</param>
/// <param name="User">Who asks.</param>
/// <param name="Spec">What is asked for.</param>
/// <param name="Hold">The money to set aside, from the quote.</param>
/// <param name="IdempotencyKey">The hash of the caller's key: the same key makes one job; empty for none.</param>
[MemoryPackable]
public sealed partial record SubmitJob(
    ProjectId Project, string User, JobSpec Spec, Money Hold, SecretHash IdempotencyKey) : DomainCommand;

/// <summary>Places waiting tasks of a job, with the transfers that bring their inputs: all of it, or nothing.</summary>
/// <param name="Job">The job.</param>
/// <param name="Placements">The tasks and their nodes.</param>
/// <param name="Transfers">What is ordered for them.</param>
/// <param name="Explanation">Why there, where that is new.</param>
/// <param name="IsOverdueTurn">Whether the job's project was served before all others because it had waited for long.</param>
/// <param name="Victims">Best-effort attempts that are to make room; the tasks are placed when these have stopped.</param>
[MemoryPackable]
[method: MemoryPackConstructor]
public sealed partial record PlaceTasks(
    long Job, ImmutableArray<TaskPlacement> Placements, ImmutableArray<PlannedTransfer> Transfers,
    Explanation? Explanation, bool IsOverdueTurn, ImmutableArray<AttemptId> Victims) : DomainCommand
{
    /// <summary>Placements in room that is free, in the job's usual turn.</summary>
    public PlaceTasks(
        long job, ImmutableArray<TaskPlacement> placements, ImmutableArray<PlannedTransfer> transfers, Explanation? explanation)
        : this(job, placements, transfers, explanation, IsOverdueTurn: false, [])
    {
    }
}

/// <summary>A waiting task and the node that the scheduler proposes.</summary>
[MemoryPackable]
public sealed partial record TaskPlacement(
    int Task, NodeId Node, ImmutableArray<Sites.AcceleratorShare> Shares, [property: CanonicalTime] DateTimeOffset ExpectedFinish);

/// <summary>A transfer that the scheduler proposes for a task.</summary>
[MemoryPackable]
public sealed partial record PlannedTransfer(
    ContentRoot Root, DatasetId Label, NodeId From, NodeId To, ImmutableArray<LinkId> Links, Bandwidth Rate,
    DataSize Size, [property: CanonicalTime] DateTimeOffset Start, [property: CanonicalTime] DateTimeOffset Finish)
{
    /// <summary>The one hop of the transfer.</summary>
    public PlannedHop ToHop() => new(Root, Size, To, [new(Start, Finish, [new(From, Links, Rate)])]);
}

/// <summary>An agent says that an attempt runs.</summary>
[MemoryPackable]
public sealed partial record ReportStarted(AttemptId Attempt, NodeId Node, bool IsSandboxed, string Endpoint) : DomainCommand;

/// <summary>How an attempt ended.</summary>
public enum AttemptEnd
{
    /// <summary>Well.</summary>
    Succeeded,

    /// <summary>By its own fault; a retry is used up.</summary>
    Failed,

    /// <summary>Stopped on order.</summary>
    Stopped,

    /// <summary>By no fault of its own; it is tried again.</summary>
    Lost,
}

/// <summary>An agent says that an attempt is over.</summary>
[MemoryPackable]
public sealed partial record ReportEnded(AttemptId Attempt, NodeId Node, AttemptEnd End, AttemptResult Result) : DomainCommand;

/// <summary>Ends a job.</summary>
[MemoryPackable]
public sealed partial record CancelJob(long Job) : DomainCommand;

/// <summary>Gives the tasks of a failed or cancelled job that did not succeed another chance.</summary>
[MemoryPackable]
public sealed partial record RetryJob(long Job) : DomainCommand;

/// <summary>Looks at the time: leases that ran out, deadlines that passed.</summary>
[MemoryPackable]
public sealed partial record Tick : DomainCommand;

/// <summary>A new writer begins: every lease is lengthened by its full length, for nobody knows when it was last renewed.</summary>
[MemoryPackable]
public sealed partial record TakeOver(TimeSpan Lease) : DomainCommand;
