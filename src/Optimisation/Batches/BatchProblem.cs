using System.Collections.Immutable;

namespace Meridian.Optimisation.Batches;

/// <summary>What a mode takes of a resource for a while.</summary>
/// <param name="Resource">The index of the resource.</param>
/// <param name="Offset">From how long after the start on, from zero.</param>
/// <param name="Length">For how long; zero takes nothing.</param>
/// <param name="Amount">How much, from zero.</param>
public readonly record struct Draw(int Resource, long Offset, long Length, long Amount);

/// <summary>One way to do an activity.</summary>
/// <param name="Length">How long it takes from its start to its finish.</param>
/// <param name="Cost">What it costs whenever it starts.</param>
/// <param name="Draws">What it takes.</param>
public sealed record Mode(long Length, double Cost, ImmutableArray<Draw> Draws);

/// <summary>Something to do in one of several ways, at some time from zero on.</summary>
/// <param name="Modes">The ways.</param>
/// <param name="CostPerTime">What each unit of time until the finish costs.</param>
/// <param name="FinishMax">The latest finish allowed.</param>
/// <param name="CostLeftOut">What it costs not to do it.</param>
public sealed record Activity(ImmutableArray<Mode> Modes, double CostPerTime, long FinishMax, double CostLeftOut)
{
    /// <summary>What it costs in the mode from the start on.</summary>
    public double CostOf(Choice choice) => choice.IsLeftOut
        ? CostLeftOut
        : Modes[choice.Mode].Cost + (CostPerTime * (choice.Start + Modes[choice.Mode].Length));

    /// <summary>The indexes of the modes, first the one that costs least from the beginning on.</summary>
    internal int[] ModesByCost() => [.. Enumerable.Range(0, Modes.Length).OrderBy(i => CostOf(new(i, 0)))];
}

/// <summary>How and when an activity is done.</summary>
/// <param name="Mode">The index of the mode, or -1 where it is left out.</param>
/// <param name="Start">When it starts.</param>
public readonly record struct Choice(int Mode, long Start)
{
    /// <summary>Not done.</summary>
    public static readonly Choice LeftOut = new(-1, 0);

    /// <summary>Whether it is not done.</summary>
    public bool IsLeftOut => Mode < 0;
}

/// <summary>An amount of a resource that is taken whatever is chosen.</summary>
/// <param name="Resource">The index of the resource.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when.</param>
/// <param name="Amount">How much.</param>
public readonly record struct Taken(int Resource, long From, long Until, long Amount);

/// <summary>
/// Activities with several modes each that share resources over time: each is done in one mode from one moment on, no
/// resource is ever overdrawn, and the sum of the costs is to be the least. Times are whole units from zero on. It is the
/// multi-mode resource-constrained scheduling problem without precedence, under a sum of weighted finish times and costs.
/// </summary>
/// <param name="Capacities">How much there is of each resource.</param>
/// <param name="Taken">What is taken already.</param>
/// <param name="Activities">What is to be done.</param>
public sealed record BatchProblem(
    ImmutableArray<long> Capacities, ImmutableArray<Taken> Taken, ImmutableArray<Activity> Activities)
{
    /// <summary>The cost of a plan, which has a choice for each activity.</summary>
    public double CostOf(IReadOnlyList<Choice> plan)
    {
        var cost = 0d;
        for (var i = 0; i < Activities.Length; i++)
            cost += Activities[i].CostOf(plan[i]);
        return cost;
    }

    /// <summary>Whether the plan keeps every latest finish and never overdraws a resource.</summary>
    public bool IsFeasible(IReadOnlyList<Choice> plan)
    {
        var changes = Taken.SelectMany(t => Changes(t)).ToList();
        for (var i = 0; i < plan.Count; i++)
        {
            if (plan[i].IsLeftOut)
                continue;
            var (activity, start) = (Activities[i], plan[i].Start);
            var mode = activity.Modes[plan[i].Mode];
            if (start < 0 || start + mode.Length > activity.FinishMax)
                return false;
            changes.AddRange(mode.Draws.SelectMany(d => Changes(new(d.Resource, start + d.Offset, start + d.Offset + d.Length, d.Amount))));
        }

        return changes.GroupBy(c => c.Resource).All(g => Peak(g.Select(c => (c.At, c.Amount))) <= Capacities[g.Key]);
    }

    private static IEnumerable<(int Resource, long At, long Amount)> Changes(Taken taken) =>
        taken.Until <= taken.From ? [] : [(taken.Resource, taken.From, taken.Amount), (taken.Resource, taken.Until, -taken.Amount)];

    private static long Peak(IEnumerable<(long At, long Amount)> changes)
    {
        var (level, peak) = (0L, 0L);
        foreach (var (_, amount) in changes.OrderBy(c => c.At).ThenBy(c => c.Amount))
            peak = Math.Max(peak, level += amount);
        return peak;
    }
}
