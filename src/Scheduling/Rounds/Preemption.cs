using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Rounds;

/// <summary>
/// Looks for best-effort tasks that can make room for a job that finds none: where the fewest stop, then where the least work
/// is lost, then by the job's objective. A job whose data is not there yet stops nobody.
/// </summary>
internal static class Preemption
{
    /// <summary>The placements with those that make room for them; nothing where waiting is better, or nobody can.</summary>
    internal static (PlaceTasks Command, PendingReason Reason)? Plan(
        OptionFinder finder, Placing placing, Choice choice, Yielders yielders, int count, DateTimeOffset now)
    {
        var (job, jobs, terms) = placing;
        if (job.Spec.IsBestEffort || job.Reservation != 0 || choice.Best is { IsDeferred: true } or { Held: not null } || !yielders.IsAny)
            return null;
        (RoomPlan Plan, Option Option)? best = null;
        foreach (var candidate in jobs.Candidates.Where(c => c.IsEligible))
        {
            var option = finder.AtOnce(jobs, candidate, terms.WaitingCount);
            if (terms.Broken(option, job.Spec.IsGang) is not null
                || (choice.Best is { } waiting && jobs.Weighing!.Compare(option, waiting) >= 0))
                continue;
            foreach (var place in Places.Of(jobs, candidate.View))
            {
                var making = new RoomMaking(yielders, candidate.Shape, node => jobs.Spread?.At(node) != 0 && IsDataAt(finder.State, jobs, node));
                if (making.Plan(place, Math.Min(count, terms.AffordableCount(option)), job.Spec.IsGang) is { } plan
                    && (best is null || Compare(jobs, (plan, option), best.Value) < 0))
                    best = (plan, option);
            }
        }

        return best is { } found ? Propose(finder, placing, found.Plan, found.Option, now) : null;
    }

    /// <summary>Why the job waits whose room is being made.</summary>
    internal static PendingReason Waiting(Claim claim) => new(
        ReasonCodes.WaitsForYield,
        [claim.Placements[0].Node.Pool.Value, claim.Victims.Count.ToString(CultureInfo.InvariantCulture)]);

    private static int Compare(JobClass jobs, (RoomPlan Plan, Option Option) left, (RoomPlan Plan, Option Option) right)
    {
        var cost = (left.Plan.StopCount, left.Plan.LostWork).CompareTo((right.Plan.StopCount, right.Plan.LostWork));
        return cost != 0 ? cost : jobs.Weighing!.Compare(left.Option, right.Option);
    }

    private static (PlaceTasks, PendingReason) Propose(
        OptionFinder finder, Placing placing, RoomPlan plan, Option option, DateTimeOffset now)
    {
        var (job, jobs, terms) = placing;
        var placements = job.WaitingTasks()
            .Zip(plan.Seats, (task, seat) => new TaskPlacement(task, seat.Node, seat.Shares, option.Finish))
            .ToImmutableArray();
        var explanation = job.Explanation?.Chosen == option.Candidate.Pool.Id ? null : Account.Give(finder, jobs, terms, option, now);
        ImmutableArray<AttemptId> victims = [.. plan.Victims.SelectMany(v => v.Attempts).Select(a => a.Id)];
        return (
            new(job.Id, placements, [], explanation, placing.IsOverdueTurn, victims),
            new(ReasonCodes.WaitsForYield, [option.Candidate.Pool.Id.Value, victims.Length.ToString(CultureInfo.InvariantCulture)]));
    }

    private static bool IsDataAt(Domain.Machine.DomainState state, JobClass jobs, NodeId node) =>
        jobs.Parts.All(p => state.Data.HoldersOf(p.Part.Root).Contains(node));
}
