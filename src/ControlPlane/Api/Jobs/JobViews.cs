using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.JobFiles;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Jobs as the wire knows them.</summary>
internal static class JobViews
{
    private const int EndpointsMax = 100;

    public static string StateOf(Job job) => job.Phase switch
    {
        JobPhase.Succeeded => "succeeded",
        JobPhase.Failed => "failed",
        JobPhase.Cancelled => "cancelled",
        _ => job.LiveCount > 0 ? "running" : "waiting",
    };

    public static Rest.JobSummary Summary(Job job, string? pendingReason = null)
    {
        var digest = JobDigest.Of(job);
        return new(
            job.Id, job.Spec.Name, job.Project.Value, job.User, StateOf(job), job.Spec.TaskCount, digest.Counts(job),
            job.SubmittedAt, digest.StartedAt, job.FinishedAt, [.. digest.Sites.Select(s => s.Value)],
            job.Money.Charged.ToString(), job.Money.Held.ToString(), pendingReason, job.Spec.Service is not null);
    }

    public static Rest.JobDetail Detail(Call call, Job job, JobPlans plans, Ledgers ledgers)
    {
        var state = call.State;
        var pending = job.WaitingCount > 0 ? JobPlans.PendingReason(call, job) : null;
        return new(
            Summary(job, pending), JobFile.Write(job.Spec), plans.Placed(call, job), Timeline.Of(job, call.Language),
            [.. OutputsOf(state, job)],
            [.. job.Tasks.Values.OfType<Running>().Select(t => t.Endpoint).Where(e => e.Length > 0).Take(EndpointsMax)],
            [.. ledgers.ChargesOf(state.Accounts, job.Id, ListQuery.LimitMax).Select(c => BillViews.Line(call, c))],
            job.Failure is { } failure ? EndTexts.Say(call.Language, failure) : null);
    }

    public static string ObjectiveOf(JobSpec spec) => spec.Objective switch
    {
        Objective.Cheapest => "cheapest",
        Objective.Fastest => "fastest",
        Objective.Greenest => "greenest",
        _ => "balanced",
    };

    private static IEnumerable<string> OutputsOf(DomainState state, Job job) =>
        from output in job.Spec.Outputs
        let known = state.Data.Datasets.GetValueOrDefault(Domain.DatasetId.Of(job.Project, output.Name))
        where known is not null
        from version in known.Versions
        where version.Job == job.Id
        select $"{output.Name}@{version.Number}";

    public static Rest.TransferPlan TransferPlan(DomainState state, PlannedTransfer planned) => new(
        planned.Label.Name, planned.From.Site.Value, planned.To.Site.Value, [.. planned.Links.Select(l => l.Value)],
        planned.Size.Bytes, planned.Rate.BitsPerSecond, planned.Start, planned.Finish, PriceOf(state, planned).ToString());

    public static IEnumerable<Rest.TransferPlan> TransferPlans(Transfer transfer) =>
        from hop in transfer.Hops
        let source = hop.Windows[0].Sources[0]
        select new Rest.TransferPlan(
            transfer.Dataset.Name, source.From.Site.Value, hop.To.Site.Value, [.. source.Links.Select(l => l.Value)],
            hop.Size.Bytes, source.Rate.BitsPerSecond, hop.Start, hop.Finish, hop.Price.ToString());

    private static Money PriceOf(DomainState state, PlannedTransfer planned) =>
        TransportPrice.Of(state.Network, planned.Size, planned.Links, planned.Start, planned.Finish);
}
