using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Reasons;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Placements and quotes as the wire knows them, with the scheduler's reasons in words.</summary>
internal sealed class JobPlans(JobTransfers transfers)
{
    private const int TransfersMax = 200;

    public static (JobQuote Priced, Rest.Quote View) Quote(Call call, ProjectId project, JobSpec spec)
    {
        var priced = Scheduler.Quote(call.State, project, spec, call.Now);
        var why = new JobWhy(priced.Explanation, priced.Transfers, priced.PendingReason, []);
        var view = new Rest.Quote(
            View(call, project, spec, why, []), priced.Expected.ToString(), priced.HoldAtMost.ToString(), spec.TaskCount);
        return (priced, view);
    }

    /// <summary>Where the job is and why; where it would be now, and why it waits, when it waits.</summary>
    public Rest.Placement Why(Call call, Job job) =>
        View(call, job.Project, job.Spec, Scheduler.Explain(call.State, job.Id, call.Now), TransfersOf(call, job));

    public static string? PendingReason(Call call, Job job) =>
        Say(call, Scheduler.Explain(call.State, job.Id, call.Now).PendingReason);

    /// <summary>The latest placement, or nothing before the first.</summary>
    public Rest.Placement? Placed(Call call, Job job) => job.Explanation is { } explanation
        ? View(call, job.Project, job.Spec, new(explanation, [], PendingReason: null, []), TransfersOf(call, job))
        : null;

    private IEnumerable<Transfer> TransfersOf(Call call, Job job) => transfers.Of(call.State.Data, job.Id, TransfersMax);

    private static Rest.Placement View(Call call, ProjectId project, JobSpec spec, JobWhy why, IEnumerable<Transfer> ordered)
    {
        var candidates = why.Explanation?.Candidates ?? [];
        var chosen = candidates.FirstOrDefault(c => c.Pool == why.Explanation!.Chosen);
        return new(
            chosen?.Pool.Value, chosen?.Pool.Site.Value, chosen?.Start, chosen?.Finish, chosen?.Price?.ToString(),
            chosen?.CarbonGrams,
            [
                .. ordered.SelectMany(JobViews.TransferPlans),
                .. why.Transfers.Select(t => JobViews.TransferPlan(call.State, t)),
            ],
            [.. candidates.Select(candidate => View(call.Language, candidate))], JobViews.ObjectiveOf(spec), Say(call, why.PendingReason),
            [.. why.Changes.Select(change => Say(call, change)!)], Scheduler.Learned(call.State, project, spec)?.Say(call.Language));
    }

    private static Rest.Candidate View(Language language, CandidateRecord record) => new(
        record.Pool.Value, record.Pool.Site.Value, record.Verdict,
        ReasonTexts.Say(language, record.Reason, record.Particulars) + Said(language, record.Instead),
        record.Ready, record.Start, record.Finish,
        record.Price?.ToString(), record.CarbonGrams, record.LatencyMicroseconds / 1000d);

    private static string Said(Language language, AcceleratorsInstead? instead) => instead is not (var count, ((var workload, var model, var other), var factor))
        ? ""
        : new Phrase(
            $"; {count} × {other} in place of {model}, as one counts as {factor} for {workload}",
            $"；以 {count} × {other} 代替 {model}，就 {workload} 而言一个折合 {factor} 个").In(language);

    private static string? Say(Call call, Reason? reason) => reason is null ? null : ReasonTexts.Say(call.Language, reason);
}
