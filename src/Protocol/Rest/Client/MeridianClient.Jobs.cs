using System.Globalization;
using System.Text;

namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    private const string YamlType = "application/yaml";

    /// <summary>Submits a job file.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="fileName">The name that faults carry.</param>
    /// <param name="cancellation">Stops waiting; the job may have been taken all the same.</param>
    public Task<Submitted> SubmitAsync(string yaml, string fileName, CancellationToken cancellation) =>
        ReadAsync<Submitted>(
            WriteRequest(HttpMethod.Post, "jobs" + Query(("fileName", fileName)), Yaml(yaml)), cancellation);

    /// <summary>Says what a submission would answer, and submits nothing.</summary>
    public Task<Quote> TryAsync(string yaml, string fileName, CancellationToken cancellation) =>
        ReadAsync<Quote>(
            WriteRequest(HttpMethod.Post, "jobs" + Query(("fileName", fileName), ("dryRun", "true")), Yaml(yaml)), cancellation);

    /// <summary>The price of a job file.</summary>
    public Task<Quote> QuoteAsync(string yaml, string fileName, CancellationToken cancellation) =>
        ReadAsync<Quote>(
            WriteRequest(HttpMethod.Post, "quotes" + Query(("fileName", fileName)), Yaml(yaml)), cancellation);

    public Task<WhatIfAnswer> WhatIfAsync(WhatIfQuestion question, CancellationToken cancellation) =>
        WriteAsync<WhatIfAnswer>(HttpMethod.Post, "what-if", question, cancellation);

    public Task<Page<JobSummary>> GetJobsAsync(JobFilter filter, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<JobSummary>>(
            "jobs" + Query(
                ("state", filter.State), ("project", filter.Project), ("name", filter.Name),
                ("sort", page.Sort), ("limit", Text(page.Limit)), ("cursor", page.Cursor)),
            cancellation);

    public Task<JobDetail> GetJobAsync(long id, CancellationToken cancellation) =>
        GetAsync<JobDetail>($"jobs/{id}", cancellation);

    public Task<Page<TaskView>> GetTasksAsync(long id, string? state, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<TaskView>>(
            $"jobs/{id}/tasks" + Query(
                ("state", state), ("sort", page.Sort), ("limit", Text(page.Limit)), ("cursor", page.Cursor)),
            cancellation);

    public Task<Placement> WhyAsync(long id, CancellationToken cancellation) =>
        GetAsync<Placement>($"jobs/{id}/why", cancellation);

    public Task CancelAsync(long id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"jobs/{id}/cancel", body: null, cancellation);

    public Task RetryAsync(long id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"jobs/{id}/retry", body: null, cancellation);

    /// <summary>Opens a task's log; whoever asked disposes it.</summary>
    public async Task<TaskLog> OpenLogAsync(LogRequest log, CancellationToken cancellation)
    {
        var path = $"jobs/{log.Job}/tasks/{log.Task}/log" + Query(
            ("attempt", Text(log.Attempt)), ("offset", log.Offset.ToString(CultureInfo.InvariantCulture)),
            ("follow", log.Follow ? "true" : null));
        var response = await SendAsync(
            Request(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead, cancellation);
        var offset = response.Headers.TryGetValues("X-Log-Offset", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var told)
                ? told
                : log.Offset;
        return new(response, offset);
    }

    /// <summary>Opens the stream of live updates; whoever asked disposes it.</summary>
    public Task<HttpResponseMessage> OpenEventsAsync(string topics, string? lastEventId, CancellationToken cancellation)
    {
        var request = Request(HttpMethod.Get, "events" + Query(("topics", topics)));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static StringContent Yaml(string text) => new(text, Encoding.UTF8, YamlType);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Which page of a list. Null leaves it to the server.</summary>
public sealed record PageRequest(string? Cursor = null, int? Limit = null, string? Sort = null)
{
    public static PageRequest First { get; } = new();
}

/// <summary>Which jobs. Null and empty mean any.</summary>
public sealed record JobFilter(string? State = null, string? Project = null, string? Name = null);

/// <summary>Which part of which log. Attempt null is the last one.</summary>
public sealed record LogRequest(long Job, int Task, int? Attempt, long Offset, bool Follow);

/// <summary>An open log.</summary>
/// <param name="response">Where it comes from.</param>
/// <param name="offset">The place in the log of the first byte that comes.</param>
public sealed class TaskLog(HttpResponseMessage response, long offset) : IDisposable
{
    public long Offset => offset;

    public Task<Stream> OpenAsync(CancellationToken cancellation) => response.Content.ReadAsStreamAsync(cancellation);

    public void Dispose() => response.Dispose();
}
