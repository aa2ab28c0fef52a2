using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;

namespace Meridian.Depot;

/// <summary>
/// The line to one depot: requests with a ticket, answers or failures of few kinds, patience within bounds.
/// </summary>
internal sealed class DepotLine(Uri depot, HttpClient http, DepotClientOptions options, TimeProvider clock)
{
    public Uri Depot => depot;

    /// <summary>The depot's address in words.</summary>
    public string Name { get; } = depot.ToString();

    /// <summary>Sends a request. The answer is a success, its body still to be read under the watch.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string ticket, HttpContent? content, SilenceWatch watch)
    {
        using var request = new HttpRequestMessage(method, new Uri(depot, path)) { Content = content };
        request.Headers.Authorization = DepotTrust.Authorization(ticket);

        // A refusal is then heard before megabytes are sent in vain.
        request.Headers.ExpectContinue = content is PacedContent;
        var response = await watch.GuardAsync(
            token => new ValueTask<HttpResponseMessage>(
                http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)));
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw await ExplainAsync(response, watch);
    }

    /// <summary>Watches for silence during one exchange.</summary>
    public SilenceWatch Watch(CancellationToken cancellation) => new(depot, options.SilenceMax, clock, cancellation);

    /// <summary>Runs something until it succeeds, fails for good, or the line has broken too often.</summary>
    public async Task<T> RetryAsync<T>(Func<SilenceWatch, Task<T>> attempt, CancellationToken cancellation)
    {
        for (var failureCount = 1; ; failureCount++)
        {
            try
            {
                using var watch = Watch(cancellation);
                return await attempt(watch);
            }
            catch (LineBrokenException fault)
            {
                await BackOffAsync(failureCount, fault, cancellation);
            }
        }
    }

    /// <summary>Waits before the next attempt, or gives up.</summary>
    public async Task BackOffAsync(int failureCount, LineBrokenException fault, CancellationToken cancellation)
    {
        if (failureCount >= options.FailureCountMax)
            throw new DepotUnreachableException(depot, fault);

        var doublings = Math.Min(failureCount - 1, 20);
        var wait = Math.Min(options.BackOffFirst.Ticks * (double)(1 << doublings), options.BackOffMax.Ticks);
        if (wait > 0)
            await Task.Delay(TimeSpan.FromTicks((long)wait), clock, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task<Exception> ExplainAsync(HttpResponseMessage response, SilenceWatch watch)
    {
        var status = response.StatusCode;
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        {
            return new LineBrokenException($"The depot answered {(int)status}.", inner: null);
        }

        var problem = await ReadProblemAsync(response, watch);
        return new DepotRefusedException(
            depot,
            status,
            problem?.Type ?? "about:blank",
            problem?.Detail ?? response.ReasonPhrase ?? "no reason given");
    }

    private static async Task<DepotProblem?> ReadProblemAsync(HttpResponseMessage response, SilenceWatch watch)
    {
        if (response.Content.Headers.ContentLength is > DepotWire.ProblemBytesMax
            || response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;

        try
        {
            await watch.GuardAsync(async token =>
            {
                await response.Content.LoadIntoBufferAsync(DepotWire.ProblemBytesMax, token);
                return true;
            });
            return await response.Content.ReadFromJsonAsync<DepotProblem>();
        }
        catch (Exception fault) when (fault is JsonException or LineBrokenException)
        {
            return null;
        }
    }
}

/// <summary>Notices when the other side says nothing, while waits of our own do not count.</summary>
internal sealed class SilenceWatch : IDisposable
{
    private readonly Uri _depot;
    private readonly TimeSpan _silenceMax;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    public SilenceWatch(Uri depot, TimeSpan silenceMax, TimeProvider clock, CancellationToken cancellation)
    {
        _depot = depot;
        _silenceMax = silenceMax;
        _cancellation = cancellation;
        _silence = new(Timeout.InfiniteTimeSpan, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _silence.Token);
    }

    public void Pause() => _silence.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Resume() => _silence.CancelAfter(_silenceMax);

    /// <summary>Does something on the line; what goes wrong there becomes one of few kinds of failure.</summary>
    public async ValueTask<T> GuardAsync<T>(Func<CancellationToken, ValueTask<T>> talk)
    {
        try
        {
            Resume();
            return await talk(_either.Token);
        }
        catch (HttpRequestException fault) when (fault.InnerException is AuthenticationException)
        {
            throw new DepotUntrustedException(_depot, fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new LineBrokenException(fault.Message, fault);
        }
        catch (OperationCanceledException fault) when (!_cancellation.IsCancellationRequested)
        {
            throw new LineBrokenException("The depot said nothing for " + _silenceMax + ".", fault);
        }
        finally
        {
            Pause();
        }
    }

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
