using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Which jobs a list is about.</summary>
internal sealed record JobFilter(
    [FromQuery(Name = "state")] string? State, [FromQuery(Name = "project")] string? Project, [FromQuery(Name = "name")] string? Name)
{
    public bool Takes(Job job) =>
        (string.IsNullOrEmpty(State) || string.Equals(State, JobViews.StateOf(job), StringComparison.Ordinal))
        && (string.IsNullOrEmpty(Project) || string.Equals(Project, job.Project.Value, StringComparison.Ordinal))
        && (string.IsNullOrEmpty(Name) || job.Spec.Name.Contains(Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether only jobs that are not over can be in the list.</summary>
    public bool IsActiveOnly => State is "waiting" or "running";
}

/// <summary>Jobs: read, ended, tried again. How they are handed in is <see cref="JobSubmission"/>.</summary>
internal static class JobEndpoints
{
    private static readonly string[] Order = ["-id", "submittedAt"];
    private static readonly string[] TaskOrder = ["index"];

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.JobSummary>>("listJobs", "Jobs, the newest first");
        jobs.MapGet("/{id:long}", Get).ForAnyone().Named<Rest.JobDetail>("getJob", "A job with its placement, life and costs");
        jobs.MapGet("/{id:long}/tasks", ListTasks).ForAnyone().Named<Rest.Page<Rest.TaskView>>("listTasks", "A job's tasks");
        jobs.MapGet("/{id:long}/why", Why).ForAnyone().Named<Rest.Placement>("explainJob", "Why a job is where it is, or why it waits");
        jobs.MapPost("/{id:long}/cancel", CancelAsync).ForMembers().Named("cancelJob", "Ends a job");
        jobs.MapPost("/{id:long}/retry", RetryAsync).ForMembers().Named("retryJob", "Gives the tasks that did not succeed another chance");
        routes.MapGet("/job.schema.json", () => Results.Text(JobSchema.Text, "application/schema+json"))
            .ForAnyone().Named<object>("getJobSchema", "The JSON Schema of the job file").WithTags("Jobs");
    }

    /// <summary>The job, if the caller may know of it.</summary>
    public static Job? Find(Call call, long id) =>
        call.State.Jobs.Jobs.TryGet(id, out var job) && call.Caller.Sees(call.State, job) ? job : null;

    public static Refusal Missing(long id) => Refusal.Missing("job", $"There is no job {id}.", $"没有作业 {id}。");

    private static IResult List(Call call, [AsParameters] JobFilter filter, [AsParameters] ListQuery query)
    {
        var slice = NumberedListing.Slice(
            query, Order, (from, isDescending) => Entries(call, filter, from, isDescending),
            job => filter.Takes(job) && call.Caller.Sees(call.State, job), out var refusal);
        return slice is null
            ? refusal!
            : Results.Ok(new Rest.Page<Rest.JobSummary>([.. slice.Items.Select(e => JobViews.Summary(e.Value))], slice.NextCursor));
    }

    private static IEnumerable<KeyValuePair<long, Job>> Entries(Call call, JobFilter filter, long? from, bool isDescending)
    {
        var jobs = call.State.Jobs;
        if (!filter.IsActiveOnly)
            return isDescending ? jobs.Jobs.DownFrom(from ?? long.MaxValue) : jobs.Jobs.From(from ?? 0);

        var active = isDescending ? jobs.Active.Reverse() : jobs.Active;
        return active
            .Where(id => from is null || (isDescending ? id <= from : id >= from))
            .Select(id => KeyValuePair.Create(id, jobs.Jobs[id]));
    }

    private static IResult Get(Call call, long id, JobPlans plans, Ledgers ledgers) =>
        Find(call, id) is { } job ? Results.Ok(JobViews.Detail(call, job, plans, ledgers)) : Missing(id);

    private static IResult ListTasks(
        Call call, long id, [FromQuery(Name = "state")] string? state, [AsParameters] ListQuery query, JobTransfers transfers)
    {
        if (Find(call, id) is not { } job)
            return Missing(id);
        var slice = NumberedListing.Slice(
            query, TaskOrder, (from, isDescending) => Indexes(job, from, isDescending),
            index => string.IsNullOrEmpty(state) || string.Equals(state, StateOf(job, index), StringComparison.Ordinal),
            out var refusal);
        if (slice is null)
            return refusal!;
        var moved = transfers.BytesMoved(call.State.Data, id);
        return Results.Ok(new Rest.Page<Rest.TaskView>(
            [.. slice.Items.Select(e => TaskViews.View(call, job, e.Value, moved))], slice.NextCursor));
    }

    private static string StateOf(Job job, int index) =>
        TaskFacts.StateOf(job, job.Tasks.TryGet(index, out var task) ? task : null);

    private static IEnumerable<KeyValuePair<long, int>> Indexes(Job job, long? from, bool isDescending)
    {
        var last = job.Spec.TaskCount - 1;
        if (isDescending)
        {
            for (var index = Math.Min(from ?? last, last); index >= 0; index--)
                yield return new(index, (int)index);
        }
        else
        {
            for (var index = from ?? 0; index <= last; index++)
                yield return new(index, (int)index);
        }
    }

    private static IResult Why(Call call, long id, JobPlans plans) =>
        Find(call, id) is { } job ? Results.Ok(plans.Why(call, job)) : Missing(id);

    private static Task<IResult> CancelAsync(Call call, long id) => CommandAsync(call, id, new CancelJob(id));

    private static Task<IResult> RetryAsync(Call call, long id) => CommandAsync(call, id, new RetryJob(id));

    private static Task<IResult> CommandAsync(Call call, long id, DomainCommand command) =>
        Find(call, id) is null ? Task.FromResult<IResult>(Missing(id)) : call.DecideAsync(command);
}
