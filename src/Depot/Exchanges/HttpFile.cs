using System.Globalization;
using System.Net;

namespace Meridian.Depot;

/// <summary>A file that a server gives by HTTP (RFC 9110), in parts where it can.</summary>
internal sealed class HttpFile(HttpClient http, Uri url, string? authorization, string path) : IOutsideFile
{
    /// <summary>A date proves a version only when nothing can have changed within the same second later (RFC 9110, 8.8.2.2).</summary>
    private static readonly TimeSpan StrongDateAge = TimeSpan.FromMinutes(1);

    public string Address { get; } = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public string Path => path;

    public OutsideHead? Head => null;

    public async Task<OutsideRead> OpenAsync(ByteSpan span, string validator, SilenceWatch watch)
    {
        var request = Request(span, validator);
        var response = await watch.GuardAsync(
            token => new ValueTask<HttpResponseMessage>(http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)));
        try
        {
            var read = await ReadAsync(response, span);
            if (validator.Length > 0 && (!read.IsPart || read.Validator != validator))
                throw OutsideException.Of("outside-changed", Address);
            return read;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private HttpRequestMessage Request(ByteSpan span, string validator)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new("identity"));
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (span.From > 0 || span.Count is not null)
            request.Headers.Range = new(span.From, span.From + span.Count - 1);
        if (validator.Length > 0)
            request.Headers.TryAddWithoutValidation("If-Range", validator);
        return request;
    }

    private async Task<OutsideRead> ReadAsync(HttpResponseMessage response, ByteSpan span)
    {
        var range = response.Content.Headers.ContentRange;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return await OfAsync(response, isPart: false, response.Content.Headers.ContentLength);
            case HttpStatusCode.PartialContent when range is { HasRange: true, HasLength: true } && range.From == span.From && range.To < range.Length:
                return await OfAsync(response, isPart: true, range.Length);
            case HttpStatusCode.RequestedRangeNotSatisfiable when span.From == 0 && range is { Length: 0 }:
                return new(Stream.Null, IsPart: false, SizeBytes: 0, Validator: "", response.Content.Headers.LastModified, response);
            case HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed:
                throw OutsideException.Of("outside-changed", Address);
            default:
                throw OutsideAnswer.FaultOf(response.StatusCode, Address);
        }
    }

    private static async Task<OutsideRead> OfAsync(HttpResponseMessage response, bool isPart, long? sizeBytes) => new(
        await response.Content.ReadAsStreamAsync(), isPart, sizeBytes, ValidatorOf(response), response.Content.Headers.LastModified, response);

    private static string ValidatorOf(HttpResponseMessage response)
    {
        if (response.Headers.ETag is { IsWeak: false } tag)
            return tag.Tag;
        return response.Content.Headers.LastModified is { } modified && response.Headers.Date - modified >= StrongDateAge
            ? modified.ToString("r", CultureInfo.InvariantCulture)
            : "";
    }
}

/// <summary>What a store's status means for an exchange.</summary>
internal static class OutsideAnswer
{
    /// <param name="status">The status.</param>
    /// <param name="address">Who answered.</param>
    /// <param name="code">The store's own code, or nothing.</param>
    public static Exception FaultOf(HttpStatusCode status, string address, string? code = null) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => OutsideException.Of("outside-missing", address),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => OutsideException.Of("outside-forbidden", address, Told(status, code)),
        HttpStatusCode.PreconditionFailed => OutsideException.Of("outside-changed", address),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
            new LineBrokenException($"It answered {(int)status}.", inner: null),
        _ => OutsideException.Of("outside-refused", address, Told(status, code)),
    };

    private static string Told(HttpStatusCode status, string? code) => string.IsNullOrEmpty(code) ? $"{(int)status}" : $"{(int)status} {code}";
}
