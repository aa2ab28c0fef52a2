using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>All jobs, and the ways to find those that matter now.</summary>
/// <param name="Jobs">Every job by its number.</param>
/// <param name="Queue">Jobs with tasks that wait to be placed.</param>
/// <param name="Active">Jobs that are not over.</param>
/// <param name="ByNode">The live attempts of each node.</param>
/// <param name="Waiters">The attempts that wait for each transfer.</param>
/// <param name="ByName">The latest job of each project and name.</param>
/// <param name="ByKey">The job that each idempotency key made.</param>
/// <param name="Claims">By job, the room that is kept for its tasks until others have stopped.</param>
/// <param name="RunTimes">What tasks took beside their estimates.</param>
[MemoryPackable]
public sealed partial record JobsState(
    IdMap<Job> Jobs, ImmutableSortedSet<long> Queue, ImmutableSortedSet<long> Active,
    ImmutableSortedDictionary<NodeId, ImmutableSortedSet<AttemptId>> ByNode,
    IdMap<ImmutableSortedSet<AttemptId>> Waiters,
    ImmutableSortedDictionary<JobName, long> ByName,
    ImmutableSortedDictionary<SecretHash, long> ByKey, IdMap<Claim> Claims, RunTimes RunTimes)
{
    /// <summary>No jobs.</summary>
    public static readonly JobsState Empty = new(
        IdMap<Job>.Empty, [], [], ImmutableSortedDictionary<NodeId, ImmutableSortedSet<AttemptId>>.Empty,
        IdMap<ImmutableSortedSet<AttemptId>>.Empty, ImmutableSortedDictionary<JobName, long>.Empty,
        ImmutableSortedDictionary<SecretHash, long>.Empty, IdMap<Claim>.Empty, RunTimes.Empty);

    /// <summary>How many tasks of each project wait to be placed; follows from the queue, so it is not kept with the state.</summary>
    [MemoryPackIgnore]
    public ImmutableSortedDictionary<ProjectId, long> Waiting { get; private init; } = Count(Jobs, Queue);

    /// <summary>The queue by project, firm and best-effort jobs apart; follows from it as well.</summary>
    [MemoryPackIgnore]
    public ImmutableSortedDictionary<JobLineName, JobLine> Lines { get; private init; } = LinesOf(Jobs, Queue);

    /// <summary>The task's state, if the attempt is its current one; news of any other is old news.</summary>
    public TaskState? Current(AttemptId attempt) =>
        Jobs.TryGet(attempt.Job, out var job) && job.Tasks.TryGet(attempt.Task, out var task)
        && task.Live is { } live && live.Id == attempt
            ? task
            : null;

    /// <summary>The only thing that changes the jobs. Events of other features pass by.</summary>
    public JobsState Evolve(DomainEvent happened) => happened switch
    {
        JobSubmitted e => Submit(e),
        TaskPlaced e => Place(e),
        JobExplained e => With(e.Job, job => job with { Explanation = e.Explanation }),
        InputArrived e => Arrive(e),
        TaskStarted e => WithTask(e.Attempt, task => task switch
        {
            Dispatched d => new Running(d.Attempt, d.StagedAt, e.At, e.IsSandboxed, e.Endpoint),
            Stopping s => s with { StartedAt = e.At },
            _ => task,
        }),
        TaskStopOrdered e => Unwait(e.Attempt).WithTask(
            e.Attempt, task => new Stopping(task.Live!, e.Reason, (task as Running)?.StartedAt)),
        TaskRequeued e => Requeue(e),
        RoomClaimed e => this with { Claims = Claims.Set(e.Claim.Job, e.Claim) },
        ClaimEnded e => this with { Claims = Claims.Remove(e.Job) },
        TaskEnded e => End(e),
        JobRetried e => Retry(e),
        JobCancelling e => With(e.Job, job => job with { IsCancelling = true, Failure = e.Failure }),
        JobMoneyChanged e => With(e.Job, job => job with { Money = e.Money }),
        JobFinished e => With(e.Job, job => job with { Phase = e.Phase, Failure = e.Failure, FinishedAt = e.At }),
        _ => this,
    };

    private JobsState Submit(JobSubmitted e)
    {
        var zero = Money.Zero();
        var job = new Job(
            e.Job, e.Project, e.User, e.Spec, e.At, e.Deadline, e.After, JobPhase.Active, IsCancelling: false, Fresh: 0,
            Requeued: [], IdMap<TaskState>.Empty, IdMap<int>.Empty, SucceededCount: 0, EndedCount: 0, new(zero, zero, zero), Explanation: null,
            FinishedAt: null, Failure: null, TriesBefore: IdMap<int>.Empty, e.Reservation, e.NotBefore);
        return this with
        {
            Jobs = Jobs.Set(e.Job, job),
            Queue = Queue.Add(e.Job),
            Lines = Join(Lines, job),
            Waiting = Add(Waiting, e.Project, job.WaitingCount),
            Active = Active.Add(e.Job),
            ByName = ByName.SetItem(new(e.Project, e.Spec.Name), e.Job),
            ByKey = e.IdempotencyKey.Value.Length == 0 ? ByKey : ByKey.SetItem(e.IdempotencyKey, e.Job),
        };
    }

    private JobsState Place(TaskPlaced e)
    {
        var id = e.Attempt.Id;
        TaskState task = e.WaitsFor.IsEmpty
            ? new Dispatched(e.Attempt, e.Attempt.PlacedAt)
            : new Staging(e.Attempt, e.WaitsFor);
        var waiters = Waiters;
        foreach (var transfer in e.WaitsFor)
            waiters = waiters.Set(transfer, (waiters.TryGet(transfer, out var others) ? others : []).Add(id));

        var placed = this with
        {
            Waiters = waiters,
            ByNode = ByNode.SetItem(e.Attempt.Node, ByNode.GetValueOrDefault(e.Attempt.Node, []).Add(id)),
        };
        return placed.With(id.Job, job => job with
        {
            Tasks = job.Tasks.Set(id.Task, task),
            Fresh = Math.Max(job.Fresh, id.Task + 1),
            Requeued = Skipped(job, id.Task).Remove(id.Task),
        });
    }

    // Tasks are placed in any order: those passed over wait among the requeued.
    private static ImmutableSortedSet<int> Skipped(Job job, int task) => task <= job.Fresh
        ? job.Requeued
        : job.Requeued.Union(Enumerable.Range(job.Fresh, task - job.Fresh));

    private JobsState Arrive(InputArrived e)
    {
        if (Current(e.Attempt) is not Staging staging)
            return this;

        var waitsFor = staging.WaitsFor.Remove(e.Transfer);
        TaskState next = waitsFor.IsEmpty
            ? new Dispatched(staging.Attempt, e.At)
            : staging with { WaitsFor = waitsFor };
        return Forget(e.Transfer, e.Attempt).WithTask(e.Attempt, _ => next);
    }

    private JobsState Requeue(TaskRequeued e) => Release(e.Attempt).With(e.Attempt.Job, job => job with
    {
        Tasks = job.Tasks.Set(e.Attempt.Task, new Requeued(e.Attempt.Number, e.Reason, e.At)),
        // To have made room for others is no failed try.
        TriesBefore = e.IsPreempted ? job.TriesBefore.Set(e.Attempt.Task, (job.TriesBefore.TryGet(e.Attempt.Task, out var tries) ? tries : 0) + 1) : job.TriesBefore,
        Failures = e.FailureCount > 0 ? job.Failures.Set(e.Attempt.Task, e.FailureCount) : job.Failures,
        Requeued = job.Requeued.Add(e.Attempt.Task),
    });

    private JobsState End(TaskEnded e)
    {
        var job = Jobs[e.Attempt.Job];
        var task = job.Tasks[e.Attempt.Task];
        var (stagedAt, startedAt, sandboxed) = task switch
        {
            Running r => (r.StagedAt, r.StartedAt, r.IsSandboxed),
            Dispatched d => (d.StagedAt, default(DateTimeOffset?), false),
            Stopping s => (default(DateTimeOffset?), s.StartedAt, false),
            _ => (null, null, false),
        };
        var ended = new Ended(e.Outcome, task.Live!, stagedAt, startedAt, e.At, e.Result, e.Charge, sandboxed);
        var over = Release(e.Attempt).With(e.Attempt.Job, before => before with
        {
            Tasks = before.Tasks.Set(e.Attempt.Task, ended),
            EndedCount = before.EndedCount + 1,
            SucceededCount = before.SucceededCount + (e.Outcome == TaskOutcome.Succeeded ? 1 : 0),
        });
        return e.EstimateShare > 0
            ? over with { RunTimes = RunTimes.With(job.Project, RunTimes.KindOf(job.Spec.Name), e.EstimateShare, e.At) }
            : over;
    }

    private JobsState Retry(JobRetried e) => With(e.Job, job => job with
    {
        Phase = JobPhase.Active,
        IsCancelling = false,
        FinishedAt = null,
        Failure = null,
        Deadline = e.Deadline,
        EndedCount = job.SucceededCount,
        Requeued = job.Requeued.Union(e.Tasks),
        Tasks = e.Tasks.Aggregate(job.Tasks, (tasks, task) => !tasks.TryGet(task, out var old) ? tasks
            : tasks.Set(task, new Requeued(old.AttemptNumber, Reason.Of("retried"), e.At))),
        Failures = IdMap<int>.Empty,
        TriesBefore = e.Tasks.Aggregate(job.TriesBefore, (tries, task) => !job.Tasks.TryGet(task, out var old) ? tries
            : tries.Set(task, old.AttemptNumber)),
    });

    private JobsState With(long id, Func<Job, Job> change)
    {
        var before = Jobs[id];
        var job = change(before);
        return this with
        {
            Jobs = Jobs.Set(id, job),
            Waiting = Add(Waiting, job.Project, job.WaitingCount - before.WaitingCount),
            Queue = job.WaitingCount > 0 ? Queue.Add(id) : Queue.Remove(id),
            Lines = (before.WaitingCount > 0, job.WaitingCount > 0) switch
            {
                (false, true) => Join(Lines, job),
                (true, false) => Leave(Lines, job),
                _ => Lines,
            },
            Active = job.Phase == JobPhase.Active ? Active.Add(id) : Active.Remove(id),
            Claims = job.WaitingCount > 0 ? Claims : Claims.Remove(id),
        };
    }

    private static ImmutableSortedDictionary<ProjectId, long> Count(IdMap<Job> jobs, ImmutableSortedSet<long> queue) => queue
        .Select(id => jobs[id])
        .GroupBy(job => job.Project)
        .ToImmutableSortedDictionary(group => group.Key, group => group.Sum(job => (long)job.WaitingCount));

    private static ImmutableSortedDictionary<JobLineName, JobLine> LinesOf(IdMap<Job> jobs, ImmutableSortedSet<long> queue) => queue
        .Select(id => jobs[id])
        .GroupBy(JobLineName.Of)
        .ToImmutableSortedDictionary(
            group => group.Key, group => new JobLine([.. group.Select(JobLine.Place)], [.. group.Select(job => job.Id)]));

    private static ImmutableSortedDictionary<JobLineName, JobLine> Join(ImmutableSortedDictionary<JobLineName, JobLine> lines, Job job)
    {
        var line = lines.GetValueOrDefault(JobLineName.Of(job), JobLine.Empty);
        return lines.SetItem(JobLineName.Of(job), line.With(job));
    }

    private static ImmutableSortedDictionary<JobLineName, JobLine> Leave(ImmutableSortedDictionary<JobLineName, JobLine> lines, Job job)
    {
        var line = lines[JobLineName.Of(job)].Without(job);
        return line.ByAge.IsEmpty ? lines.Remove(JobLineName.Of(job)) : lines.SetItem(JobLineName.Of(job), line);
    }

    private static ImmutableSortedDictionary<ProjectId, long> Add(
        ImmutableSortedDictionary<ProjectId, long> waiting, ProjectId project, long count)
    {
        if (count == 0)
            return waiting;
        var sum = waiting.GetValueOrDefault(project) + count;
        return sum == 0 ? waiting.Remove(project) : waiting.SetItem(project, sum);
    }

    private JobsState WithTask(AttemptId attempt, Func<TaskState, TaskState> change) => With(
        attempt.Job, job => job with { Tasks = job.Tasks.Set(attempt.Task, change(job.Tasks[attempt.Task])) });

    /// <summary>Takes the attempt out of every index: it holds nothing and waits for nothing.</summary>
    private JobsState Release(AttemptId attempt)
    {
        var node = Jobs[attempt.Job].Tasks[attempt.Task].Live!.Node;
        var left = ByNode.GetValueOrDefault(node, []).Remove(attempt);
        return Unwait(attempt) with
        {
            ByNode = left.IsEmpty ? ByNode.Remove(node) : ByNode.SetItem(node, left),
            Claims = Claims.Values.Where(c => c.Victims.Contains(attempt))
                .Aggregate(Claims, (claims, c) => claims.Set(c.Job, c with { Victims = c.Victims.Remove(attempt) })),
        };
    }

    private JobsState Unwait(AttemptId attempt) => Current(attempt) is Staging staging
        ? staging.WaitsFor.Aggregate(this, (state, transfer) => state.Forget(transfer, attempt))
        : this;

    private JobsState Forget(long transfer, AttemptId attempt)
    {
        var left = Waiters.TryGet(transfer, out var waiters) ? waiters.Remove(attempt) : [];
        return this with { Waiters = left.IsEmpty ? Waiters.Remove(transfer) : Waiters.Set(transfer, left) };
    }
}

/// <summary>A job's name in its project.</summary>
[MemoryPackable]
public readonly partial record struct JobName(ProjectId Project, string Name) : IComparable<JobName>
{
    /// <inheritdoc/>
    public int CompareTo(JobName other) =>
        Project != other.Project ? Project.CompareTo(other.Project) : string.CompareOrdinal(Name, other.Name);
}
