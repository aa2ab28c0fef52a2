using System.Runtime.CompilerServices;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Candidates;

/// <summary>What experience says of a job's estimate. Shares are rounded, so that jobs of which much the same is known are one class.</summary>
/// <param name="Share">The share of the estimate that a task is expected to take.</param>
/// <param name="Margin">The share of the estimate that it may well take longer: what a deadline has to leave room for.</param>
internal readonly record struct Expectation(double Share, double Margin)
{
    private static readonly ConditionalWeakTable<JobSpec, string> Kinds = [];

    internal static Expectation Of(JobsState jobs, ProjectId project, JobSpec spec)
    {
        var seen = jobs.RunTimes.Of(project, Kinds.GetValue(spec, static s => RunTimes.KindOf(s.Name)));
        if (seen.Count == 0)
            return new(1, 0);
        // The estimate counts as much as one task that took it.
        var share = Math.Pow(seen.Share, seen.Count / (seen.Count + 1d));
        return new(Rounded(share), Rounded(2 * seen.Deviation));
    }

    /// <summary>To two digits.</summary>
    private static double Rounded(double share)
    {
        if (share < 1e-6)
            return 0;
        var digits = Math.Pow(10, Math.Floor(Math.Log10(share)) - 1);
        return Math.Round(share / digits) * digits;
    }
}
