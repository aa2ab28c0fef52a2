using System.Net;
using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Placement;
using Meridian.Primitives;

namespace Meridian.ControlPlane.Hosting;

/// <summary>How a control plane is run: from a file, <c>MERIDIAN_</c> variables and flags, validated at the start.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>The folder for the journal, the authority and logs.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The domain's name, which is also its SPIFFE trust domain. Default <c>meridian</c>.</summary>
    public string Domain { get; init; } = "meridian";

    /// <summary>Where REST and the console listen. Default 127.0.0.1:7400.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 7400);

    /// <summary>Where agents dial in. Default 127.0.0.1:7401.</summary>
    public IPEndPoint AgentListen { get; init; } = new(IPAddress.Loopback, 7401);

    /// <summary>The address by which agents reach this control plane; by default where it listens.</summary>
    public string? AgentUrl { get; init; }

    /// <summary>The console's built files; without them there is no console.</summary>
    public string? ConsoleDirectory { get; init; }

    /// <summary>How long an agent may go on without hearing from here. Default 10 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How agents probe each other.</summary>
    public ProbeOptions Probes { get; init; } = new();

    /// <summary>When the waiting batch is planned anew.</summary>
    public BatchPlanningOptions Planning { get; init; } = new();

    /// <summary>Where an OpenTelemetry collector takes traces and metrics by OTLP over gRPC, or nothing.</summary>
    public string? Telemetry { get; init; }

    /// <summary>The faults of the options; none when they are good.</summary>
    public IEnumerable<Phrase> Faults()
    {
        if (!Names.IsValid(Domain))
            yield return ($"The domain '{Domain}' is not a name: {Names.Rule}.", $"域“{Domain}”不是有效名称：{Names.RuleZh}。");
        if (Lease < TimeSpan.FromSeconds(5) || Lease > TimeSpan.FromDays(1))
            yield return ("The lease is from 5 seconds to 1 day.", "租约须为 5 秒至 1 天。");
        if (Probes.Interval < TimeSpan.FromMilliseconds(100) || Probes.Interval > TimeSpan.FromHours(1))
            yield return ("Agents probe each other every 100 milliseconds to every hour.", "代理之间的测量间隔须为 100 毫秒至 1 小时。");
        if (Planning.Every < TimeSpan.Zero || Planning.Every > TimeSpan.FromDays(1))
            yield return ("The batch is planned every day or more often; 0s turns that off.", "批量规划的间隔不超过 1 天；0s 表示关闭。");
        if (AgentUrl is not null && (!Uri.TryCreate(AgentUrl, UriKind.Absolute, out var url) || url.Scheme != "https"))
            yield return ($"The agents' address '{AgentUrl}' is not an https:// address.", $"代理访问地址“{AgentUrl}”不是 https:// 地址。");
        if (Telemetry is not null && (!Uri.TryCreate(Telemetry, UriKind.Absolute, out var collector) || collector.Scheme is not ("http" or "https")))
            yield return (
                $"The collector's address '{Telemetry}' is not an http:// or https:// address.",
                $"采集器地址“{Telemetry}”不是 http:// 或 https:// 地址。");
    }
}
