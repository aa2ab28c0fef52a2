using System.CommandLine;
using System.Net;
using Meridian.Agent.Hosting;
using Meridian.ControlPlane.Hosting;
using Meridian.Primitives;
using Microsoft.Extensions.Logging;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Commands;

/// <summary><c>meridian server</c>, and <c>meridian up</c>: a control plane, with a local site for the impatient.</summary>
internal static class ServerCommands
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = Say("The folder for the journal, the authority and logs.", "存放日志账本、证书机构和运行日志的目录。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_DATA") ?? Places.Default("control"),
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = Say("Where REST and the console listen.", "REST 接口和控制台的监听地址。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_LISTEN") ?? "127.0.0.1:7400",
    };

    private static readonly Option<string> AgentListen = new("--agent-listen")
    {
        Description = Say("Where agents dial in.", "代理拨入的监听地址。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_AGENT_LISTEN") ?? "127.0.0.1:7401",
    };

    private static readonly Option<string?> AgentUrl = new("--agent-url")
    {
        Description = Say("The address by which agents reach this server, such as https://name:7401.", "代理访问本服务的地址，例如 https://name:7401。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_AGENT_URL"),
    };

    private static readonly Option<string> Domain = new("--domain")
    {
        Description = Say("The domain's name.", "域名称。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_DOMAIN") ?? "meridian",
    };

    private static readonly Option<string> Lease = new("--lease")
    {
        Description = Say("How long an agent may go on without hearing from here, such as 10m.", "代理失联后可以继续运行的时长，例如 10m。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_LEASE") ?? "10m",
    };

    private static readonly Option<string> ProbeInterval = new("--probe-interval")
    {
        Description = Say("How often agents measure the paths to each other, such as 1m.", "代理之间测量路径的间隔，例如 1m。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_PROBE_INTERVAL") ?? "1m",
    };

    private static readonly Option<string> PlanEvery = new("--plan-every")
    {
        Description = Say("How often jobs that compete are planned anew together, such as 1m; 0s for never.", "相互竞争的作业多久整批重新规划一次，例如 1m；0s 表示从不。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_PLAN_EVERY") ?? "1m",
    };

    private static readonly Option<string?> Telemetry = new("--telemetry")
    {
        Description = Say("Where a collector takes traces and metrics by OTLP over gRPC, such as http://127.0.0.1:4317.", "OTLP（gRPC）采集器的地址，用于上报链路追踪和指标，例如 http://127.0.0.1:4317。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"),
    };

    private static readonly Option<string?> TokenFile = new("--first-token-file")
    {
        Description = Say("Writes the first token to this file, for its owner only, instead of printing it.", "把首个令牌写入该文件（仅属主可读），而不是打印出来。"),
    };

    private static readonly Option<string> SiteName = new("--site")
    {
        Description = Say("The name of the local site; empty for none.", "本地站点的名称；为空则不启动。"),
        DefaultValueFactory = _ => "local",
    };

    /// <summary>A control plane.</summary>
    internal static Command Server()
    {
        var command = new Command("server", Say("Runs a control plane.", "运行控制面。"));
        AddOptions(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, _ => Task.CompletedTask, cancellation));
        return command;
    }

    /// <summary>A control plane with a local site.</summary>
    internal static Command Up()
    {
        var command = new Command("up", Say("Runs a control plane and, on this machine, one site.", "在本机运行控制面和一个站点。")) { SiteName };
        AddOptions(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, started => RunSiteAsync(parsed, started, cancellation), cancellation));
        return command;
    }

    private sealed record Started(ControlPlaneOptions Options, IServiceProvider Services, bool IsFirst, ILoggerFactory Loggers);

    private static void AddOptions(Command command)
    {
        foreach (var option in new Option[] { Data, Listen, AgentListen, AgentUrl, Domain, Lease, ProbeInterval, PlanEvery, Telemetry, TokenFile })
            command.Add(option);
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<Started, Task> beside, CancellationToken cancellation)
    {
        if (Read(parsed) is not { } options)
            return 2;
        using var loggers = LoggerFactory.Create(Logging.ToError);
        try
        {
            var (application, token) = await ControlPlaneHost.StartAsync(options, Logging.ToError, cancellation);
            await using (application)
            {
                var url = $"http://{options.Listen}";
                Tell(parsed, url, token);
                var site = beside(new(options, application.Services, IsFirst: token is not null, loggers));
                await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation), FailureOf(site, cancellation));
                await application.StopAsync(CancellationToken.None);
                if (site.IsFaulted)
                    throw site.Exception.InnerException!;
            }

            return 0;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or Depot.DepotException or InvalidOperationException or AgentRefusedException or Journal.JournalException)
        {
            await Console.Error.WriteLineAsync("meridian: " + (failure is AgentRefusedException refused ? refused.In(Bilingual.Language) : failure.Message));
            return 1;
        }
    }

    private static async Task FailureOf(Task site, CancellationToken cancellation)
    {
        await site.ContinueWith(_ => { }, TaskScheduler.Default);
        if (!site.IsFaulted)
            await Task.Delay(Timeout.Infinite, cancellation);
    }

    private static ControlPlaneOptions? Read(ParseResult parsed)
    {
        if (!IPEndPoint.TryParse(parsed.GetRequiredValue(Listen), out var listen)
            || !IPEndPoint.TryParse(parsed.GetRequiredValue(AgentListen), out var agents))
        {
            Console.Error.WriteLine(Say("meridian: an address to listen at is IP:PORT, such as 127.0.0.1:7400.", "meridian：监听地址的格式是 IP:端口，例如 127.0.0.1:7400。"));
            return null;
        }

        if (!Duration.TryParse(parsed.GetRequiredValue(Lease), out var lease)
            || !Duration.TryParse(parsed.GetRequiredValue(ProbeInterval), out var probing)
            || !Duration.TryParse(parsed.GetRequiredValue(PlanEvery), out var planning))
        {
            Console.Error.WriteLine(Say("meridian: --lease, --probe-interval and --plan-every are durations, such as 10m.", "meridian：--lease、--probe-interval 和 --plan-every 是时长，例如 10m。"));
            return null;
        }

        var options = new ControlPlaneOptions
        {
            DataDirectory = parsed.GetRequiredValue(Data),
            Listen = listen,
            AgentListen = agents,
            AgentUrl = parsed.GetValue(AgentUrl),
            Domain = parsed.GetRequiredValue(Domain),
            Lease = lease,
            Probes = new() { Interval = probing },
            Planning = new() { Every = planning },
            Telemetry = parsed.GetValue(Telemetry) is { Length: > 0 } collector ? collector : null,
            ConsoleDirectory = Places.Console(),
        };
        var faults = options.Faults().ToList();
        faults.ForEach(fault => Console.Error.WriteLine("meridian: " + fault.In(Bilingual.Language)));
        return faults.Count == 0 ? options : null;
    }

    private static void Tell(ParseResult parsed, string url, string? token)
    {
        if (token is not null && parsed.GetValue(TokenFile) is { } file)
            Places.WritePrivate(file, token);
        else if (token is not null)
            Console.Out.WriteLine(Say($"First token, shown once (operator): {token}", $"首个令牌，仅显示一次（运营者）：{token}"));
        Console.Out.WriteLine(Say($"Ready: console and REST at {url}", $"已就绪：控制台和 REST 接口位于 {url}"));
        if (token is not null && parsed.GetValue(TokenFile) is null)
            Console.Out.WriteLine(Say($"Sign in: meridian login --server {url}", $"登录：meridian login --server {url}"));
        Console.Out.Flush();
    }

    /// <summary>Runs the agent of the local site, which is declared where the domain does not know it yet.</summary>
    private static async Task RunSiteAsync(ParseResult parsed, Started started, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(SiteName);
        if (name.Length == 0)
            return;
        // Beside the control plane's own folder, which tasks of other users cannot pass.
        var folder = $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(started.Options.DataDirectory))}-agent-{name}";
        if (started.IsFirst)
            await LocalSite.GiveCreditAsync(started.Services, cancellation);
        var token = await LocalSite.PrepareAsync(started.Services, name, AgentHost.HasJoined(folder), cancellation);
        var options = new AgentOptions { DataDirectory = folder, JoinToken = token };
        // Where other machines' agents are expected, their depots fetch from this one.
        var address = started.Options.AgentListen.Address;
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            options = options with { DepotListen = new(address, 0) };
        await new AgentHost(options, TimeProvider.System, started.Loggers).RunAsync(cancellation);
    }
}
