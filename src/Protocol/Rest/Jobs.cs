namespace Meridian.Protocol.Rest;

public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>A job in a list. State: waiting, running, succeeded, failed, cancelled.</summary>
public sealed record JobSummary(
    long Id, string Name, string Project, string Owner, string State, int TaskCount, TaskCounts Tasks,
    DateTimeOffset SubmittedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    IReadOnlyList<string> Sites, string Cost, string Held, string? PendingReason, bool IsService);

public sealed record TaskCounts(int Waiting, int Staging, int Running, int Succeeded, int Failed, int Cancelled);

public sealed record JobDetail(
    JobSummary Summary, string SpecYaml, Placement? Placement, IReadOnlyList<JobEventView> Timeline,
    IReadOnlyList<string> OutputDatasets, IReadOnlyList<string> Endpoints, BillLine[] Costs, string? Failure);

/// <summary>A step of the job's life: submitted, placed, staging-started, staged, started, finished, retried, cancelled.</summary>
public sealed record JobEventView(DateTimeOffset At, string Kind, int? Task, string? Site, string Text);

public sealed record TaskView(
    int Index, string State, int Attempt, string? Site, string? Pool, string? Node, DateTimeOffset? PlacedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, int? ExitCode, string? Reason, string? Detail,
    double StagingSeconds, double RunSeconds, long BytesMoved, string Cost, bool Sandboxed, string? Endpoint);

/// <summary>
/// The answer to where: the choice, what it costs, and why not elsewhere. Learned says what experience with likewise jobs makes
/// of the estimate.
/// </summary>
public sealed record Placement(
    string? Pool, string? Site, DateTimeOffset? Start, DateTimeOffset? Finish, string? Price, double? CarbonGrams,
    IReadOnlyList<TransferPlan> Transfers, IReadOnlyList<Candidate> Candidates, string Objective, string? PendingReason,
    IReadOnlyList<string> Changes, string? Learned);

public sealed record TransferPlan(
    string Dataset, string FromSite, string ToSite, IReadOnlyList<string> Path, long Bytes, long BitsPerSecond,
    DateTimeOffset Start, DateTimeOffset Finish, string Price);

/// <summary>A pool that was weighed. Verdict: chosen, eligible, refused. LostBy says by what it lost, or which constraint refused it.</summary>
public sealed record Candidate(
    string Pool, string Site, string Verdict, string LostBy, DateTimeOffset? Ready, DateTimeOffset? Start,
    DateTimeOffset? Finish, string? Price, double? CarbonGrams, double? LatencyMilliseconds);

/// <summary>The price before submission.</summary>
public sealed record Quote(Placement Placement, string Expected, string HoldAtMost, int TaskCount);

public sealed record Submitted(long Id, string Name, Quote Quote);
