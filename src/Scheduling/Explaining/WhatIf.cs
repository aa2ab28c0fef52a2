using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Explaining;

/// <summary>A change to the domain that somebody wonders about.</summary>
public abstract record Supposition
{
    /// <summary>All nodes of the site are lost.</summary>
    public sealed record SiteLost(SiteId Site) : Supposition;

    /// <summary>The link is gone, and what was on its way over it fails.</summary>
    public sealed record LinkCut(LinkId Link) : Supposition;

    /// <summary>A core of the pool costs so much for an hour.</summary>
    public sealed record CorePrice(PoolId Pool, decimal CpuCoreHour) : Supposition;

    /// <summary>The pool has so many nodes more, each like the first that is ready there.</summary>
    public sealed record NodesAdded(PoolId Pool, int Count) : Supposition;

    /// <summary>The job is handed in, with all the money that it may cost set aside.</summary>
    public sealed record JobAdded(ProjectId Project, JobSpec Spec) : Supposition;
}

/// <summary>How a job would fare.</summary>
/// <param name="RunningCount">Tasks that hold a part of a node.</param>
/// <param name="WaitingCount">Tasks that wait.</param>
/// <param name="Pools">Where tasks run.</param>
/// <param name="Finish">When the last that runs is expected to end, or nothing.</param>
/// <param name="Cost">What was charged, and what those that run are expected to cost.</param>
/// <param name="Pending">Why tasks wait, or nothing.</param>
public sealed record Prospect(
    int RunningCount, int WaitingCount, ImmutableArray<PoolId> Pools, DateTimeOffset? Finish, Money Cost, PendingReason? Pending);

/// <summary>A job that would fare otherwise.</summary>
/// <param name="Job">The job's number; that of a supposed job comes after all others.</param>
/// <param name="Name">Its name.</param>
/// <param name="Project">Its project.</param>
/// <param name="Without">How it fares as things are, or nothing where it is only supposed.</param>
/// <param name="With">How it would fare.</param>
/// <param name="Differences">What is different, in the order of weight.</param>
public sealed record Difference(
    long Job, string Name, ProjectId Project, Prospect? Without, Prospect With, ImmutableArray<Reason> Differences);

/// <summary>What a change would do.</summary>
/// <param name="Fault">Why the supposed job would be refused, or nothing.</param>
/// <param name="Changed">The jobs that would fare otherwise, by number.</param>
/// <param name="UnchangedCount">How many of the jobs that are not over would fare the same.</param>
public sealed record WhatIf(Fault? Fault, ImmutableArray<Difference> Changed, int UnchangedCount);
