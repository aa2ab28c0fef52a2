using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meridian.Agent.Circuits;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Agent.Circuits;

/// <summary>Hosts as network namespaces, with cables between them, that go with the test.</summary>
internal sealed class Hosts : IAsyncDisposable
{
    private readonly string _name = "mrd" + Guid.NewGuid().ToString("N")[..8];
    private readonly List<string> _made = [];

    /// <summary>Runs tools on the host.</summary>
    internal SystemTool ToolOf(string host) => new("ip", "netns", "exec", _name + host);

    /// <summary>What comes before a tool's name so that it runs on the host.</summary>
    internal string EntryOf(string host) => "ip netns exec " + _name + host;

    internal static async Task<Hosts> MakeAsync(params string[] names)
    {
        var hosts = new Hosts();
        foreach (var host in names)
        {
            var made = await new SystemTool([]).RunAsync(["ip", "netns", "add", hosts._name + host], CancellationToken.None);
            Assert.SkipUnless(made.IsGood, "Network namespaces cannot be made here: " + made.Error);
            hosts._made.Add(host);
        }

        return hosts;
    }

    /// <summary>Joins two hosts; each end is a device with addresses, written as <c>device address/length…</c>.</summary>
    internal async Task JoinAsync((string Host, string End) one, (string Host, string End) other)
    {
        var (device, far) = (one.End.Split(' ')[0], other.End.Split(' ')[0]);
        await DoAsync(one.Host, $"ip link add name {device} type veth peer name {far} netns {_name + other.Host}");
        foreach (var (host, end) in new[] { one, other })
        {
            var words = end.Split(' ');
            foreach (var address in words.Skip(1))
                await DoAsync(host, $"ip addr add {address} dev {words[0]}" + (address.Contains(':', StringComparison.Ordinal) ? " nodad" : ""));
            await DoAsync(host, $"ip link set dev {words[0]} up");
        }
    }

    /// <summary>Runs a tool on the host; it must succeed.</summary>
    internal async Task<string> DoAsync(string host, string words)
    {
        var answer = await ToolOf(host).RunAsync(words.Split(' '), CancellationToken.None);
        Assert.True(answer.IsGood, $"{words}: {answer.Error}");
        return answer.Output;
    }

    /// <summary>A socket of the host.</summary>
    internal Socket SocketOf(string host, AddressFamily family = AddressFamily.InterNetwork)
    {
        Socket? made = null;
        var thread = new Thread(() =>
        {
            using var handle = File.OpenHandle("/var/run/netns/" + _name + host);
            Assert.Equal(0, SetNamespace((int)handle.DangerousGetHandle(), CloneNewNetwork));
            made = new(family, SocketType.Stream, ProtocolType.Tcp);
        });
        thread.Start(); // The namespace belongs to the thread, and the thread ends here.
        thread.Join();
        return made!;
    }

    /// <summary>Sends so many bytes from one host's address to the other host, over a connection that the sender marks.</summary>
    internal async Task SendAsync(string from, IPAddress address, string to, int bytes, int? number)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = SocketOf(from, address.AddressFamily);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        using var receiver = SocketOf(to, address.AddressFamily);
        await receiver.ConnectAsync(listener.LocalEndPoint!, cancellation);
        using var sender = await listener.AcceptAsync(cancellation);
        if (number is { } mark)
            Assert.True(CircuitMarks.TryMark(sender, mark));
        var sending = sender.SendAsync(new byte[bytes], cancellation).AsTask();
        var buffer = new byte[64 * 1024];
        for (var got = 0; got < bytes;)
            got += await receiver.ReceiveAsync(buffer, cancellation);
        Assert.Equal(bytes, await sending);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _made)
            await new SystemTool([]).RunAsync(["ip", "netns", "del", _name + host], CancellationToken.None);
    }

    private const int CloneNewNetwork = 0x40000000;

    private static readonly SetNamespaceCall SetNamespace = Marshal.GetDelegateForFunctionPointer<SetNamespaceCall>(
        NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "setns"));

    private delegate int SetNamespaceCall(int handle, int kind);
}
