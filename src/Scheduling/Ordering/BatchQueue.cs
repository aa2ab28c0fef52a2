using System.Collections.Immutable;

namespace Meridian.Scheduling.Ordering;

/// <summary>A job that waits for processors of one machine. Times are seconds from any one moment.</summary>
/// <param name="Id">Its number; ties break on it.</param>
/// <param name="Processors">What it needs at once.</param>
/// <param name="SubmittedSeconds">When it was handed in.</param>
/// <param name="RequestedSeconds">The most that it may run.</param>
/// <param name="Belief">How long it is believed to run.</param>
/// <param name="PromisedSeconds">The start that it was promised, or nothing.</param>
public sealed record WaitingJob(
    long Id, int Processors, double SubmittedSeconds, double RequestedSeconds, RunTimeBelief Belief, double? PromisedSeconds);

/// <summary>A job that runs.</summary>
/// <param name="Processors">What it holds.</param>
/// <param name="StartedSeconds">When it started.</param>
/// <param name="RequestedSeconds">The most that it may run.</param>
/// <param name="ExpectedSeconds">How long it is believed to run.</param>
public sealed record RunningJob(int Processors, double StartedSeconds, double RequestedSeconds, double ExpectedSeconds);

/// <summary>A machine and its queue at one moment.</summary>
/// <param name="NowSeconds">The moment.</param>
/// <param name="FreeProcessors">The processors that nothing runs on.</param>
/// <param name="Running">What runs.</param>
/// <param name="Waiting">What waits.</param>
public sealed record BatchPicture(
    double NowSeconds, int FreeProcessors, IReadOnlyList<RunningJob> Running, IReadOnlyList<WaitingJob> Waiting);

/// <summary>What to do now.</summary>
/// <param name="Starts">The jobs to start.</param>
/// <param name="Promises">The promised starts of jobs that go on waiting; none is later than it was.</param>
public sealed record BatchDecision(ImmutableArray<long> Starts, ImmutableSortedDictionary<long, double> Promises);

/// <summary>The parameters of the order.</summary>
public sealed record BatchOptions
{
    /// <summary>The wait after which a job is promised a start, in seconds; a week.</summary>
    public double PromiseAfterSeconds { get; init; } = 7 * 24 * 3600;

    /// <summary>How many jobs at the head of the queue are put in a better order by search, from 0.</summary>
    public int SearchDepth { get; init; } = 40;

    /// <summary>How many orders are tried, from 0.</summary>
    public int SearchTries { get; init; } = 200;
}
