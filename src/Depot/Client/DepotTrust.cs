using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Protocol.Agents;

namespace Meridian.Depot;

/// <summary>By what a client knows a depot, and by what the depot knows the client.</summary>
/// <param name="Authority">The certificate of the domain's authority; no other one is trusted.</param>
/// <param name="ExpectedIdentity">
/// The SPIFFE ID that the depot must have, such as <c>spiffe://example/agent/a1</c>; null accepts any depot of the
/// domain.
/// </param>
/// <param name="OwnCertificate">
/// The certificate to show, with its private key; null for people, who have a ticket only.
/// </param>
public sealed record DepotTrust(X509Certificate2 Authority, string? ExpectedIdentity, X509Certificate2? OwnCertificate)
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>A handler of HTTP that talks to nobody else.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            certificate is X509Certificate2 shown && Accepts(shown, chain);
        if (OwnCertificate is { } own)
            handler.SslOptions.ClientCertificates = [own];
        return handler;
    }

    /// <summary>
    /// Whether the certificate is the expected depot's. The host's name does not matter: the identity does.
    /// </summary>
    /// <param name="certificate">What was shown.</param>
    /// <param name="shown">The chain that came with it; null for none.</param>
    public bool Accepts(X509Certificate2 certificate, X509Chain? shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUsage));
        if (shown is not null)
            chain.ChainPolicy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);

        return chain.Build(certificate)
            && (ExpectedIdentity is null || SpiffeIdentity.Of(certificate).Contains(ExpectedIdentity, StringComparer.Ordinal));
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new LargeReads(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static AuthenticationHeaderValue Authorization(string ticket) => new(DepotWire.TicketScheme, ticket);
}
