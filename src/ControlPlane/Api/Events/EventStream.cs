using System.Globalization;
using System.Text;
using System.Text.Json;
using Meridian.ControlPlane.Writer;
using Meridian.Journal.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>
/// Live news as server-sent events (WHATWG HTML, section 9.2). The identity of an event is the batch that it belongs to,
/// and only the last event of a batch carries it: who is cut off in the middle of a batch gets the whole batch again.
/// </summary>
internal sealed class EventStream(Followers followers, ApiOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>More news in one batch is told as one <c>reset</c>: look at everything again.</summary>
    private const int NewsPerBatchMax = 500;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/events", (Call call, EventStream stream, [AsParameters] FollowQuery query) => stream.Follow(call, query))
        .ForAnyone().WithTags("Events")
        .NamedText(
            "followEvents", "News of what the caller may see, as server-sent events; resumes after Last-Event-ID", "text/event-stream");

    /// <summary>What is followed, and since when.</summary>
    internal sealed record FollowQuery(
        [FromQuery(Name = "topics")] string? Topics, [FromHeader(Name = "Last-Event-ID")] string? LastEventId);

    private IResult Follow(Call call, FollowQuery query)
    {
        var topics = string.IsNullOrEmpty(query.Topics)
            ? EventNews.Topics
            : query.Topics.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (topics.FirstOrDefault(t => !EventNews.Topics.Contains(t)) is { } unknown)
            return Refusal.Of(
                "bad-request", $"There is no topic '{unknown}': use {string.Join(", ", EventNews.Topics)}.",
                $"没有主题“{unknown}”：可用 {string.Join("、", EventNews.Topics)}。");
        long? after = long.TryParse(query.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;
        return followers.TryEnter(call.Caller) is { } place
            ? new Stream(this, call, topics.ToHashSet(StringComparer.Ordinal), after, place)
            : Followers.TooMany();
    }

    private async Task SendAsync(Stream asked, IDisposable place)
    {
        using var held = place;
        var call = asked.Call;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, lifetime.ApplicationStopping);
        call.Http.Response.ContentType = "text/event-stream";
        call.Http.Response.Headers["X-Accel-Buffering"] = "no";
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            var latest = call.Domain.Latest.Sequence;
            var begin = Math.Min(asked.After ?? latest, latest);
            // Who has heard of more than there is remembers a journal that was replaced.
            var opening = asked.After > latest ? Event("reset", "{}", begin) : $"id: {begin}\n\n";
            await WriteAsync(call.Http, ": following\n" + opening, ending.Token);
            await FollowAsync(asked, begin, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller went away, or the server stops: either way the caller resumes by the last identity.
        }
    }

    private async Task FollowAsync(Stream asked, long after, CancellationTokenSource ending)
    {
        var batches = asked.Call.Domain.FollowAsync(after, ending.Token).GetAsyncEnumerator();
        var next = batches.MoveNextAsync().AsTask();
        try
        {
            while (asked.Call.Caller.IsGood(asked.Call.Domain.State(), time.GetUtcNow()))
            {
                if (!await ArrivesAsync(next, ending.Token))
                {
                    await WriteAsync(asked.Call.Http, $": heartbeat\nid: {after}\n\n", ending.Token);
                    continue;
                }

                if (!await next)
                    return;
                after = batches.Current.Sequence;
                if (Text(asked, batches.Current) is { Length: > 0 } text)
                    await WriteAsync(asked.Call.Http, text, ending.Token);
                next = batches.MoveNextAsync().AsTask();
            }

            await WriteAsync(asked.Call.Http, "event: signed-out\ndata: {}\n\n", ending.Token);
        }
        finally
        {
            // A follower that is still asked for its next batch may not be disposed of.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await batches.DisposeAsync();
        }
    }

    /// <summary>Whether the batch comes before a heartbeat is due.</summary>
    private async Task<bool> ArrivesAsync(Task<bool> next, CancellationToken cancellation)
    {
        try
        {
            await next.WaitAsync(options.Heartbeat, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static string Text(Stream asked, Published batch)
    {
        var news = new EventNews(batch.State, asked.Call.Caller);
        List<EventView> told =
        [
            .. batch.Events
                .Select(news.Of)
                .OfType<EventView>()
                .Where(n => asked.Topics.Contains(n.Topic))
                .Distinct()
                .Take(NewsPerBatchMax + 1),
        ];
        if (batch.Events.IsEmpty || told.Count > NewsPerBatchMax)
            return Event("reset", "{}", batch.Sequence);

        var text = new StringBuilder();
        for (var i = 0; i < told.Count; i++)
            text.Append(Event(
                told[i].Topic, JsonSerializer.Serialize(told[i], Rest.RestJson.Options),
                i == told.Count - 1 ? batch.Sequence : null));
        return text.ToString();
    }

    private static string Event(string name, string data, long? sequence) =>
        (sequence is { } id ? $"id: {id}\n" : "") + $"event: {name}\ndata: {data}\n\n";

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken cancellation)
    {
        await http.Response.WriteAsync(text, cancellation);
        await http.Response.Body.FlushAsync(cancellation);
    }

    private sealed record Stream(EventStream Owner, Call Call, IReadOnlySet<string> Topics, long? After, IDisposable Place) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Owner.SendAsync(this, Place);
    }
}
