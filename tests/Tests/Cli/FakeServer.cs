using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Protocol.Rest;

namespace Meridian.Tests.Cli;

/// <summary>A server in memory: answers by method and path, and remembers what it was asked.</summary>
internal sealed class FakeServer : HttpMessageHandler
{
    private readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage>> _routes = new(StringComparer.Ordinal);

    public List<string> Asked { get; } = [];

    public List<string> Bodies { get; } = [];

    public string? Token { get; private set; }

    public string? IdempotencyKey { get; private set; }

    public bool IsDown { get; init; }

    public FakeServer On(string route, object answer) => On(route, _ => Json(answer));

    public FakeServer On(string route, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _routes[route] = answer;
        return this;
    }

    public FakeServer Refuse(string route, HttpStatusCode status, params ProblemItem[] errors) =>
        On(route, _ => Json(
            new Problem("urn:meridian:problem:test", "It is refused", (int)status, "The reason is a test", errors),
            status,
            Problem.MediaType));

    public static HttpResponseMessage Json(
        object answer, HttpStatusCode status = HttpStatusCode.OK, string mediaType = "application/json") => new(status)
        {
            Content = new StringContent(JsonSerializer.Serialize(answer, RestJson.Options), Encoding.UTF8, mediaType),
        };

    public static HttpResponseMessage Text(string text) => Bytes(Encoding.UTF8.GetBytes(text), offset: 0);

    public static HttpResponseMessage Bytes(byte[] bytes, long offset)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };
        response.Content.Headers.ContentType = new("text/plain");
        response.Headers.Add("X-Log-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown)
            throw new HttpRequestException("connection refused");

        Asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        Token = request.Headers.Authorization?.Parameter;
        IdempotencyKey = request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null;
        if (request.Content is { } content)
            Bodies.Add(await content.ReadAsStringAsync(cancellationToken));
        var route = $"{request.Method} {request.RequestUri.AbsolutePath["/api/v1/".Length..]}";
        return _routes.TryGetValue(route, out var answer)
            ? answer(request)
            : Json(new Problem("urn:meridian:problem:not-found", "No such thing", 404, Detail: null, Errors: null),
                HttpStatusCode.NotFound, Problem.MediaType);
    }
}
