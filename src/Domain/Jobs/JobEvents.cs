using System.Collections.Immutable;
using MemoryPack;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>A job was taken in.</summary>
[MemoryPackable]
public sealed partial record JobSubmitted(
    long Job, ProjectId Project, string User, JobSpec Spec, [property: CanonicalTime] DateTimeOffset At, [property: CanonicalOptionalTime] DateTimeOffset? Deadline,
    ImmutableArray<long> After, SecretHash IdempotencyKey, long Reservation = 0,
    [property: CanonicalOptionalTime] DateTimeOffset? NotBefore = null) : DomainEvent;

/// <summary>A task was placed on a node; its start waits for the transfers, if any.</summary>
[MemoryPackable]
public sealed partial record TaskPlaced(Attempt Attempt, ImmutableSortedSet<long> WaitsFor) : DomainEvent;

/// <summary>Why the job's latest placement is what it is.</summary>
[MemoryPackable]
public sealed partial record JobExplained(long Job, Explanation Explanation) : DomainEvent;

/// <summary>An input that a task waited for is there.</summary>
[MemoryPackable]
public sealed partial record InputArrived(AttemptId Attempt, long Transfer, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A task runs.</summary>
[MemoryPackable]
public sealed partial record TaskStarted(
    AttemptId Attempt, [property: CanonicalTime] DateTimeOffset At, bool IsSandboxed, string Endpoint) : DomainEvent;

/// <summary>A task is to be stopped.</summary>
[MemoryPackable]
public sealed partial record TaskStopOrdered(AttemptId Attempt, string Reason) : DomainEvent;

/// <summary>A task waits to be placed again.</summary>
[MemoryPackable]
public sealed partial record TaskRequeued(
    AttemptId Attempt, int FailureCount, Reason Reason, [property: CanonicalTime] DateTimeOffset At, bool IsPreempted) : DomainEvent;

/// <summary>Tasks will take the room of others, which are told to stop.</summary>
[MemoryPackable]
public sealed partial record RoomClaimed(Claim Claim) : DomainEvent;

/// <summary>The room is there, or is not needed any more.</summary>
[MemoryPackable]
public sealed partial record ClaimEnded(long Job) : DomainEvent;

/// <summary>
/// A task is over. What it took on the reference machine as a share of the estimate is learned from; 0 where nothing is.
/// </summary>
[MemoryPackable]
public sealed partial record TaskEnded(
    AttemptId Attempt, TaskOutcome Outcome, AttemptResult Result, Money Charge, [property: CanonicalTime] DateTimeOffset At,
    double EstimateShare) : DomainEvent;

/// <summary>A failed or cancelled job was given another chance.</summary>
[MemoryPackable]
public sealed partial record JobRetried(long Job, ImmutableSortedSet<int> Tasks, [property: CanonicalOptionalTime] DateTimeOffset? Deadline, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A job is to end: because the tenant asked for it, or because of the failure.</summary>
[MemoryPackable]
public sealed partial record JobCancelling(long Job, Reason? Failure) : DomainEvent;

/// <summary>A job's money changed.</summary>
[MemoryPackable]
public sealed partial record JobMoneyChanged(long Job, JobMoney Money) : DomainEvent;

/// <summary>A job is over.</summary>
[MemoryPackable]
public sealed partial record JobFinished(long Job, JobPhase Phase, Reason? Failure, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;
