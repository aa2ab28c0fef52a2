using System.Collections.Immutable;

namespace Meridian.Domain.Jobs;

/// <summary>Whose jobs wait in a line: a project's, firm and best-effort ones apart.</summary>
public readonly record struct JobLineName(ProjectId Project, bool IsBestEffort) : IComparable<JobLineName>
{
    /// <summary>The line that the job waits in.</summary>
    public static JobLineName Of(Job job) => new(job.Project, job.Spec.IsBestEffort);

    /// <inheritdoc/>
    public int CompareTo(JobLineName other) =>
        Project != other.Project ? Project.CompareTo(other.Project) : IsBestEffort.CompareTo(other.IsBestEffort);
}

/// <summary>Jobs that have tasks to be placed, in two orders, so that a round reads no more of them than it places.</summary>
/// <param name="ByRank">Those of higher priority first, then in the order of submission.</param>
/// <param name="ByAge">In the order of submission.</param>
public sealed record JobLine(ImmutableSortedSet<(int Rank, long Job)> ByRank, ImmutableSortedSet<long> ByAge)
{
    /// <summary>Nobody waits.</summary>
    public static readonly JobLine Empty = new([], []);

    internal static (int Rank, long Job) Place(Job job) => (-job.Spec.Priority, job.Id);

    internal JobLine With(Job job) => new(ByRank.Add(Place(job)), ByAge.Add(job.Id));

    internal JobLine Without(Job job) => new(ByRank.Remove(Place(job)), ByAge.Remove(job.Id));
}
