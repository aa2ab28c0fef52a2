namespace Meridian.Benches.Swf;

/// <summary>A run of consecutive jobs that is replayed on an empty machine.</summary>
/// <param name="Start">The index of the first job.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SwfWindow(int Start, int Count)
{
    /// <summary>The ten windows of 1,024 jobs behind the tables of RLScheduler (its generator at seed 1).</summary>
    internal static IReadOnlyList<SwfWindow> Published { get; } =
        [.. ((int[])[1981, 2756, 4299, 8850, 3316, 2714, 5228, 7762, 4022, 7085]).Select(start => new SwfWindow(start, Count: 1024))];

    /// <summary>Windows of the same size, every 2,000 jobs behind the last job that a published window may hold.</summary>
    internal static IReadOnlyList<SwfWindow> Elsewhere(SwfTrace trace)
    {
        var windows = new List<SwfWindow>();
        for (var start = 12_000; start + 1024 <= trace.Jobs.Count; start += 2_000)
            windows.Add(new(start, Count: 1024));
        return windows;
    }
}

/// <summary>A job and when it started.</summary>
internal readonly record struct StartedJob(SwfJob Job, long StartSeconds)
{
    private const double ShortestSeconds = 10;

    internal long WaitSeconds => StartSeconds - Job.SubmitSeconds;

    /// <summary>Bounded slowdown (Feitelson and others, JSSPP 1997): time in the system over run time, of at least ten seconds.</summary>
    internal double BoundedSlowdown => Math.Max(1, (WaitSeconds + Job.RunSeconds) / Math.Max(Job.RunSeconds, ShortestSeconds));
}

/// <summary>What became of the windows of a trace.</summary>
/// <param name="BoundedSlowdown">The mean over the windows of the window's mean.</param>
/// <param name="Utilisation">The same of the work done over processors and the time up to the last start.</param>
/// <param name="LongestWaitSeconds">The longest wait of any job in any window.</param>
/// <param name="MeanWaitSeconds">The mean wait.</param>
internal readonly record struct SwfOutcome(
    double BoundedSlowdown, double Utilisation, long LongestWaitSeconds, double MeanWaitSeconds)
{
    internal static SwfOutcome Of(SwfTrace trace, IReadOnlyList<IReadOnlyList<StartedJob>> windows) => new(
        windows.Average(jobs => jobs.Average(job => job.BoundedSlowdown)),
        windows.Average(jobs => UtilisationOf(trace, jobs)),
        windows.Max(jobs => jobs.Max(job => job.WaitSeconds)),
        windows.Average(jobs => jobs.Average(job => job.WaitSeconds)));

    private static double UtilisationOf(SwfTrace trace, IReadOnlyList<StartedJob> jobs) =>
        jobs.Sum(job => (double)job.Job.RunSeconds * job.Job.Processors)
        / (trace.Processors * (double)(jobs.Max(job => job.StartSeconds) - jobs.Min(job => job.Job.SubmitSeconds)));
}
