namespace Meridian.Optimisation.Batches;

/// <summary>From which to which start an activity may begin in a mode.</summary>
/// <param name="First">The earliest start, from zero.</param>
/// <param name="Last">The latest; before the earliest where there is none.</param>
public readonly record struct StartRange(long First, long Last)
{
    /// <summary>Any start.</summary>
    public static readonly StartRange All = new(0, int.MaxValue);

    /// <summary>No start.</summary>
    public static readonly StartRange None = new(0, -1);

    /// <summary>Whether the mode is ruled out.</summary>
    public bool IsEmpty => Last < First;
}

/// <summary>What the prices of a bound say about every better plan.</summary>
/// <param name="Bound">No plan costs less.</param>
/// <param name="Starts">For each activity and mode, the starts outside of which no plan is cheaper than the known one.</param>
public sealed record BatchLimits(double Bound, StartRange[][] Starts)
{
    /// <summary>How many modes a better plan may have.</summary>
    public int ModeCount => Starts.Sum(ranges => ranges.Count(r => !r.IsEmpty));
}
