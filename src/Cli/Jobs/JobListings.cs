using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>How jobs and their parts are listed.</summary>
internal static class JobListings
{
    public static readonly Listing<JobSummary> Jobs = new(
        job => Id(job.Id),
        new(Texts.ColumnId, job => Id(job.Id)),
        new(Texts.ColumnName, job => job.Name),
        new(Texts.ColumnProject, job => job.Project),
        new(Texts.ColumnState, job => job.State) { IsWord = true },
        new(Texts.ColumnTasks, job => $"{Ended(job)}/{job.TaskCount}"),
        new(Texts.ColumnSites, job => Shown.Words(job.Sites)),
        new(Texts.ColumnCost, job => job.Cost),
        new(Texts.ColumnSubmitted, job => Shown.At(job.SubmittedAt)),
        new(Texts.ColumnHeld, job => job.Held) { IsWide = true },
        new(Texts.ColumnOwner, job => job.Owner) { IsWide = true },
        new(Texts.ColumnStarted, job => Shown.At(job.StartedAt)) { IsWide = true },
        new(Texts.ColumnFinished, job => Shown.At(job.FinishedAt)) { IsWide = true },
        new(Texts.ColumnReason, job => job.PendingReason) { IsWide = true });

    public static readonly Listing<JobDetail> Detail = new(
        job => Id(job.Summary.Id),
        new(Texts.ColumnId, job => Id(job.Summary.Id)),
        new(Texts.ColumnName, job => job.Summary.Name),
        new(Texts.ColumnProject, job => job.Summary.Project),
        new(Texts.ColumnOwner, job => job.Summary.Owner),
        new(Texts.ColumnState, job => job.Summary.State) { IsWord = true },
        new(Texts.ColumnTasks, job => $"{Ended(job.Summary)}/{job.Summary.TaskCount}"),
        new(Texts.ColumnSites, job => Shown.Words(job.Summary.Sites)),
        new(Texts.ColumnCost, job => job.Summary.Cost),
        new(Texts.ColumnHeld, job => job.Summary.Held),
        new(Texts.ColumnSubmitted, job => Shown.At(job.Summary.SubmittedAt)),
        new(Texts.ColumnStarted, job => Shown.At(job.Summary.StartedAt)),
        new(Texts.ColumnFinished, job => Shown.At(job.Summary.FinishedAt)),
        new(Texts.ColumnReason, job => job.Failure ?? job.Summary.PendingReason),
        new(Texts.ColumnEndpoint, job => Shown.Words(job.Endpoints)),
        new(Texts.ColumnOutputs, job => Shown.Words(job.OutputDatasets)));

    public static readonly Listing<JobEventView> Timeline = new(
        step => step.Kind,
        new(Texts.ColumnAt, step => Shown.At(step.At)),
        new(Texts.ColumnEvent, step => step.Kind) { IsWord = true },
        new(Texts.ColumnTask, step => step.Task?.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnSite, step => step.Site),
        new(Texts.ColumnText, step => step.Text));

    public static readonly Listing<TaskView> Tasks = new(
        task => task.Index.ToString(CultureInfo.InvariantCulture),
        new(Texts.ColumnTask, task => task.Index.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnState, task => task.State) { IsWord = true },
        new(Texts.ColumnAttempt, task => task.Attempt.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnSite, task => task.Site),
        new(Texts.ColumnNode, task => task.Node),
        new(Texts.ColumnExit, task => task.ExitCode?.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnStaging, task => Shown.Seconds(task.StagingSeconds)),
        new(Texts.ColumnRunning, task => Shown.Seconds(task.RunSeconds)),
        new(Texts.ColumnCost, task => task.Cost),
        new(Texts.ColumnReason, task => task.Detail ?? task.Reason),
        new(Texts.ColumnPool, task => task.Pool) { IsWide = true },
        new(Texts.ColumnStarted, task => Shown.At(task.StartedAt)) { IsWide = true },
        new(Texts.ColumnFinished, task => Shown.At(task.FinishedAt)) { IsWide = true },
        new(Texts.ColumnMoved, task => Shown.Size(task.BytesMoved)) { IsWide = true },
        new(Texts.ColumnIsolated, task => Shown.Flag(task.Sandboxed)) { IsWide = true, IsWord = true },
        new(Texts.ColumnEndpoint, task => task.Endpoint) { IsWide = true });

    public static readonly Listing<TransferPlan> Transfers = new(
        plan => plan.Dataset,
        new(Texts.ColumnName, plan => plan.Dataset),
        new(Texts.ColumnFrom, plan => plan.FromSite),
        new(Texts.ColumnTo, plan => plan.ToSite),
        new(Texts.ColumnSize, plan => Shown.Size(plan.Bytes)),
        new(Texts.ColumnBandwidth, plan => new Primitives.Bandwidth(plan.BitsPerSecond).ToString()),
        new(Texts.ColumnStart, plan => Shown.At(plan.Start)),
        new(Texts.ColumnFinish, plan => Shown.At(plan.Finish)),
        new(Texts.ColumnPrice, plan => plan.Price));

    public static readonly Listing<Candidate> Candidates = new(
        candidate => candidate.Pool,
        new(Texts.ColumnPool, candidate => candidate.Pool),
        new(Texts.ColumnSite, candidate => candidate.Site),
        new(Texts.ColumnVerdict, candidate => candidate.Verdict) { IsWord = true },
        new(Texts.ColumnPrice, candidate => candidate.Price),
        new(Texts.ColumnStart, candidate => Shown.At(candidate.Start)),
        new(Texts.ColumnFinish, candidate => Shown.At(candidate.Finish)),
        new(Texts.ColumnCarbon, candidate => candidate.CarbonGrams is { } grams ? Shown.Number(grams) : ""),
        new(Texts.ColumnWhy, candidate => candidate.LostBy),
        new(Texts.ColumnReady, candidate => Shown.At(candidate.Ready)) { IsWide = true },
        new(Texts.ColumnLatency, candidate => candidate.LatencyMilliseconds is { } ms ? Shown.Number(ms) + "ms" : "") { IsWide = true });

    public static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static int Ended(JobSummary job) => job.Tasks.Succeeded + job.Tasks.Failed + job.Tasks.Cancelled;
}
