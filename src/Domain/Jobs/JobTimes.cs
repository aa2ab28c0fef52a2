using Meridian.JobFiles;

namespace Meridian.Domain.Jobs;

/// <summary>The moments that a job's constraints name.</summary>
public static class JobTimes
{
    /// <summary>Before when none of the tasks is placed, for a job that is handed in at the moment; nothing where any time will do.</summary>
    public static DateTimeOffset? NotBefore(JobSpec spec, DateTimeOffset submittedAt) =>
        spec.Constraints.NotBeforeAt ?? submittedAt + spec.Constraints.NotBeforeAfter;
}
