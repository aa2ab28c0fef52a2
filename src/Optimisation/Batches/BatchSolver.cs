namespace Meridian.Optimisation.Batches;

/// <summary>How much is done for a plan of a batch. There is no limit by a clock, so the same batch gives the same plan.</summary>
public sealed record BatchOptions
{
    /// <summary>How often, for each activity, a few of them are taken out and put back, from 0.</summary>
    public int MoveCountEach { get; init; } = 2_000;

    /// <summary>How often the prices of the bound are moved, from 0; without it no bound is given.</summary>
    public int BoundRoundCount { get; init; } = 300;

    /// <summary>An exact program is solved when the bound leaves no more modes than that, from 0.</summary>
    public int ProgramModeCountMax { get; init; } = 60;

    /// <summary>The limit of the program in CP-SAT's deterministic time, about a second each.</summary>
    public double ProgramEffort { get; init; } = 1;

    /// <summary>The seed of the choices.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>A plan and how good it is.</summary>
/// <param name="Plan">A choice for each activity.</param>
/// <param name="Cost">What the plan costs.</param>
/// <param name="Bound">No plan costs less.</param>
public sealed record BatchAnswer(Choice[] Plan, double Cost, double Bound);

/// <summary>
/// Plans a batch: by search, which is quick and good; by the bound, which says how good, and which modes and starts no better plan
/// can have; and, where those leave few ways, by an exact program over what is left, which finds the best plan or proves this one.
/// </summary>
public static class BatchSolver
{
    private const int SlotCount = 240;

    /// <summary>The best plan found from the given one on, which is feasible.</summary>
    public static BatchAnswer Solve(BatchProblem problem, IReadOnlyList<Choice> from, BatchOptions options)
    {
        var count = problem.Activities.Length;
        var plan = BatchSearch.Improve(problem, from, options.MoveCountEach * count, options.Seed);
        var cost = problem.CostOf(plan);
        if (options.BoundRoundCount == 0 || count == 0)
            return new(plan, cost, Bound: 0);
        var finishMax = plan.Select((c, i) => c.IsLeftOut ? 0 : c.Start + problem.Activities[i].Modes[c.Mode].Length).Max();
        var limits = BatchBound.Of(problem, cost, Math.Max(1, finishMax / SlotCount), finishMax * 2, options.BoundRoundCount);
        if (limits.Bound >= cost - 1e-9 || limits.ModeCount > options.ProgramModeCountMax
            || BatchProgram.Solve(problem, plan, [.. Enumerable.Range(0, count)], options.ProgramEffort, limits.Starts) is not { } exact)
            return new(plan, cost, Math.Min(limits.Bound, cost));

        // The program looks only at plans that are no dearer than the known one.
        var best = exact.Cost < cost - 1e-9 ? exact : new(plan, cost, exact.Bound);
        return best with { Bound = Math.Min(best.Cost, Math.Max(limits.Bound, exact.Bound)) };
    }
}
