using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Tests.Depot;

/// <summary>What a server outside the domain was asked, and how it is to behave.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();

    private OutsideServer(WebApplication app) => _app = app;

    /// <summary>What the one file holds.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>The file's entity tag; nothing for none.</summary>
    public string? Tag { get; set; } = "\"one\"";

    public DateTimeOffset? ModifiedAt { get; set; } = new(2020, 2, 3, 4, 5, 6, TimeSpan.Zero);

    public bool GivesRanges { get; init; } = true;

    /// <summary>Asked before each answer, with the number of the request from 1; true when it has answered itself.</summary>
    public Func<int, HttpContext, Task<bool>> Before { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>How many bytes the answer to the request with the number gives before the line is cut; nothing for all.</summary>
    public Func<int, int?> CutAfter { get; set; } = _ => null;

    /// <summary>The ranges asked for, in order; nothing where the whole file was.</summary>
    public List<string?> Asked { get; } = [];

    /// <summary>The bytes of bodies that were handed to the line.</summary>
    public long SentBytes { get; private set; }

    public Uri Url => new(_app.Urls.Single() + "/data/scene.bin");

    public static async Task<OutsideServer> StartAsync(byte[] content, CancellationToken cancellation, bool givesRanges = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new OutsideServer(app) { Content = content, GivesRanges = givesRanges };
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellation);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var range = http.Request.GetTypedHeaders().Range?.Ranges.Single();
        int number;
        lock (_gate)
        {
            Asked.Add(range is null ? null : $"{range.From}-{range.To}");
            number = Asked.Count;
        }

        if (await Before(number, http))
            return;
        if (Tag is not null)
            http.Response.Headers.ETag = Tag;
        if (ModifiedAt is { } modified)
            http.Response.Headers.LastModified = modified.ToString("r", CultureInfo.InvariantCulture);
        var ifRange = http.Request.Headers.IfRange.ToString();
        var mayRange = GivesRanges && (ifRange.Length == 0 || ifRange == Tag || ifRange == ModifiedAt?.ToString("r", CultureInfo.InvariantCulture));
        if (range is null || !mayRange)
        {
            await SendAsync(http, number, Content);
            return;
        }

        if (Content.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            http.Response.Headers.ContentRange = "bytes */0";
            return;
        }

        var (from, to) = ((int)range.From!.Value, (int)Math.Min(range.To ?? long.MaxValue, Content.Length - 1));
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange = $"bytes {from}-{to}/{Content.Length}";
        await SendAsync(http, number, Content.AsMemory(from, to - from + 1));
    }

    private async Task SendAsync(HttpContext http, int number, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentLength = body.Length;
        var cut = CutAfter(number);
        var sent = body[..Math.Min(body.Length, cut ?? body.Length)];
        lock (_gate)
            SentBytes += sent.Length;
        await http.Response.Body.WriteAsync(sent);
        await http.Response.Body.FlushAsync();
        if (cut is not null)
            http.Abort();
    }
}
