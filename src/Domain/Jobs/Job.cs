using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Data;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>How far a job has come.</summary>
public enum JobPhase
{
    /// <summary>Has tasks that wait or run.</summary>
    Active,

    /// <summary>Every task succeeded.</summary>
    Succeeded,

    /// <summary>A task failed for good, or the job could not be done.</summary>
    Failed,

    /// <summary>Ended by the tenant.</summary>
    Cancelled,
}

/// <summary>What a tenant submitted, and what became of it.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Project">The project.</param>
/// <param name="User">Who submitted it.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="Deadline">When it must be finished, or nothing.</param>
/// <param name="After">The jobs that must succeed first.</param>
/// <param name="Phase">How far it has come.</param>
/// <param name="IsCancelling">Whether it is to end: no more tasks are placed, and those that live are stopped.</param>
/// <param name="Fresh">Tasks from this index on were never placed.</param>
/// <param name="Requeued">Tasks below <paramref name="Fresh"/> that wait to be placed again.</param>
/// <param name="Tasks">Every task that was ever placed.</param>
/// <param name="Failures">How often each task failed by its own fault.</param>
/// <param name="SucceededCount">Tasks that succeeded.</param>
/// <param name="EndedCount">Tasks that ended in any way.</param>
/// <param name="Money">What is set aside, promised and charged.</param>
/// <param name="Explanation">Why the latest placement is what it is, or nothing.</param>
/// <param name="FinishedAt">When it ended, or nothing.</param>
/// <param name="Failure">Why it failed or is to fail, or nothing.</param>
/// <param name="TriesBefore">The attempts of each task before the job was given another chance; their number goes on.</param>
/// <param name="Reservation">The reservation that its tasks run in, or 0.</param>
/// <param name="NotBefore">Before when none of its tasks is placed, or nothing.</param>
[MemoryPackable]
public sealed partial record Job(
    long Id, ProjectId Project, string User, JobSpec Spec, [property: CanonicalTime] DateTimeOffset SubmittedAt, [property: CanonicalOptionalTime] DateTimeOffset? Deadline,
    ImmutableArray<long> After, JobPhase Phase, bool IsCancelling, int Fresh, ImmutableSortedSet<int> Requeued,
    IdMap<TaskState> Tasks, IdMap<int> Failures, int SucceededCount, int EndedCount, JobMoney Money, Explanation? Explanation,
    [property: CanonicalOptionalTime] DateTimeOffset? FinishedAt, Reason? Failure, IdMap<int> TriesBefore,
    long Reservation, [property: CanonicalOptionalTime] DateTimeOffset? NotBefore)
{
    /// <summary>The number of tasks that wait to be placed.</summary>
    [MemoryPackIgnore]
    public int WaitingCount => IsCancelling || Phase != JobPhase.Active ? 0 : Requeued.Count + (Spec.TaskCount - Fresh);

    /// <summary>The number of tasks that hold a part of a node.</summary>
    [MemoryPackIgnore]
    public int LiveCount => Fresh - Requeued.Count - EndedCount;

    /// <summary>The indexes of the tasks that wait to be placed, those that were tried before first.</summary>
    public IEnumerable<int> WaitingTasks() => WaitingCount == 0
        ? []
        : Requeued.Concat(Enumerable.Range(Fresh, Spec.TaskCount - Fresh));

    /// <summary>The number that the task's next attempt has.</summary>
    public int NextAttempt(int task) => Tasks.TryGet(task, out var state) ? state.AttemptNumber + 1 : 1;
}

/// <summary>A job's money: set aside, promised to live attempts and transfers, and charged.</summary>
/// <param name="Held">Set aside and not yet charged.</param>
/// <param name="Reserved">The part of it that live attempts and transfers may still use up.</param>
/// <param name="Charged">Paid.</param>
[MemoryPackable]
public readonly partial record struct JobMoney(Money Held, Money Reserved, Money Charged);

/// <summary>A try at a task on a node.</summary>
/// <param name="Id">The task and the number of the try.</param>
/// <param name="Node">Where.</param>
/// <param name="Amount">What it holds of the node.</param>
/// <param name="Shares">What it holds of the node's accelerators.</param>
/// <param name="PerSecond">What a second of it costs.</param>
/// <param name="CostMax">What it can cost.</param>
/// <param name="PlacedAt">When it was placed.</param>
/// <param name="ExpectedFinish">When it is expected to end.</param>
[MemoryPackable]
public sealed partial record Attempt(
    AttemptId Id, NodeId Node, Capacity Amount, ImmutableArray<AcceleratorShare> Shares, Money PerSecond, Money CostMax,
    [property: CanonicalTime] DateTimeOffset PlacedAt, [property: CanonicalTime] DateTimeOffset ExpectedFinish);

/// <summary>Where a task stands that was placed at least once.</summary>
[MemoryPackable]
[MemoryPackUnion(0, typeof(Staging))]
[MemoryPackUnion(1, typeof(Dispatched))]
[MemoryPackUnion(2, typeof(Running))]
[MemoryPackUnion(3, typeof(Stopping))]
[MemoryPackUnion(4, typeof(Requeued))]
[MemoryPackUnion(5, typeof(Ended))]
public abstract partial record TaskState
{
    /// <summary>The number of its latest attempt.</summary>
    [MemoryPackIgnore]
    public int AttemptNumber => this switch
    {
        Requeued r => r.LastAttempt,
        Ended e => e.Attempt.Id.Number,
        _ => Live!.Id.Number,
    };

