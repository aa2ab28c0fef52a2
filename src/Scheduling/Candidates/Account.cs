using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Candidates;

/// <summary>Gives the account of a choice: every pool, and by what it lost.</summary>
internal static class Account
{
    /// <summary>The records of all candidates; the chosen option is nothing where none was.</summary>
    internal static Explanation Give(
        OptionFinder finder, JobClass jobs, JobTerms terms, Option? chosen, DateTimeOffset now)
    {
        var records = ImmutableArray.CreateBuilder<CandidateRecord>(jobs.Candidates.Length);
        foreach (var candidate in jobs.Candidates)
            records.Add(Record(finder, jobs, terms, candidate, chosen));
        return new(chosen?.Candidate.Pool.Id ?? new PoolId(""), now, records.MoveToImmutable());
    }

    private static CandidateRecord Record(
        OptionFinder finder, JobClass jobs, JobTerms terms, Candidate candidate, Option? chosen)
    {
        if (!candidate.IsEligible)
            return Refused(candidate, candidate.Refusals[0].Reason, option: null);
        if (chosen is not null && chosen.Candidate == candidate)
            return Of(candidate, "chosen", new(ReasonCodes.Chosen, []), chosen);

        Option? best = null;
        (Option Option, Refusal Refusal)? nearest = null;
        foreach (var option in finder.Find(jobs, candidate, terms.WaitingCount))
        {
            if (terms.Broken(option, jobs.Spec.IsGang) is { } broken)
                nearest ??= (option, broken);
            else if (best is null || jobs.Weighing!.Compare(option, best) < 0)
                best = option;
        }

        if (best is not null)
            return Of(candidate, "eligible", chosen is null ? Waiting(best) : LostBy(jobs, best, chosen), best);
        return nearest is { } near
            ? Refused(candidate, near.Refusal.Reason, near.Option)
            : Refused(candidate, Unbringable(jobs, candidate), option: null);
    }

    /// <summary>Why a pool that satisfies every constraint still has no way to run the job.</summary>
    private static Reason Unbringable(JobClass jobs, Candidate candidate) =>
        jobs.Place is { } place && Places.Of(jobs, candidate.View).Count == 0 ? new(ReasonCodes.TasksElsewhere, [place])
        : Crowded(jobs, [candidate]) is { } crowded ? crowded
        : jobs.Parts.IsEmpty ? new(ReasonCodes.GangTooLarge, [Text(jobs.Spec.TaskCount), "0"])
        : jobs.Closed is { } tenant ? new(ReasonCodes.Quota, [tenant.Value, "bandwidth"])
        : new(ReasonCodes.InputUnreachable, [jobs.Parts[0].Label.Name, candidate.View.Site.Id.Value]);

    /// <summary>Why no eligible pool has a way to run another task of the class.</summary>
    internal static PendingReason Nowhere(JobClass jobs) => Crowded(jobs, jobs.Candidates.Where(c => c.IsEligible)) ?? Closed(jobs) ?? new(
        ReasonCodes.NoCandidate,
        [
            Text(jobs.Candidates.Length),
            jobs.Place is not null ? ReasonCodes.TasksElsewhere
            : jobs.Parts.IsEmpty ? ReasonCodes.GangTooLarge : ReasonCodes.InputUnreachable,
        ]);

    /// <summary>That the inputs are elsewhere and the tenant has no bandwidth at any hour; nothing where that is not so.</summary>
    private static PendingReason? Closed(JobClass jobs) =>
        jobs.Closed is { } tenant && jobs.Place is null && !jobs.Parts.IsEmpty ? new(ReasonCodes.Quota, [tenant.Value, "bandwidth"]) : null;

    /// <summary>That the job's own tasks are there already, as many as its spread allows; nothing where they are not.</summary>
    private static PendingReason? Crowded(JobClass jobs, IEnumerable<Candidate> candidates) =>
        jobs.Spread is { } spread && candidates.All(c => c.View.Nodes.All(n => spread.At(n.Node.Id) == 0))
            ? new(ReasonCodes.Crowded, [Text(spread.Spread.Max), spread.Spread.Over.ToString().ToLowerInvariant()])
            : null;

    internal static PendingReason Waiting(Option option) => option.Held is { } held ? new(ReasonCodes.WaitsForBandwidth, [held.Tenant.Value, Moment(held.Until)]) : new(
        option.IsNow ? ReasonCodes.InQueue : option.IsDeferred ? ReasonCodes.WaitsForData : ReasonCodes.WaitsForCapacity,
        option.IsNow
            ? [option.Candidate.Pool.Id.Value]
            : [option.Candidate.Pool.Id.Value, Moment(option.Start)]);

    /// <summary>Why a task waits that a plan of the batch holds back until the moment.</summary>
    internal static PendingReason Held(PoolId pool, DateTimeOffset until) =>
        new(ReasonCodes.WaitsForCapacity, [pool.Value, Moment(until)]);

    private static Reason LostBy(JobClass jobs, Option lost, Option chosen) => jobs.Spec.Objective switch
    {
        Objective.Cheapest when lost.Price > chosen.Price => new(ReasonCodes.Dearer, [lost.Price.ToString(), chosen.Price.ToString()]),
        Objective.Greenest when lost.CarbonGrams > chosen.CarbonGrams =>
            new(ReasonCodes.MoreCarbon, [Text(lost.CarbonGrams), Text(chosen.CarbonGrams)]),
        Objective.Fastest when lost.Finish > chosen.Finish => new(ReasonCodes.Later, [Moment(lost.Finish), Moment(chosen.Finish)]),
        Objective.Balanced when jobs.Weighing!.BalanceOf(lost) > jobs.Weighing.BalanceOf(chosen) =>
            new(ReasonCodes.WorseBalance, [Text(jobs.Weighing.BalanceOf(lost)), Text(jobs.Weighing.BalanceOf(chosen))]),
        _ when lost.Price > chosen.Price => new(ReasonCodes.Dearer, [lost.Price.ToString(), chosen.Price.ToString()]),
        _ when lost.Finish > chosen.Finish => new(ReasonCodes.Later, [Moment(lost.Finish), Moment(chosen.Finish)]),
        _ => new(ReasonCodes.Tie, [chosen.Candidate.Pool.Id.Value]),
    };

    private static CandidateRecord Refused(Candidate candidate, Reason reason, Option? option) =>
        Of(candidate, "refused", reason, option);

    private static CandidateRecord Of(Candidate candidate, string verdict, Reason reason, Option? option) => new(
        candidate.Pool.Id, verdict, reason.Code, reason.Particulars, option?.Ready, option?.Start, option?.Finish,
        option?.Price, option?.CarbonGrams ?? 0, candidate.LatencyMicroseconds,
        candidate is { Equivalence: { } equal, Shape.Demand.Accelerators: { } taken } ? new(taken.Count, equal) : null);

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
