using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Meridian.Agent.Circuits;
using Meridian.Agent.Hosting;
using Meridian.Primitives;
using Microsoft.Extensions.Logging;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Commands;

/// <summary><c>meridian agent join</c> and <c>meridian agent run</c>.</summary>
internal static class AgentCommands
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = Say("The folder for the agent's key, attempts and depot.", "存放代理密钥、任务和中转库的目录。"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_AGENT_DATA") ?? Places.Default("agent"),
    };

    private static readonly Option<string> Pool = new("--pool")
    {
        Description = Say("The pool to join.", "要加入的资源池。"),
        DefaultValueFactory = _ => "default",
    };

    private static readonly Option<string?> Node = new("--node")
    {
        Description = Say("The node's name; by default the machine's.", "节点名称，默认为本机名称。"),
    };

    private static readonly Option<string?> Cpu = new("--cpu")
    {
        Description = Say("Cores to offer, such as 4; by default all.", "提供的核数，例如 4，默认全部。"),
    };

    private static readonly Option<string?> Memory = new("--memory")
    {
        Description = Say("Memory to offer, such as 8GiB.", "提供的内存，例如 8GiB。"),
    };

    private static readonly Option<string> DepotListen = new("--depot-listen")
    {
        Description = Say("Where the depot listens.", "中转库的监听地址。"),
        DefaultValueFactory = _ => "127.0.0.1:0",
    };

    private static readonly Option<Uri?> DepotUrl = new("--depot-url")
    {
        Description = Say("The depot's address as others reach it.", "其他站点访问中转库的地址。"),
    };

    private static readonly Option<string> NetworkSwitch = new("--switch")
    {
        Description = Say("The switch that this machine is connected to, for tasks that are kept together.", "本机所连的交换机，用于须放在一起的任务。"),
    };

    private static readonly Option<string> ServiceAddress = new("--service-address")
    {
        Description = Say("The address of this machine by which users reach services.", "用户访问本机服务所用的地址。"),
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private static readonly Option<bool> Plain = new("--plain")
    {
        Description = Say("Runs tasks without a sandbox.", "不使用沙箱运行任务。"),
    };

    private static readonly Option<string> Circuits = new("--circuits")
    {
        Description = Say("Who holds circuits: pace, the depots themselves, or linux, the kernel's classes and routes", "由谁保持电路：pace（中转库自行限速）或 linux（内核的流量类与路由）"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_CIRCUITS") ?? "pace",
    };

    private static readonly Option<string?> CircuitCapacity = new("--circuit-capacity")
    {
        Description = Say("What the network device carries, such as 1Gbps; by default what the link declares", "网络设备的容量，例如 1Gbps；默认取链路声明值"),
    };

    private static readonly Option<string[]> NextHops = new("--next-hop")
    {
        Description = Say("The gateway of circuits whose next site it is, as SITE=ADDRESS; may be repeated", "下一跳为该站点的电路所用的网关，写作 站点=地址；可重复"),
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Segment = new("--segment")
    {
        Description = Say("The IPv6 prefix that is this node's in segment routing, such as fc00:b::/64, for circuits that lead here or through here", "本节点在段路由中的 IPv6 前缀，例如 fc00:b::/64；供到达或途经此处的电路使用"),
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MERIDIAN_SEGMENT"),
    };

    private static readonly Option<string?> Stores = new("--stores")
    {
        Description = Say("The file that says which stores outside the domain the depot may reach; by default stores.json in the data folder.", "说明中转库可访问哪些域外存储的文件；默认为数据目录中的 stores.json。"),
    };

    private static readonly Argument<string?> Token = new("TOKEN")
    {
        Description = Say("The join token; by default from MERIDIAN_JOIN_TOKEN.", "入网令牌；默认取自 MERIDIAN_JOIN_TOKEN。"),
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Joins a site, and runs.</summary>
    internal static Command Join()
    {
        var join = WithOptions(new("join", Say("Join a site with a single-use token, and run", "凭一次性令牌加入站点并运行")) { Token });
        join.SetAction((parsed, cancellation) => RunAsync(
            parsed, parsed.GetValue(Token) ?? Environment.GetEnvironmentVariable("MERIDIAN_JOIN_TOKEN"), cancellation));
        return join;
    }

    /// <summary>Runs again what has joined.</summary>
    internal static Command Run()
    {
        var run = WithOptions(new("run", Say("Run an agent that has joined", "运行已加入的代理")));
        run.SetAction((parsed, cancellation) => RunAsync(parsed, token: null, cancellation));
        return run;
    }

    private static Command WithOptions(Command command)
    {
        foreach (var option in new Option[] { Data, Pool, Node, NetworkSwitch, Cpu, Memory, DepotListen, DepotUrl, ServiceAddress, Plain, Circuits, CircuitCapacity, NextHops, Segment, Stores })
            command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? token, CancellationToken cancellation)
    {
        if (Read(parsed, token) is not { } options)
            return 2;
        using var loggers = LoggerFactory.Create(Logging.ToError);
        try
        {
            await new AgentHost(options, TimeProvider.System, loggers).RunAsync(cancellation);
            return 0;
        }
        catch (Exception failure) when (failure is AgentRefusedException or Depot.DepotException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("meridian: " + (failure is AgentRefusedException refused ? refused.In(Bilingual.Language) : failure.Message));
            return failure is AgentRefusedException ? 3 : 1;
        }
    }

    private static AgentOptions? Read(ParseResult parsed, string? token)
    {
        if (!IPEndPoint.TryParse(parsed.GetRequiredValue(DepotListen), out var depot))
            return Refuse(Say("--depot-listen is IP:PORT, such as 127.0.0.1:0.", "--depot-listen 的格式是 IP:端口，例如 127.0.0.1:0。"));
        if (!IPAddress.TryParse(parsed.GetRequiredValue(ServiceAddress), out var service))
            return Refuse(Say("--service-address is an IP address of this machine.", "--service-address 是本机的一个 IP 地址。"));
        var options = new AgentOptions
        {
            DataDirectory = Path.GetFullPath(parsed.GetRequiredValue(Data)),
            JoinToken = token,
            Pool = parsed.GetRequiredValue(Pool),
            NetworkSwitch = parsed.GetValue(NetworkSwitch) ?? "",
            DepotListen = depot,
            ServiceAddress = service,
            DepotUrl = parsed.GetValue(DepotUrl),
            ForcePlain = parsed.GetValue(Plain),
            StoresPath = parsed.GetValue(Stores),
        };
        var (circuits, isGood) = ReadCircuits(parsed);
        if (!isGood)
            return null;
        options = options with { Circuits = circuits };
        if (parsed.GetValue(Node) is { } node)
            options = options with { Node = node };
        if (parsed.GetValue(Cpu) is { } cpu)
        {
            if (!decimal.TryParse(cpu, out var cores) || cores is <= 0 or > 100_000)
                return Refuse(Say("--cpu is a number of cores, such as 4 or 0.5.", "--cpu 是核数，例如 4 或 0.5。"));
            options = options with { CpuMillicores = (long)(cores * 1000) };
        }

        if (parsed.GetValue(Memory) is { } memory)
        {
            if (!DataSize.TryParse(memory, out var size))
                return Refuse(Say("--memory is a size, such as 8GiB.", "--memory 是容量，例如 8GiB。"));
            options = options with { Memory = size };
        }

        return options;
    }

    private static (LinuxCircuitOptions? Circuits, bool IsGood) ReadCircuits(ParseResult parsed)
    {
        var driver = parsed.GetRequiredValue(Circuits);
        if (driver == "pace")
            return (null, true);
        var capacity = Bandwidth.Zero;
        SegmentLocator? segment = null;
        var hops = ImmutableSortedDictionary<string, IPAddress>.Empty;
        if (driver != "linux")
            Refuse(Say("--circuits is pace or linux.", "--circuits 为 pace 或 linux。"));
        else if (parsed.GetValue(CircuitCapacity) is { } text && (!Bandwidth.TryParse(text, out capacity) || capacity <= Bandwidth.Zero))
            Refuse(Say("--circuit-capacity is a rate, such as 1Gbps.", "--circuit-capacity 是速率，例如 1Gbps。"));
        else if (!(parsed.GetValue(NextHops) ?? []).All(hop => TryReadHop(hop, ref hops)))
            Refuse(Say("--next-hop is SITE=ADDRESS, such as east=10.0.0.1.", "--next-hop 的格式是 站点=地址，例如 east=10.0.0.1。"));
        else if (parsed.GetValue(Segment) is { Length: > 0 } prefix && !TryReadSegment(prefix, ref segment))
            Refuse(Say("--segment is an IPv6 prefix of at most 112 bits, such as fc00:b::/64.", "--segment 是至多 112 位的 IPv6 前缀，例如 fc00:b::/64。"));
        else
            return (new() { Capacity = capacity, NextHops = hops, Segment = segment }, true);
        return (null, false);
    }

    private static bool TryReadHop(string text, ref ImmutableSortedDictionary<string, IPAddress> hops)
    {
        if (text.Split('=') is not [var site, var address] || !Names.IsValid(site) || !IPAddress.TryParse(address, out var gateway))
            return false;
        hops = hops.SetItem(site, gateway);
        return true;
    }

    private static bool TryReadSegment(string text, ref SegmentLocator? segment)
    {
        var isGood = SegmentLocator.TryParse(text, out var locator);
        segment = isGood ? locator : null;
        return isGood;
    }

    private static AgentOptions? Refuse(string what)
    {
        Console.Error.WriteLine("meridian: " + what);
        return null;
    }
}
