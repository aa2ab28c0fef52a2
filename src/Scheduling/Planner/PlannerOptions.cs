using Meridian.Optimisation.Batches;
using Meridian.Scheduling.Intentions;

namespace Meridian.Scheduling.Planner;

/// <summary>The bounds of planning a batch; there is no limit by a clock, so the same batch gives the same plan.</summary>
public sealed record PlannerOptions
{
    /// <summary>The most jobs that are planned, the first in the queue, from 0.</summary>
    public int JobCountMax { get; init; } = 300;

    /// <summary>The paths that are tried between two sites, from 1.</summary>
    public int PathCountMax { get; init; } = 3;

    /// <summary>How much is done for the plan and its bound.</summary>
    public BatchOptions Batch { get; init; } = new();
}

/// <summary>What came of planning a batch. Costs are sums over its jobs, an average pool being 1 for each job.</summary>
/// <param name="Intentions">What is intended with each job; nothing where a round by itself does as well.</param>
/// <param name="JobCount">How many jobs were planned.</param>
/// <param name="OwnCost">What the round's own plan costs.</param>
/// <param name="Cost">What the plan costs; at most that.</param>
/// <param name="Bound">No plan of this batch costs less.</param>
public sealed record PlannerReport(IntentionBook Intentions, int JobCount, double OwnCost, double Cost, double Bound)
{
    /// <summary>Nothing to plan.</summary>
    public static readonly PlannerReport None = new(IntentionBook.Empty, 0, 0, 0, 0);

    /// <summary>By which part of its cost the plan is at most dearer than the best one.</summary>
    public double Gap => Cost > 0 ? Math.Max(0, (Cost - Bound) / Cost) : 0;
}
