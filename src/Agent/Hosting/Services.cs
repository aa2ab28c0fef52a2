using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>The services that run on a node: where each of them listens, and whether it is well.</summary>
internal sealed class Services(IPAddress address, TimeProvider time)
{
    private const int FailuresMax = 3;
    private readonly ConcurrentDictionary<string, string> _endpoints = new(StringComparer.Ordinal);

    /// <summary>How often a service is asked until it is well for the first time.</summary>
    internal TimeSpan PauseBefore { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it is asked from then on.</summary>
    internal TimeSpan PauseAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the service can be reached; nothing for what is no service.</summary>
    internal string EndpointOf(string id) => _endpoints.GetValueOrDefault(id, "");

    /// <summary>
    /// The variables that tell a service where to listen: <c>HOST</c>, and <c>PORT</c>, which is the order's, or a free one
    /// that is noted in the folder, so that it is the same when the agent comes back to the service.
    /// </summary>
    internal IEnumerable<KeyValuePair<string, string>> Open(string id, StartAttempt order, string folder)
    {
        var port = order.ServicePort != 0 ? order.ServicePort : PortOf(Path.Combine(folder, "port"));
        _endpoints[id] = $"http://{new IPEndPoint(address, port)}";
        return [new("HOST", address.ToString()), new("PORT", port.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>The service is over.</summary>
    internal void Close(string id) => _endpoints.TryRemove(id, out _);

    /// <summary>Returns when the service answers at the path with success; false when it is over before.</summary>
    internal async Task<bool> IsWellAsync(string id, string path, CancellationToken cancellation)
    {
        using var http = NewClient();
        while (_endpoints.TryGetValue(id, out var endpoint))
        {
            if (await AnswersAsync(http, endpoint + path, cancellation))
                return true;
            await Task.Delay(PauseBefore, time, cancellation);
        }

        return false;
    }

    /// <summary>Returns when a service that was well has failed to answer several times in a row; false when it is over before.</summary>
    internal async Task<bool> IsSickAsync(string id, string path, CancellationToken cancellation)
    {
        using var http = NewClient();
        var failures = 0;
        while (failures < FailuresMax)
        {
            await Task.Delay(PauseAfter, time, cancellation);
            if (!_endpoints.TryGetValue(id, out var endpoint))
                return false;
            failures = await AnswersAsync(http, endpoint + path, cancellation) ? 0 : failures + 1;
        }

        return true;
    }

    // A connection of its own each time, as a new user of the service has.
    private static HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(2),
    };

    private static async Task<bool> AnswersAsync(HttpClient http, string url, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private int PortOf(string note)
    {
        if (File.Exists(note) && int.TryParse(File.ReadAllText(note), NumberStyles.None, CultureInfo.InvariantCulture, out var known))
            return known;
        using var listener = new TcpListener(address, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Directory.CreateDirectory(Path.GetDirectoryName(note)!);
        File.WriteAllText(note, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }
}
