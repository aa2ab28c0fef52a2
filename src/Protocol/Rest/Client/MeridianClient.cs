using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Meridian.Primitives;

namespace Meridian.Protocol.Rest;

/// <summary>
/// The typed client of a domain's REST interface. Every refusal is a <see cref="RefusedException"/> and every failure of
/// the line an <see cref="UnreachableException"/>. A write that failed on the line may be repeated with the same key.
/// </summary>
/// <param name="http">The transport. Its base address is the server, such as <c>http://127.0.0.1:7400/</c>.</param>
/// <param name="token">The bearer token, or empty.</param>
/// <param name="newKey">Makes the key of a write that must not happen twice.</param>
public sealed partial class MeridianClient(HttpClient http, string token, Func<string> newKey)
{
    /// <summary>The version of the interface that this client speaks.</summary>
    public const string Prefix = "api/v1/";

    private const int ProblemBytesMax = 1 << 20;

    /// <summary>The language of the texts in answers. Default English.</summary>
    public Language Language { get; init; }

    /// <summary>The server that is asked.</summary>
    public Uri Server => http.BaseAddress ?? throw new InvalidOperationException("The client has no base address.");

    public Task<Identity> WhoAmIAsync(CancellationToken cancellation) => GetAsync<Identity>("whoami", cancellation);

    /// <summary>The certificate of the domain's authority, in PEM.</summary>
    public Task<string> GetAuthorityAsync(CancellationToken cancellation) =>
        ReadTextAsync(Request(HttpMethod.Get, "authority"), cancellation);

    /// <summary>The version of the server, as it says it.</summary>
    public Task<JsonElement> GetVersionAsync(CancellationToken cancellation) =>
        GetAsync<JsonElement>("version", cancellation);

    internal static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new List<string>();
        foreach (var (name, value) in parts)
            if (!string.IsNullOrEmpty(value))
                query.Add($"{name}={Uri.EscapeDataString(value)}");
        return query.Count == 0 ? "" : "?" + string.Join('&', query);
    }

    private static string Escaped(string part) => Uri.EscapeDataString(part);

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        ReadAsync<T>(Request(HttpMethod.Get, path), cancellation);

    private Task<T> WriteAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation) =>
        ReadAsync<T>(WriteRequest(method, path, JsonOf(body)), cancellation);

    private async Task WriteAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var response = await SendAsync(
            WriteRequest(method, path, JsonOf(body)), HttpCompletionOption.ResponseContentRead, cancellation);
    }

    private static JsonContent? JsonOf(object? body) =>
        body is null ? null : JsonContent.Create(body, body.GetType(), mediaType: null, RestJson.Options);

    private HttpRequestMessage WriteRequest(HttpMethod method, string path, HttpContent? content)
    {
        var request = Request(method, path);
        request.Content = content;
        request.Headers.Add("Idempotency-Key", newKey());
        return request;
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Prefix + path, UriKind.Relative));
        request.Headers.AcceptLanguage.Add(new(Language.Tag()));
        if (token.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(RestJson.Options, cancellation)
                ?? throw new JsonException("The answer is null.");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new UnreachableException(Server, fault, "the answer is not what a Meridian server says; check the address");
        }
    }

    private async Task<string> ReadTextAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, completion, cancellation);
        }
        catch (HttpRequestException fault)
        {
            throw new UnreachableException(Server, fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new UnreachableException(Server, fault, "no answer in time");
        }
        finally
        {
            request.Dispose();
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new RefusedException(await ReadProblemAsync(response, cancellation));
    }

    private static async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var plain = new Problem("about:blank", $"{status} {response.ReasonPhrase}".TrimEnd(), status, Detail: null, Errors: null);
        if (response.Content.Headers is not { ContentType.MediaType: Problem.MediaType or "application/json" }
            || response.Content.Headers.ContentLength > ProblemBytesMax)
            return plain;
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(RestJson.Options, cancellation);
            return problem is null ? plain : problem with { Title = problem.Title ?? plain.Title, Status = status };
        }
        catch (JsonException)
        {
            return plain;
        }
    }
}
