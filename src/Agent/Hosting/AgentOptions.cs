using System.Net;
using Meridian.Agent.Circuits;
using Meridian.Primitives;

namespace Meridian.Agent.Hosting;

/// <summary>How an agent is run.</summary>
public sealed record AgentOptions
{
    /// <summary>The folder for the agent's key, memory, attempts and depot.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The join token; needed once.</summary>
    public string? JoinToken { get; init; }

    /// <summary>The pool to join. Default <c>default</c>.</summary>
    public string Pool { get; init; } = "default";

    /// <summary>The node's name. Default the machine's.</summary>
    public string Node { get; init; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>The switch of the site that the machine is connected to, for tasks that are kept together. Default unknown.</summary>
    public string NetworkSwitch { get; init; } = "";

    /// <summary>Where the depot listens. Default a free port of the loopback address.</summary>
    public IPEndPoint DepotListen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The depot's address as others reach it; by default where it listens.</summary>
    public Uri? DepotUrl { get; init; }

    /// <summary>The address on which services listen and are reached by their users. Default loopback.</summary>
    public IPAddress ServiceAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The file that says which stores outside the domain the depot may reach, and with which credentials. Default <c>stores.json</c> in the data folder.</summary>
    public string? StoresPath { get; init; }

    /// <summary>Thousandths of a core to offer. Default all.</summary>
    public long CpuMillicores { get; init; } = Environment.ProcessorCount * 1000L;

    /// <summary>Memory to offer. Default nine tenths of the machine's.</summary>
    public DataSize Memory { get; init; } = new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9);

    /// <summary>Disk to offer. Default half of what is free below the data folder.</summary>
    public DataSize? Disk { get; init; }

    /// <summary>Runs tasks without a sandbox.</summary>
    public bool ForcePlain { get; init; }

    /// <summary>Puts circuits into force by the kernel; none leaves them to the depots' own pace.</summary>
    public LinuxCircuitOptions? Circuits { get; init; }

    /// <summary>The user that tasks run as, where the agent is root. Default 65534, nobody. Never 0.</summary>
    public int TaskUserId { get; init; } = 65534;

    /// <summary>The faults of the options; none when they are good.</summary>
    public IEnumerable<Phrase> Faults()
    {
        if (!Names.IsValid(Pool))
            yield return ($"The pool '{Pool}' is not a name: {Names.Rule}.", $"资源池“{Pool}”不是有效名称：{Names.RuleZh}。");
        if (!Names.IsValid(Node))
            yield return (
                $"The node '{Node}' is not a name: {Names.Rule}. Choose one with --node.",
                $"节点“{Node}”不是有效名称：{Names.RuleZh}。请用 --node 指定。");
        if (NetworkSwitch.Length > 0 && !Names.IsValid(NetworkSwitch))
            yield return ($"The switch '{NetworkSwitch}' is not a name: {Names.Rule}.", $"交换机“{NetworkSwitch}”不是有效名称：{Names.RuleZh}。");
        if (CpuMillicores <= 0 || Memory <= DataSize.Zero)
            yield return ("An agent offers more than no processor and no memory.", "代理提供的处理器与内存须大于零。");
        if (ServiceAddress.Equals(IPAddress.Any) || ServiceAddress.Equals(IPAddress.IPv6Any))
            yield return (
                "Services need an address by which their users reach them, not all addresses at once.",
                "服务须有用户可访问的具体地址，不能是通配地址。");
        if (TaskUserId <= 0)
            yield return ("Tasks run as an ordinary user: choose a user number above 0.", "任务以普通用户运行：请选择大于 0 的用户编号。");
    }
}
