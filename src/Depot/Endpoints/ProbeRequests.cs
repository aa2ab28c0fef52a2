using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Depot;

/// <summary>
/// Answers agents of the domain that measure the path to this depot: at once with nothing, or with so many bytes. What is
/// asked for tells nobody anything, so that the caller's certificate suffices and no ticket is needed.
/// </summary>
public static class ProbeRequests
{
    /// <summary>The most bytes in one answer.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    /// <summary>The most bytes in all answers together, in an hour.</summary>
    public const int BytesPerHour = 512 * 1024 * 1024;

    internal const string Path = DepotWire.Prefix + "/probe";

    /// <summary>The packets that this side of the connection has sent and lost, as "sent,lost".</summary>
    internal const string PacketsHeader = "Meridian-Packets";

    private static readonly byte[] Slice = new byte[64 * 1024];

    /// <summary>Maps the address for probes.</summary>
    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        var budget = new FixedWindowRateLimiter(new()
        {
            PermitLimit = BytesPerHour,
            Window = TimeSpan.FromHours(1),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
        routes.MapGet(Path, (HttpContext context) => AnswerAsync(context, budget));
    }

    private static async Task AnswerAsync(HttpContext context, FixedWindowRateLimiter budget)
    {
        if (context.Connection.ClientCertificate is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var text = context.Request.Query["bytes"].ToString();
        var bytes = 0;
        if (text.Length > 0 && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes > BytesMax))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var permit = bytes > 0 ? budget.AttemptAcquire(bytes) : null;
        if (permit is { IsAcquired: false })
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        await SendAsync(context, bytes);
    }

    private static async Task SendAsync(HttpContext context, int bytes)
    {
        var (sent, lost) = PacketCounts.Of(context.Features.Get<IConnectionSocketFeature>()?.Socket);
        context.Response.Headers[PacketsHeader] = string.Create(CultureInfo.InvariantCulture, $"{sent},{lost}");
        context.Response.ContentLength = bytes;
        try
        {
            for (var left = bytes; left > 0; left -= Slice.Length)
                await context.Response.Body.WriteAsync(Slice.AsMemory(0, Math.Min(left, Slice.Length)), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
    }
}
