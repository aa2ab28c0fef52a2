using System.Collections.Concurrent;
using System.Text;
using Meridian.Protocol.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class TelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traces_and_metrics_arrive_at_the_collector_of_the_environment()
    {
        var received = new ConcurrentQueue<(string Path, string Text)>();
        await using var collector = await StartCollectorAsync(received);
        await using var domain = await RunningDomain.StartAsync("test", new(collector.Urls.Single()));

        await domain.Client.GetSitesAsync(PageRequest.First, Cancellation);

        await RunningDomain.UntilAsync(
            () => Task.FromResult(received.Any(r =>
                r.Path.EndsWith("TraceService/Export", StringComparison.Ordinal)
                && r.Text.Contains("meridian-control", StringComparison.Ordinal) && r.Text.Contains("api/v1/sites", StringComparison.Ordinal))),
            "a trace has arrived");
        await RunningDomain.UntilAsync(
            () => Task.FromResult(received.Any(r =>
                r.Path.EndsWith("MetricsService/Export", StringComparison.Ordinal)
                && r.Text.Contains("meridian-control", StringComparison.Ordinal) && r.Text.Contains("meridian_journal_batches", StringComparison.Ordinal))),
            "a metric has arrived");
    }

    /// <summary>Takes everything, as a collector does, and answers as gRPC does: nothing, with a good status.</summary>
    private static async Task<WebApplication> StartCollectorAsync(ConcurrentQueue<(string Path, string Text)> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        var application = builder.Build();
        application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await application.StartAsync(Cancellation);
        return application;
    }
}
