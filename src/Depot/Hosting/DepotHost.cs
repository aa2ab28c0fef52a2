using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Meridian.Depot;

/// <summary>Where a depot listens, and how it proves who it is.</summary>
public sealed record DepotHostOptions
{
    /// <summary>What it serves, and to whom.</summary>
    public required DepotOptions Depot { get; init; }

    /// <summary>The address to listen at.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>The certificate with its private key, asked for at each connection so that it can be renewed.</summary>
    public required Func<X509Certificate2> Certificate { get; init; }

    /// <summary>
    /// Judges the certificate of a caller that shows one, as other depots do; people with only a ticket show none.
    /// </summary>
    public required Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool> CallerIsTrusted { get; init; }

    /// <summary>The number by which the kernel knows a circuit that leads to the certificate's owner; none where nobody marks.</summary>
    public Func<long, X509Certificate2, int?>? CircuitNumber { get; init; }

    /// <summary>
    /// How the system adapts the rate of what is sent, such as <c>bbr</c> or <c>cubic</c> on Linux; null, or one that the
    /// system does not offer, for the system's own choice. <c>bbr</c> unless stated: losses that are no congestion do not
    /// slow it down.
    /// </summary>
    public string? CongestionControl { get; init; } = "bbr";

    /// <summary>The most connections at once; 1024 unless stated.</summary>
    public long ConnectionCountMax { get; init; } = 1024;
}

/// <summary>A depot that listens for HTTPS.</summary>
public sealed class DepotHost : IAsyncDisposable
{
    // What is encrypted and what is sent wait for each other the less often, the more may lie between them.
    private const int BufferBytes = 1024 * 1024;

    private const int TcpLevel = 6;
    private const int TcpCongestion = 13;

    private readonly WebApplication _application;

    private DepotHost(WebApplication application, Uri url)
    {
        _application = application;
        Url = url;
    }

    /// <summary>Where it listens, with the port that was chosen.</summary>
    public Uri Url { get; }

    /// <summary>Starts to listen.</summary>
    public static async Task<DepotHost> StartAsync(
        DepotStore store,
        DepotHostOptions options,
        TimeProvider clock,
        ILoggerFactory loggers,
        CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore()
            .UseSockets(sockets =>
            {
                sockets.CreateBoundListenSocket = at => Listen(at, options.CongestionControl);
                sockets.MaxWriteBufferSize = BufferBytes;
            })
            .ConfigureKestrel(kestrel => Configure(kestrel, options));
        var application = builder.Build();
        if (options.CircuitNumber is { } numberOf)
            application.UseCircuits(numberOf);
        application.UseRouting();
        application.MapDepot(store, options.Depot, clock, loggers.CreateLogger<DepotHost>());
        application.MapProbes();
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        return new(application, new Uri(addresses!.Addresses.First()));
    }

    /// <summary>Lets running requests end, for a few seconds, and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    private static Socket Listen(EndPoint at, string? congestionControl)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(at);
        if (congestionControl is null || !OperatingSystem.IsLinux())
            return socket;
        try
        {
            // What is accepted here inherits it.
            socket.SetRawSocketOption(TcpLevel, TcpCongestion, Encoding.ASCII.GetBytes(congestionControl));
        }
        catch (SocketException)
        {
            // The system does not offer it.
        }

        return socket;
    }

    private static void Configure(KestrelServerOptions kestrel, DepotHostOptions host)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = host.ConnectionCountMax;
        kestrel.Limits.MaxResponseBufferSize = BufferBytes;
        kestrel.Limits.MaxRequestBodySize = DepotWire.PackBytesMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Listen(host.Address, host.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificateSelector = (_, _) => host.Certificate(),
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = host.CallerIsTrusted,
                HandshakeTimeout = TimeSpan.FromSeconds(10),
            });
        });
    }
}
