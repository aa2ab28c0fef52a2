using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Placements and quotes as the wire knows them, with the planner's reasons in words.</summary>
internal sealed class JobPlans(IPlanner planner, JobTransfers transfers)
{
    private const int TransfersMax = 200;

    public (PricedPlan Priced, Rest.Quote Quote) Quote(Call call, ProjectId project, JobSpec spec)
    {
        var priced = planner.Quote(call.State, project, spec, call.Now);
        var view = new Rest.Quote(
            View(call, spec, priced.Plan), priced.Expected.ToString(), priced.HoldAtMost.ToString(), spec.TaskCount);
        return (priced, view);
    }

    public Rest.Placement Why(Call call, Job job)
    {
        var plan = planner.Explain(call.State, job.Id, call.Now);
        return View(call, job.Spec, plan, transfers.Of(call.State.Data, job.Id, TransfersMax));
    }

    public string? PendingReason(Call call, Job job) =>
        planner.Explain(call.State, job.Id, call.Now).PendingReason?.In(call.IsChinese);

    /// <summary>The latest placement, or nothing before the first.</summary>
    public Rest.Placement? Placed(Call call, Job job) => job.Explanation is { } explanation
        ? View(call, job.Spec, new(explanation, [], PendingReason: null, []), transfers.Of(call.State.Data, job.Id, TransfersMax))
        : null;

    private Rest.Placement View(
        Call call, JobSpec spec, Plan plan, IEnumerable<Domain.Data.Transfer>? ordered = null)
    {
        var candidates = plan.Explanation?.Candidates ?? [];
        var chosen = candidates.FirstOrDefault(c => c.Pool == plan.Explanation!.Chosen);
        return new(
            chosen?.Pool.Value, chosen?.Pool.Site.Value, chosen?.Start, chosen?.Finish, chosen?.Price?.ToString(),
            chosen?.CarbonGrams,
            [
                .. (ordered ?? []).Select(JobViews.TransferPlan),
                .. plan.Transfers.Select(t => JobViews.TransferPlan(call.State, t)),
            ],
            [.. candidates.Select(View)], JobViews.ObjectiveOf(spec), plan.PendingReason?.In(call.IsChinese),
            [.. plan.Changes.Select(c => c.In(call.IsChinese))]);
    }

    private Rest.Candidate View(CandidateRecord record)
    {
        var words = planner.Say(record.Reason, record.Particulars);
        return new(
            record.Pool.Value, record.Pool.Site.Value, record.Verdict, words.English, words.Chinese, record.Ready, record.Start,
            record.Finish, record.Price?.ToString(), record.CarbonGrams, record.LatencyMicroseconds / 1000d);
    }
}
