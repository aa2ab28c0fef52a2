using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meridian.Agent.Circuits;
using Xunit;

namespace Meridian.Tests.Agent.Circuits;

/// <summary>Two hosts, joined by two cables, in network namespaces that go with the test: 10.77.0.1-2 and 10.78.0.1-2.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    private readonly string _name = "mrd" + Guid.NewGuid().ToString("N")[..8];

    private string Near => _name + "a";

    private string Far => _name + "b";

    /// <summary>Runs tools on the near host.</summary>
    internal SystemTool Tool => new("ip", "netns", "exec", Near);

    internal static async Task<TwoHosts> MakeAsync()
    {
        var hosts = new TwoHosts();
        var here = new SystemTool([]);
        var made = await here.RunAsync(["ip", "netns", "add", hosts.Near], CancellationToken.None);
        Assert.SkipUnless(made.IsGood, "Network namespaces cannot be made here: " + made.Error);
        await MustAsync(here, "ip netns add " + hosts.Far);
        var far = new SystemTool("ip", "netns", "exec", hosts.Far);
        foreach (var (cable, net) in new[] { (0, "10.77.0"), (1, "10.78.0") })
        {
            await MustAsync(hosts.Tool, $"ip link add a{cable} type veth peer name b{cable} netns {hosts.Far}");
            await MustAsync(hosts.Tool, $"ip addr add {net}.1/24 dev a{cable}");
            await MustAsync(hosts.Tool, $"ip link set a{cable} up");
            await MustAsync(far, $"ip addr add {net}.2/24 dev b{cable}");
            await MustAsync(far, $"ip link set b{cable} up");
        }

        return hosts;
    }

    /// <summary>Runs a tool on the near host; it must succeed.</summary>
    internal async Task<string> DoAsync(string words) => await MustAsync(Tool, words);

    /// <summary>A socket of the near or the far host.</summary>
    internal Socket Socket(bool isFar)
    {
        Socket? made = null;
        var thread = new Thread(() =>
        {
            using var handle = File.OpenHandle("/var/run/netns/" + (isFar ? Far : Near));
            Assert.Equal(0, SetNamespace((int)handle.DangerousGetHandle(), CloneNewNetwork));
            made = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        });
        thread.Start(); // The namespace belongs to the thread, and the thread ends here.
        thread.Join();
        return made!;
    }

    public async ValueTask DisposeAsync()
    {
        var here = new SystemTool([]);
        await here.RunAsync(["ip", "netns", "del", Near], CancellationToken.None);
        await here.RunAsync(["ip", "netns", "del", Far], CancellationToken.None);
    }

    private const int CloneNewNetwork = 0x40000000;

    private static readonly SetNamespaceCall SetNamespace = Marshal.GetDelegateForFunctionPointer<SetNamespaceCall>(
        NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "setns"));

    private delegate int SetNamespaceCall(int handle, int kind);

    private static async Task<string> MustAsync(SystemTool tool, string words)
    {
        var answer = await tool.RunAsync(words.Split(' '), CancellationToken.None);
        Assert.True(answer.IsGood, $"{words}: {answer.Error}");
        return answer.Output;
    }
}
