using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Meridian.ControlPlane.Api;

/// <summary>A task's log, as it is or as it grows.</summary>
internal sealed class LogEndpoint(
    IAttemptLogs logs, Followers followers, ApiOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int ChunkBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/jobs/{id:long}/tasks/{index:int}/log", (Call call, LogEndpoint log, [AsParameters] LogQuery query) =>
            log.Read(call, query))
        .ForAnyone().WithTags("Jobs")
        .NamedText(
            "readLog", "A task's log from an offset; a negative one counts from its end. With follow=true it goes on until the attempt ended",
            "text/plain");

    /// <summary>Which part of which log.</summary>
    internal sealed record LogQuery(
        [FromRoute(Name = "id")] long Id, [FromRoute(Name = "index")] int Index, [FromQuery(Name = "attempt")] int? Attempt,
        [FromQuery(Name = "offset")] long? Offset, [FromQuery(Name = "follow")] bool? Follow);

    private IResult Read(Call call, LogQuery query)
    {
        if (JobEndpoints.Find(call, query.Id) is not { } job)
            return JobEndpoints.Missing(query.Id);
        if (query.Index < 0 || query.Index >= job.Spec.TaskCount)
            return NoAttempt($"Job {query.Id} has no task {query.Index}.", $"作业 {query.Id} 没有任务 {query.Index}。");
        var latest = job.Tasks.TryGet(query.Index, out var task) ? task.AttemptNumber : 0;
        if (query.Attempt is { } asked && (asked < 1 || asked > latest))
            return NoAttempt(
                $"Task {query.Index} of job {query.Id} had {latest} attempt(s) so far.",
                $"作业 {query.Id} 的任务 {query.Index} 至今有 {latest} 次尝试。");
        if (latest == 0 && query.Follow != true)
            return NoAttempt(
                $"Task {query.Index} of job {query.Id} has not been placed yet: follow the log, or ask later.",
                $"作业 {query.Id} 的任务 {query.Index} 尚未放置：请跟踪日志，或稍后再试。");
        if (query.Follow != true)
            return new Stream(http => SendAsync(call, query, http.RequestAborted));
        return followers.TryEnter(call.Caller) is { } place
            ? new Stream(http => FollowAsync(call, query, place))
            : Followers.TooMany();
    }

    private static Refusal NoAttempt(string english, string chinese) => Refusal.Missing("attempt", english, chinese);

    private async Task SendAsync(Call call, LogQuery query, CancellationToken cancellation)
    {
        var attempt = AttemptOf(call, query)!.Value;
        using var file = OpenFile(attempt);
        var length = file?.Length ?? 0;
        var from = Begin(query, length);
        Head(call, from);
        call.Http.Response.ContentLength = Math.Max(0, length - from);
        if (file is not null)
            await CopyAsync(file, from, length, call.Http.Response.Body, cancellation);
    }

    private async Task FollowAsync(Call call, LogQuery query, IDisposable place)
    {
        using var held = place;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, lifetime.ApplicationStopping);
        var cancellation = ending.Token;
        var body = call.Http.Response.Body;
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            var attempt = await PlacedAsync(call, query, cancellation);
            var from = 0L;
            using (var file = attempt is null ? null : OpenFile(attempt.Value))
                from = Begin(query, file?.Length ?? 0);
            Head(call, from);
            await body.FlushAsync(cancellation);
            if (attempt is { } followed)
                await GrowAsync(call, followed, from, cancellation);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The server stops: what was sent stands, and the caller asks again from there.
        }
    }

    /// <summary>The attempt, as soon as there is one; nothing when the job is over without it.</summary>
    private async Task<AttemptId?> PlacedAsync(Call call, LogQuery query, CancellationToken cancellation)
    {
        while (true)
        {
            if (AttemptOf(call, query) is { } attempt)
                return attempt;
            if (call.Domain.State().Jobs.Jobs[query.Id].Phase != JobPhase.Active || !IsGood(call))
                return null;
            await Task.Delay(options.LogPoll, time, cancellation);
        }
    }

    private async Task GrowAsync(Call call, AttemptId attempt, long from, CancellationToken cancellation)
    {
        var grownAt = DateTimeOffset.MinValue;
        while (IsGood(call))
        {
            // Asked before the file is read: what is whole now is whole in the file.
            var (isComplete, endedAt) = (logs.IsComplete(attempt), EndedAt(call, attempt));
            var next = from;
            using (var file = OpenFile(attempt))
            {
                if (file is not null && file.Length > from)
                    next = await CopyAsync(file, from, file.Length, call.Http.Response.Body, cancellation);
            }

            var now = time.GetUtcNow();
            if (next > from)
            {
                await call.Http.Response.Body.FlushAsync(cancellation);
                (from, grownAt) = (next, now);
            }

            if (endedAt is { } end && (isComplete || now - (end > grownAt ? end : grownAt) >= options.LogGrace))
                return;
            await Task.Delay(options.LogPoll, time, cancellation);
        }
    }

    private bool IsGood(Call call) => call.Caller.IsGood(call.Domain.State(), time.GetUtcNow());

    /// <summary>When the attempt ended; the smallest time where only later attempts are remembered; nothing while it lives.</summary>
    private static DateTimeOffset? EndedAt(Call call, AttemptId attempt)
    {
        var jobs = call.Domain.State().Jobs;
        if (jobs.Current(attempt) is not null)
            return null;
        return jobs.Jobs[attempt.Job].Tasks[attempt.Task] switch
        {
            Ended ended when ended.Attempt.Id == attempt => ended.At,
            Requeued requeued when requeued.LastAttempt == attempt.Number => requeued.At,
            _ => DateTimeOffset.MinValue,
        };
    }

    private static AttemptId? AttemptOf(Call call, LogQuery query)
    {
        if (query.Attempt is { } asked)
            return new(query.Id, query.Index, asked);
        return call.Domain.State().Jobs.Jobs[query.Id].Tasks.TryGet(query.Index, out var task)
            ? new AttemptId(query.Id, query.Index, task.AttemptNumber)
            : null;
    }

    private static void Head(Call call, long from)
    {
        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        call.Http.Response.Headers["X-Log-Offset"] = from.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static long Begin(LogQuery query, long length) => query.Offset switch
    {
        null => 0,
        < 0 and var back => Math.Max(0, length + back),
        { } offset => offset,
    };

    private FileStream? OpenFile(AttemptId attempt)
    {
        if (logs.PathOf(attempt) is not { } path || !File.Exists(path))
            return null;
        return new(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
    }

    private static async Task<long> CopyAsync(
        FileStream file, long from, long to, System.IO.Stream target, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkBytes];
        file.Position = Math.Min(from, file.Length);
        while (from < to)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, to - from)), cancellation);
            if (count == 0)
                break;
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
            from += count;
        }

        return from;
    }

    private sealed class Stream(Func<HttpContext, Task> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
    }
}
