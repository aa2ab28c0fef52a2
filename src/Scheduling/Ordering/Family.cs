namespace Meridian.Scheduling.Ordering;

/// <summary>Jobs that are alike: of one owner and of one kind.</summary>
/// <param name="Owner">Whose they are, or empty where nobody knows.</param>
/// <param name="Kind">What they are, in words that likewise jobs share.</param>
public readonly record struct Family(string Owner, string Kind);

/// <summary>A job that runs.</summary>
/// <param name="Family">What it is like.</param>
/// <param name="RequestedSeconds">The run time asked for.</param>
/// <param name="ElapsedSeconds">How long it has run.</param>
public readonly record struct RunningWork(Family Family, double RequestedSeconds, double ElapsedSeconds);

/// <summary>What is believed of a run time that nobody knows yet.</summary>
/// <param name="MeanSeconds">The expected run time.</param>
/// <param name="MeanPerSecond">
/// The expected inverse of the run time, of at least ten seconds: how much a second of waiting is expected to add to the
/// job's bounded slowdown. A job that is probably long and may be short has a high one.
/// </param>
public readonly record struct RunTimeBelief(double MeanSeconds, double MeanPerSecond);