    /// <summary>The attempt that holds a part of a node, or nothing.</summary>
    [MemoryPackIgnore]
    public Attempt? Live => this switch
    {
        Staging s => s.Attempt,
        Dispatched d => d.Attempt,
        Running r => r.Attempt,
        Stopping s => s.Attempt,
        _ => null,
    };
}

/// <summary>Placed; its inputs are on their way.</summary>
[MemoryPackable]
public sealed partial record Staging(Attempt Attempt, ImmutableSortedSet<long> WaitsFor) : TaskState;

/// <summary>Its agent has been, or is being, told to start it.</summary>
[MemoryPackable]
public sealed partial record Dispatched(Attempt Attempt, [property: CanonicalTime] DateTimeOffset StagedAt) : TaskState;

/// <summary>Its agent reported it started.</summary>
[MemoryPackable]
public sealed partial record Running(
    Attempt Attempt, [property: CanonicalTime] DateTimeOffset StagedAt, [property: CanonicalTime] DateTimeOffset StartedAt, bool IsSandboxed, string Endpoint) : TaskState;

/// <summary>Its agent has been, or is being, told to stop it.</summary>
[MemoryPackable]
public sealed partial record Stopping(Attempt Attempt, string Reason, [property: CanonicalOptionalTime] DateTimeOffset? StartedAt) : TaskState;

/// <summary>Waits to be placed again.</summary>
[MemoryPackable]
public sealed partial record Requeued(int LastAttempt, Reason Reason, [property: CanonicalTime] DateTimeOffset At) : TaskState;

/// <summary>Over.</summary>
[MemoryPackable]
public sealed partial record Ended(
    TaskOutcome Outcome, Attempt Attempt, [property: CanonicalOptionalTime] DateTimeOffset? StagedAt, [property: CanonicalOptionalTime] DateTimeOffset? StartedAt, [property: CanonicalTime] DateTimeOffset At,
    AttemptResult Result, Money Charge, bool IsSandboxed) : TaskState;

/// <summary>How a task ended.</summary>
public enum TaskOutcome
{
    /// <summary>Exit code zero, and every output there.</summary>
    Succeeded,

    /// <summary>Failed, and no retry is left.</summary>
    Failed,

    /// <summary>Ended by the tenant.</summary>
    Cancelled,
}

/// <summary>What an agent said of an attempt's end.</summary>
/// <param name="ExitCode">The program's exit code.</param>
/// <param name="Reason">Why it did not succeed, such as <c>exit-code</c> or <c>timeout</c>; its words are in <see cref="EndTexts"/>.</param>
/// <param name="RunTime">From start to end.</param>
/// <param name="CpuTime">Processor time used.</param>
/// <param name="MemoryPeak">The most memory used.</param>
/// <param name="Outputs">The results.</param>
[MemoryPackable]
public sealed partial record AttemptResult(
    int ExitCode, Reason? Reason, TimeSpan RunTime, TimeSpan CpuTime, DataSize MemoryPeak,
    ImmutableArray<NamedPart> Outputs);

/// <summary>A result of a task under the name that the job gives it.</summary>
[MemoryPackable]
public sealed partial record NamedPart(string Name, DatasetPart Part);

/// <summary>Why a placement is what it is: the choice and every candidate that lost.</summary>
/// <param name="Chosen">The chosen pool.</param>
/// <param name="At">When it was chosen.</param>
/// <param name="Candidates">All pools that were weighed.</param>
[MemoryPackable]
public sealed partial record Explanation(PoolId Chosen, [property: CanonicalTime] DateTimeOffset At, ImmutableArray<CandidateRecord> Candidates);

/// <summary>A pool that was weighed.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Verdict"><c>chosen</c>, <c>eligible</c> or <c>refused</c>.</param>
/// <param name="Reason">A stable code of what it lost by, or which constraint refused it.</param>
/// <param name="Particulars">What the code's text is filled with.</param>
/// <param name="Ready">When the inputs can be there.</param>
/// <param name="Start">When it could start.</param>
/// <param name="Finish">When it would finish.</param>
/// <param name="Price">What one task would cost.</param>
/// <param name="CarbonGrams">What one task would emit.</param>
/// <param name="LatencyMicroseconds">To the users, where the job names them.</param>
/// <param name="Instead">What its tasks would get in place of the accelerators asked for; nothing where they get those.</param>
[MemoryPackable]
public sealed partial record CandidateRecord(
    PoolId Pool, string Verdict, string Reason, ImmutableArray<string> Particulars, [property: CanonicalOptionalTime] DateTimeOffset? Ready,
    [property: CanonicalOptionalTime] DateTimeOffset? Start, [property: CanonicalOptionalTime] DateTimeOffset? Finish, Money? Price, double CarbonGrams, [property: CanonicalOptional<long>] long? LatencyMicroseconds,
    AcceleratorsInstead? Instead);
