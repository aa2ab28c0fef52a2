using Meridian.Domain.Machine;
using Meridian.Scheduling;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;
using Microsoft.Extensions.Logging;

namespace Meridian.ControlPlane.Placement;

/// <summary>When the waiting batch is planned anew.</summary>
public sealed record BatchPlanningOptions
{
    /// <summary>The least time from one planning to the next, up to a day; zero turns planning off. Default 1 minute.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Plans the waiting batch anew from time to time, beside the rounds and not before them: a round follows the latest plan that
/// there is. What comes of a plan is in the journal as placements, like all else.
/// </summary>
public sealed partial class BatchPlanning(BatchPlanningOptions options, ILogger<BatchPlanning> log)
{
    private static readonly PlannerOptions Bounds = new() { JobCountMax = 40 };

    private Task<PlannerReport>? _running;
    private DateTimeOffset _next;

    /// <summary>What the latest plan intends.</summary>
    internal IntentionBook Intentions { get; private set; } = IntentionBook.Empty;

    /// <summary>Takes up a plan that is ready, and begins another when it is time and jobs compete.</summary>
    internal void Look(DomainState state, DateTimeOffset now, int waitingCount)
    {
        if (options.Every <= TimeSpan.Zero)
            return;
        if (_running is { IsCompleted: true } done)
        {
            _running = null;
            TakeUp(done);
        }

        if (_running is not null || waitingCount < 2 || now < _next)
            return;
        _next = now + options.Every;
        var before = Intentions;
        _running = Task.Run(() => Scheduler.Improve(state, now, Bounds, before));
    }

    private void TakeUp(Task<PlannerReport> done)
    {
        Intentions = done.IsCompletedSuccessfully ? done.Result.Intentions : IntentionBook.Empty;
        if (done.Exception is { } failure)
            LogFailed(failure.GetBaseException().Message);
        else
            LogPlanned(done.Result.JobCount, done.Result.OwnCost, done.Result.Cost, done.Result.Bound);
    }

    [LoggerMessage(LogLevel.Debug, "Planned {Jobs} waiting jobs: {Own:0.00} as the round would, {Cost:0.00} as planned, at least {Bound:0.00}")]
    private partial void LogPlanned(int jobs, double own, double cost, double bound);

    [LoggerMessage(LogLevel.Error, "The batch could not be planned: {Reason}")]
    private partial void LogFailed(string reason);
}
