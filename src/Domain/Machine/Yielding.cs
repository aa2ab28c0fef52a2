using System.Collections.Immutable;
using Meridian.Domain.Jobs;

namespace Meridian.Domain.Machine;

/// <summary>
/// How best-effort tasks make room for others. In one decision they are told to stop and their room is claimed; when the last
/// of them has stopped, in the decision that says so, the others are placed there. Nobody is stopped in vain: a claim is only
/// made if the placement would be allowed with that room.
/// </summary>
internal static class Yielding
{
    /// <summary>Why an attempt is stopped that yields.</summary>
    internal const string Preempted = "preempted";

    /// <summary>Why an attempt is stopped that is in the way of a reservation.</summary>
    internal const string Reserved = "reserved";

    internal static Decision Claim(DomainState state, PlaceTasks c, DateTimeOffset now)
    {
        var job = state.Jobs.Jobs[c.Job];
        if (job.Spec.IsBestEffort || job.Reservation != 0 || !c.Transfers.IsEmpty || state.Jobs.Claims.Contains(c.Job))
            return Decision.Refuse("cannot-preempt", c.Job);
        if (c.Victims.Select(v => VictimFault(state.Jobs, v, c.Victims)).FirstOrDefault(f => f is not null) is { } fault)
            return new([], fault, Value: 0);

        var without = new Draft(state, now);
        foreach (var victim in c.Victims)
            without.Release(state.Jobs.Current(victim)!.Live!);
        if (Placing.Place(without.State, c with { Victims = [] }, now).Fault is { } unfit)
            return new([], unfit, Value: 0);

        return Claim(new Draft(state, now), c, job);
    }

    /// <summary>Whether the task was told to stop to make room, and is to be placed again.</summary>
    internal static bool IsYielding(Job job, TaskState task) => task is Stopping { Reason: Preempted or Reserved } && !job.IsCancelling;

    /// <summary>Places those for whom the last one has made room. Where that is not allowed any more, the room is for all again.</summary>
    internal static void Settle(Draft draft)
    {
        if (draft.State.Jobs.Claims.Count == 0)
            return;
        foreach (var claim in draft.State.Jobs.Claims.Values.Where(c => c.Victims.IsEmpty).ToList())
        {
            draft.Add(new ClaimEnded(claim.Job));
            foreach (var placed in Placing.Place(draft.State, new(claim.Job, claim.Placements, [], explanation: null), draft.Now).Events)
                draft.Add(placed);
        }
    }

    private static Decision Claim(Draft draft, PlaceTasks c, Job job)
    {
        draft.Add(new RoomClaimed(new(
            c.Job, Placing.AmountOf(job.Spec.Resources), c.Placements, [.. c.Victims], draft.Now)));
        if (c.IsOverdueTurn)
            draft.Add(new Accounts.OverdueTurnTaken(job.Project, draft.Now));
        if (c.Explanation is { } explanation)
            draft.Add(new JobExplained(c.Job, explanation));
        foreach (var victim in c.Victims)
            Finishing.Stop(draft, draft.State.Jobs.Current(victim)!, Preempted);
        return draft.Decide();
    }

    private static Fault? VictimFault(JobsState jobs, AttemptId victim, ImmutableArray<AttemptId> victims)
    {
        if (jobs.Current(victim) is not { } task || task is Stopping || jobs.Jobs[victim.Job] is not { Spec.IsBestEffort: true, Reservation: 0 })
            return Fault.Of("cannot-preempt", victim);
        var gang = jobs.Jobs[victim.Job];
        return gang.Spec.IsGang && gang.Tasks.Values.Any(t => t.Live is { } live && !victims.Contains(live.Id))
            ? Fault.Of("gang-split", victim.Job)
            : null;
    }
}
