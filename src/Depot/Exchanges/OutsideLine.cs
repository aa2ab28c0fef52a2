using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// The way out of the domain: HTTP that reaches only what the settings allow. What counts is the address that is really
/// connected to, so neither a name that points inwards nor a redirection leads into the operator's own network.
/// </summary>
internal static class OutsideLine
{
    private const int RedirectionCountMax = 5;

    public static HttpClient CreateClient(OutsideSettings settings, bool followsRedirections)
    {
        var client = new HttpClient(CreateHandler(settings, followsRedirections)) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("meridian-depot", "1"));
        return client;
    }

    private static SocketsHttpHandler CreateHandler(OutsideSettings settings, bool followsRedirections) => new()
    {
        AllowAutoRedirect = followsRedirections,
        MaxAutomaticRedirections = RedirectionCountMax,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false, // A proxy would connect to where we must not.
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
        ConnectCallback = (context, cancellation) => ConnectAsync(settings, context.DnsEndPoint, cancellation),
    };

    private static async ValueTask<Stream> ConnectAsync(OutsideSettings settings, DnsEndPoint host, CancellationToken cancellation)
    {
        if (!settings.MayName(host))
            throw Denied(host);
        IPAddress[] addresses = IPAddress.TryParse(host.Host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellation);
        var reachable = settings.IsNamed(host) ? addresses : [.. addresses.Where(PublicAddress.Is)];
        if (addresses.Length > 0 && reachable.Length == 0)
            throw Denied(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, host.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static OutsideException Denied(DnsEndPoint host) => new(Reason.Of("outside-denied", $"{host.Host}:{host.Port}"), inner: null);
}
