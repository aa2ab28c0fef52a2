using System.Net;
using System.Net.Sockets;
using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Placement;
using Meridian.ControlPlane.Security;
using Meridian.ControlPlane.Writer;
using Meridian.Journal;
using Meridian.Journal.Sqlite;
using Meridian.Journal.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Meridian.ControlPlane.Hosting;

/// <summary>The control plane as a whole, in one process.</summary>
public static class ControlPlaneHost
{
    private static readonly TimeSpan ServerCertificateLifetime = TimeSpan.FromDays(90);

    // The folder of the data is the host's root: watching it for changed settings would see every write of the journal.
    private static readonly string[] NoWatching = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>
    /// Starts a control plane and returns when it is ready. <c>FirstToken</c> is the operator's token on a first start
    /// and nothing later. The application is stopped by the caller.
    /// </summary>
    public static async Task<(WebApplication Application, string? FirstToken)> StartAsync(
        ControlPlaneOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellation)
    {
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));

        // Jobs, their logs and the authority's key are nobody else's on this machine.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(options.DataDirectory);
        else
            Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = options.DataDirectory, Args = NoWatching });
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        var authority = Authority.Open(Path.Combine(options.DataDirectory, "authority"), options.Domain, TimeProvider.System);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, authority));
        builder.WebHost.UseKestrelHttpsConfiguration();
        AddServices(builder.Services, options, authority);
        builder.Host.UseOrleans(silo => AddSilo(silo));
        builder.Services.AddSingleton<FirstStart>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FirstStart>());

        var application = builder.Build();

        // Opened before anything else starts, so that a journal that cannot be read ends the start with its own words.
        application.Services.GetRequiredService<IJournal>();
        Map(application, options);
        try
        {
            await application.StartAsync(cancellation);
            return (application, application.Services.GetRequiredService<FirstStart>().Token);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    private static void AddServices(IServiceCollection services, ControlPlaneOptions options, Authority authority)
    {
        var logs = Path.Combine(options.DataDirectory, "logs");
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(authority);
        services.AddSingleton(new WriterOptions { Lease = options.Lease });
        services.AddSingleton<IJournal>(_ => new SqliteJournal(Path.Combine(options.DataDirectory, "journal.db")));
        services.AddSingleton<StateFeed>();
        services.AddSingleton<IDomain, GrainDomain>();
        services.AddSingleton(new AttemptLogs(logs));
        services.AddSingleton<AgentSessions>();
        services.AddSingleton<FetchBook>();
        services.AddSingleton<IFetchProgress>(s => s.GetRequiredService<FetchBook>());
        services.AddSingleton<ExchangeBook>();
        services.AddSingleton<IExchangeProgress>(s => s.GetRequiredService<ExchangeBook>());
        services.AddSingleton<DepotTickets>();
        services.AddSingleton<IDepotTickets>(s => s.GetRequiredService<DepotTickets>());
        services.AddSingleton<ITicketIssuer>(s => s.GetRequiredService<DepotTickets>());
        services.AddSingleton<IUploadProof>(s => s.GetRequiredService<DepotTickets>());
        services.AddSingleton<IJoinTokens, JoinTokenMaker>();
        services.AddSingleton<IAttemptLogs, LogFiles>();
        services.AddSingleton<INodeLoads, NodeLoads>();
        services.AddSingleton(options.Probes);
        services.AddSingleton<PathMeters>();
        services.AddSingleton<CircuitReports>();
        services.AddSingleton<ICircuitReports>(s => s.GetRequiredService<CircuitReports>());
        services.AddSingleton<AgentLinkServices>();
        services.AddSingleton(options.Planning);
        services.AddSingleton<BatchPlanning>();
        services.AddSingleton<WriterClock>();
        services.AddHostedService<SchedulingLoop>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 8 << 20);
        services.AddMeridianApi(new() { DomainName = options.Domain, Version = Version });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        AddTelemetry(services, options);
    }

    private static void AddTelemetry(IServiceCollection services, ControlPlaneOptions options)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("meridian-control", serviceVersion: Version))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter(DomainMetrics.Name).AddPrometheusExporter());
        services.AddHostedService<DomainMetrics>();
        if (options.Telemetry is null)
            return;
        var collector = new Uri(options.Telemetry);
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(exporter => exporter.Endpoint = collector));
        telemetry.WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddOtlpExporter(exporter => exporter.Endpoint = collector));
    }

    /// <summary>The product's version.</summary>
    public static string Version { get; } = typeof(ControlPlaneHost).Assembly.GetName().Version!.ToString(3);

    private static void AddSilo(ISiloBuilder silo)
    {
        // One silo that nobody else joins: any free port of the loopback address will do, and there is no gateway.
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
    }

    private static int FreePort()
    {
        // Not one of those that the system gives to outgoing connections: one of them could take it before the silo does.
        const int first = 12_000, last = 32_000;
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(first, last));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: another will do.
            }
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ControlPlaneOptions options, Authority authority)
    {
        var certificate = authority.IssueServer(HostsOf(options), ServerCertificateLifetime);
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Listen, listen =>
        {
            // Off the loopback address tokens never travel in the clear.
            if (!IPAddress.IsLoopback(options.Listen.Address))
                listen.UseHttps(certificate);
        });
        kestrel.Listen(options.AgentListen, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                // Each call judges the certificate itself, for enrolment has none and a renewal may have an expired one.
                https.AllowAnyClientCertificate();
            });
        });
    }

    private static List<string> HostsOf(ControlPlaneOptions options)
    {
        List<string> hosts = ["localhost", "127.0.0.1", options.AgentListen.Address.ToString(), options.Listen.Address.ToString()];
        if (options.AgentUrl is { } url)
            hosts.Add(new Uri(url).Host);
        return [.. hosts.Distinct(StringComparer.Ordinal)];
    }

    private static void Map(WebApplication application, ControlPlaneOptions options)
    {
        // The agents' listener serves agents only, and the other one everything but them.
        application.UseWhen(
            context => context.Connection.LocalPort == options.AgentListen.Port && options.AgentListen.Port != 0
                && !string.Equals(context.Request.ContentType, "application/grpc", StringComparison.Ordinal),
            branch => branch.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        if (options.ConsoleDirectory is { } console && Directory.Exists(console))
        {
            var files = new PhysicalFileProvider(Path.GetFullPath(console));
            application.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
            application.UseStaticFiles(new StaticFileOptions { FileProvider = files });
            application.MapFallbackToFile("{*path:nonfile}", "index.html", new StaticFileOptions { FileProvider = files });
        }

        application.MapGet("/healthz", () => Results.Text("ok")).ExcludeFromDescription();
        application.MapGet("/readyz", (IDomain domain) =>
            domain.Latest.Sequence > 0 ? Results.Text("ready") : Results.Text("the journal is being read", statusCode: 503)).ExcludeFromDescription();
        application.MapPrometheusScrapingEndpoint("/metrics");
        application.MapGrpcService<AgentLinkService>();
        application.MapMeridianApi();
    }
}
