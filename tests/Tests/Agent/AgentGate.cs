using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Meridian.Agent.Hosting;
using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Security;
using Meridian.ControlPlane.Writer;
using Meridian.Domain.Sites;
using Meridian.Protocol.Agents;
using Meridian.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Meridian.Tests.Agent;

/// <summary>Where agents enrol and renew, over real TLS on the loopback address, with a clock that the test moves.</summary>
internal sealed class AgentGate : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meridian-gate-");
    private readonly Authority _authority;
    private readonly FakeDomain _domain;
    private readonly WebApplication _app;

    private AgentGate()
    {
        _authority = Authority.Open(Path.Combine(_folder.FullName, "authority"), "test", Time);
        _domain = new(Time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = _authority.IssueServer(["127.0.0.1"], TimeSpan.FromDays(365));
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_authority).AddSingleton(new AgentLinkServices(
            _domain, new(), Logs: null!, Fetches: null!, Exchanges: null!, Tickets: null!, Paths: null!, Circuits: null!, Time, new WriterOptions()));
        _app = builder.Build();
        _app.MapGrpcService<AgentLinkService>();
    }

    internal MovableTime Time { get; } = new();

    internal string Address => _app.Urls.Single();

    internal Node Node => _domain.Latest.State.Sites.Nodes[new("here/default/head")];

    internal static async Task<AgentGate> OpenAsync()
    {
        var gate = new AgentGate();
        gate._domain.Do(new DeclareSite(new(
            new("here"), "here", "test", "edge", "here", "", Latitude: 0, Longitude: 0, Pue: 1, [.. new double[24]], [.. new decimal[24]])));
        await gate._app.StartAsync();
        return gate;
    }

    /// <summary>An agent that has joined.</summary>
    internal Task<AgentIdentity> JoinAsync()
    {
        var (token, secret) = JoinTokenText.Create(Address, _authority.Fingerprint, new("here"));
        _domain.Do(new IssueJoinToken(secret, new("here"), TimeSpan.FromMinutes(10)));
        return AgentIdentity.OpenAsync(OptionsOf(token), Time, CancellationToken.None);
    }

    /// <summary>The same agent after a restart.</summary>
    internal Task<AgentIdentity> ReopenAsync() => AgentIdentity.OpenAsync(OptionsOf(token: null), Time, CancellationToken.None);

    /// <summary>Whoever shows the certificate, whatever he thinks of the server's.</summary>
    internal AgentLink.AgentLinkClient Stranger(X509Certificate2 own)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        handler.SslOptions.ClientCertificates = [own];
        return new(GrpcChannel.ForAddress(Address, new() { HttpHandler = handler, DisposeHttpClient = true }));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private AgentOptions OptionsOf(string? token) => new() { DataDirectory = Path.Combine(_folder.FullName, "head"), JoinToken = token, Node = "head" };
}
