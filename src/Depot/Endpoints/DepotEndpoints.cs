using System.Threading.RateLimiting;
using Meridian.Datasets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Meridian.Depot;

/// <summary>The addresses of a depot. Every one of them asks for a ticket.</summary>
public static class DepotEndpoints
{
    /// <summary>Maps the depot's addresses below <c>/depot/v1</c>.</summary>
    public static void MapDepot(
        this IEndpointRouteBuilder routes,
        DepotStore store,
        DepotOptions options,
        TimeProvider clock,
        ILogger logger)
    {
        if (options.Faults().FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(options));

        var desk = new RequestDesk(options, clock, logger);
        var reading = new ReadRequests(store);
        var writing = new WriteRequests(store, new UploadBudgets(clock));
        var group = routes.MapGroup(DepotWire.Prefix);
        group.MapMethods("/manifests/{root}", [HttpMethods.Head], desk.Serve(DepotOperation.Read, ReadRequests.GreetAsync));
        group.MapGet("/manifests/{root}", desk.Serve(DepotOperation.Read, reading.SendManifestAsync));
        group.MapGet("/holdings/{root}", desk.Serve(DepotOperation.Read, reading.SendHoldingsAsync));
        group.MapPost("/packs", desk.Serve(DepotOperation.Read, reading.SendPackAsync));
        group.MapGet("/files/{root}/{**path}", desk.Serve(DepotOperation.Read, reading.SendFileAsync));
        group.MapPost("/missing", desk.Serve(DepotOperation.Write, writing.TellMissingAsync));
        group.MapPut("/packs", desk.Serve(DepotOperation.Write, writing.TakePackAsync));
        group.MapPut("/chunks/{hash}", desk.Serve(DepotOperation.Write, writing.TakeChunkAsync));
        group.MapPut("/manifests/{root}", desk.Serve(DepotOperation.Write, writing.TakeManifestAsync));
    }
}

/// <summary>What all requests have in common: their turn, their ticket and the answer when they fail.</summary>
internal sealed class RequestDesk(DepotOptions options, TimeProvider clock, ILogger logger)
{
    private readonly TicketGate _gate = new(options, clock);

    private readonly ConcurrencyLimiter _turns = new(new()
    {
        PermitLimit = options.RequestCountMax,
        QueueLimit = options.WaitingCountMax,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public RequestDelegate Serve(DepotOperation operation, Func<HttpContext, DepotTicket, Task> serve) =>
        async context =>
        {
            try
            {
                // Who has no ticket does not even get to wait.
                var ticket = _gate.Admit(context, operation);
                using var turn = await _turns.AcquireAsync(1, context.RequestAborted);
                if (!turn.IsAcquired)
                    throw Refusal.Busy();
                await serve(context, ticket);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The caller has gone.
            }
            catch (Exception fault) when (Explain(fault) is { } refusal)
            {
                await AnswerAsync(context, refusal.Problem);
            }
        };

    private static Refusal? Explain(Exception fault) => fault switch
    {
        Refusal refusal => refusal,
        DepotFullException full => Refusal.Full(full),
        ChunkCorruptException corrupt => Refusal.Damaged(corrupt.Message),
        ChunkMissingException missing => Refusal.Missing([new(missing.Hash, 0)], missing.Message),
        BadHttpRequestException bad => Refusal.Malformed(bad.Message),
        EndOfStreamException => Refusal.Malformed("The request's body ended too early."),
        _ => null,
    };

    private async Task AnswerAsync(HttpContext context, DepotProblem problem)
    {
        logger.LogInformation(
            "Refused {Method} with {Status} {Type}", context.Request.Method, problem.Status, problem.Type);
        if (context.Response.HasStarted)
        {
            // Half of a body is out, so the only honest answer is to break the line.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = DepotWire.TicketScheme;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsJsonAsync(
            problem, options: null, contentType: "application/problem+json", context.RequestAborted);
    }
}

/// <summary>Reading what a request says, within its limits.</summary>
internal static class RequestBody
{
    public static string Route(this HttpContext context, string name) =>
        context.Request.RouteValues[name] as string ?? "";

    public static ManifestRoot Root(this HttpContext context) =>
        ManifestRoot.TryParse(context.Route("root"), out var root)
            ? root
            : throw Refusal.Malformed("A root is 64 lower-case hexadecimal digits.");

    /// <summary>The stated length of the body, which is at most the limit.</summary>
    public static int StatedLength(this HttpContext context, int bytesMax)
    {
        var length = context.Request.ContentLength ?? throw Refusal.LengthRequired();
        if (length > bytesMax)
            throw Refusal.TooLarge("The body has " + length + " bytes; at most " + bytesMax + " are accepted.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = bytesMax;
        return (int)length;
    }

    public static async Task<(List<ChunkHash> Hashes, ChunkList List)> ReadListAsync(this HttpContext context, int countMax)
    {
        context.StatedLength(DepotWire.ListBytesMax);
        ChunkList? list;
        try
        {
            list = await context.Request.ReadFromJsonAsync<ChunkList>(context.RequestAborted);
        }
        catch (Exception fault) when (fault is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw Refusal.Malformed("The body is not a JSON object with a list 'chunks'.");
        }

        if (list?.Chunks is null)
            throw Refusal.Malformed("The body has no list 'chunks'.");
        if (list.Chunks.Count > countMax)
            throw Refusal.TooLarge("The list has " + list.Chunks.Count + " chunks; the limit is " + countMax + ".");
        List<ChunkHash> hashes = [.. list.Chunks
            .Select(text => ChunkHash.TryParse(text, out var hash)
                ? hash
                : throw Refusal.Malformed("A chunk's hash is 64 lower-case hexadecimal digits."))
            .Distinct()];
        return (hashes, list);
    }
}
