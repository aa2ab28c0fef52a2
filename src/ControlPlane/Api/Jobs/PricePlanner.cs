using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>Stands in for the scheduler until it is there: prices every pool that is up, and chooses the cheapest.</summary>
internal sealed class PricePlanner : IPlanner
{
    public PricedPlan Quote(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now)
    {
        var priced = state.Sites.Pools.Values
            .Where(pool => !pool.IsDraining)
            .Select(pool => (Pool: pool, PerSecond: Pricing.PerSecond(state.Sites.Sites[pool.Id.Site], pool, spec.Resources, now)))
            .OrderBy(entry => entry.PerSecond.Amount)
            .ToList();
        if (priced.Count == 0)
            return new(new(Explanation: null, [], new("there are no pools yet: let an agent join", "还没有资源池：请先让代理加入"), []), Money.Zero(), Money.Zero());

        var (best, perSecond) = priced[0];
        var runTime = Pricing.RunTime(best, spec);
        var explanation = new Explanation(
            best.Id, now, [.. priced.Select(entry => Candidate(entry.Pool, best, entry.PerSecond, spec, now))]);
        return new(
            new(explanation, [], PendingReason: null, []),
            (perSecond * (decimal)runTime.TotalSeconds * spec.TaskCount).RoundedUp(),
            (perSecond * (decimal)spec.Timeout.TotalSeconds * spec.TaskCount).RoundedUp());
    }

    public Plan Explain(DomainState state, long job, DateTimeOffset now)
    {
        var known = state.Jobs.Jobs[job];
        return known.WaitingCount == 0
            ? new(known.Explanation, [], PendingReason: null, [])
            : Quote(state, known.Project, known.Spec, now).Plan with { PendingReason = new("waits to be placed", "等待放置") };
    }

    public Wording Say(string code, ImmutableArray<string> particulars) => new(code, code);

    private static CandidateRecord Candidate(Pool pool, Pool best, Money perSecond, JobSpec spec, DateTimeOffset now)
    {
        var isChosen = pool.Id == best.Id;
        var runTime = Pricing.RunTime(pool, spec);
        return new(
            pool.Id, isChosen ? "chosen" : "eligible", isChosen ? "chosen" : "dearer", [], now, now, now + runTime,
            (perSecond * (decimal)runTime.TotalSeconds).RoundedUp(), CarbonGrams: 0, LatencyMicroseconds: null);
    }
}
