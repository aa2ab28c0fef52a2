using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.JobFiles;
using Meridian.Scheduling.Advance;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;
using Meridian.Scheduling.Rounds;

namespace Meridian.Scheduling;

/// <summary>
/// Decides compute and network together: where a job runs, when, and which way its data takes. Pure: the same state and
/// time give the same answer. It proposes; the writer decides.
/// </summary>
public static class Scheduler
{
    /// <summary>
    /// One round over the waiting jobs, turn by turn to whom the least is held for: what to propose to the writer, each
    /// decided against the state and what the round proposes before it.
    /// </summary>
    public static SchedulingRound Plan(DomainState state, DateTimeOffset now, SchedulingOptions options) =>
        Plan(state, now, options, IntentionBook.Empty);

    /// <summary>A round that follows the intentions of a plan of the batch where they can still be followed.</summary>
    public static SchedulingRound Plan(DomainState state, DateTimeOffset now, SchedulingOptions options, IntentionBook intentions) =>
        new Round(state, now, options, intentions).Run();

    /// <summary>
    /// Plans the waiting single tasks anew as one mathematical program, from what a round would do on, and says how far the
    /// plan is at most from the best one.
    /// </summary>
    public static PlannerReport Improve(DomainState state, DateTimeOffset now, PlannerOptions options, IntentionBook before) =>
        BatchImprover.Improve(state, now, options, before);

    /// <summary>The place and the price before submission, with an account of every pool.</summary>
    public static JobQuote Quote(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now) =>
        Quoting.Quote(state, project, spec, now);

    /// <summary>How a reservation can be kept and what it costs, or what is free instead.</summary>
    public static ReservationPlan Reserve(DomainState state, ReservationRequest request, DateTimeOffset now) =>
        ReservationPlanner.Plan(state, request, now);

    /// <summary>Why the job is where it is or why it waits, and what would have to change for it to start.</summary>
    public static JobWhy Explain(DomainState state, long job, DateTimeOffset now) =>
        Whys.Explain(state, job, now);

    /// <summary>What experience with likewise jobs of the project makes of the job's estimate, or nothing where there is none.</summary>
    public static LearnedRunTime? Learned(DomainState state, ProjectId project, JobSpec spec) => LearnedRunTime.Of(state, project, spec);

    /// <summary>Which jobs would start, stop, wait, move, finish or cost otherwise if the changes came true now.</summary>
    public static WhatIf WhatIf(
        DomainState state, ImmutableArray<Supposition> changes, DateTimeOffset now, SchedulingOptions options) =>
        WhatIfs.Ask(state, changes, now, options);
}
