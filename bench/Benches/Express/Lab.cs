using System.Globalization;

namespace Meridian.Benches.Express;

/// <summary>
/// Network namespaces on one machine with wires of a held rate and delay between them; gone when the measurement is over.
/// </summary>
internal sealed class Lab : IDisposable
{
    private const int JumboBytes = 9000;

    private readonly string _prefix = "mx" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private readonly List<string> _spaces = [];
    private readonly List<DelayRelay> _relays = [];
    private int _wireCount;
    private int _attachedCount;

    /// <summary>The start of a command in the namespace.</summary>
    internal static string[] In(string space) => ["ip", "netns", "exec", space];

    /// <summary>Makes a namespace with its own loopback and returns its name.</summary>
    internal string Add(string name)
    {
        var space = _prefix + name;
        Shell.Run("ip", "netns", "add", space);
        _spaces.Add(space);
        Shell.Run("ip", "-n", space, "link", "set", "lo", "up");
        return space;
    }

    /// <summary>Lays a wire and returns the addresses at both ends.</summary>
    /// <param name="first">The namespace at one end.</param>
    /// <param name="second">The other one.</param>
    /// <param name="megabitsPerSecond">The rate in each direction; 0 for all there is.</param>
    /// <param name="delay">The delay in each direction; half of what is added to a round trip.</param>
    internal (string First, string Second) Wire(string first, string second, int megabitsPerSecond, TimeSpan delay)
    {
        var number = _wireCount++;
        var (near, far) = ($"mxa{number}", $"mxb{number}");
        if (delay > TimeSpan.Zero)
        {
            _relays.Add(DelayRelay.Start((first, near), (second, far), delay));
            foreach (var (space, device) in new[] { (first, near), (second, far) })
                Shell.Run("ip", "-n", space, "link", "set", device, "mtu", $"{JumboBytes}", "txqueuelen", "10000");
        }
        else
        {
            Shell.Run("ip", "link", "add", near, "netns", first, "type", "veth", "peer", "name", far, "netns", second);
        }

        var addresses = ($"10.77.{number}.1", $"10.77.{number}.2");
        Raise(first, near, addresses.Item1, megabitsPerSecond);
        Raise(second, far, addresses.Item2, megabitsPerSecond);
        return addresses;
    }

    /// <summary>Connects a namespace to a switch in another one and returns its address.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="hub">The namespace of the switch, which is made at the first call.</param>
    /// <param name="megabitsPerSecond">The rate in each direction.</param>
    internal string Attach(string space, string hub, int megabitsPerSecond)
    {
        const string bridge = "mxsw";
        var number = ++_attachedCount;
        if (number == 1)
        {
            Shell.Run("ip", "-n", hub, "link", "add", bridge, "type", "bridge");
            Shell.Run("ip", "-n", hub, "link", "set", bridge, "up");
        }

        var (near, far) = ($"mxn{number}", $"mxf{number}");
        Shell.Run("ip", "link", "add", near, "netns", space, "type", "veth", "peer", "name", far, "netns", hub);
        Shell.Run("ip", "-n", hub, "link", "set", far, "master", bridge);
        Shell.Run("ip", "-n", hub, "link", "set", far, "up");
        Shape(hub, far, megabitsPerSecond);
        var address = $"10.78.0.{number}";
        Shell.Run("ip", "-n", space, "addr", "add", address + "/24", "dev", near);
        Shell.Run("ip", "-n", space, "link", "set", near, "up");
        Shape(space, near, megabitsPerSecond);
        return address;
    }

    /// <summary>Holds everything that leaves a device to a rate.</summary>
    internal static void Shape(string space, string device, int megabitsPerSecond) =>
        Shell.Run(
            "tc", "-n", space, "qdisc", "add", "dev", device, "root", "tbf",
            "rate", $"{megabitsPerSecond}mbit", "burst", "128kb", "latency", "100ms");

    /// <summary>Holds a link to a rate, of which one port of this side has a share that is its own.</summary>
    internal static void Divide(string space, string device, int megabitsPerSecond, int ownMegabits, int port)
    {
        string[] add = ["tc", "-n", space];
        Shell.Run([.. add, "qdisc", "add", "dev", device, "root", "handle", "1:", "htb", "default", "20"]);
        Shell.Run([.. add, "class", "add", "dev", device, "parent", "1:", "classid", "1:1", "htb", "rate", $"{megabitsPerSecond}mbit"]);
        Shell.Run(
            [.. add, "class", "add", "dev", device, "parent", "1:1", "classid", "1:10", "htb",
             "rate", $"{ownMegabits}mbit", "ceil", $"{megabitsPerSecond}mbit", "prio", "0"]);
        Shell.Run(
            [.. add, "class", "add", "dev", device, "parent", "1:1", "classid", "1:20", "htb",
             "rate", $"{megabitsPerSecond - ownMegabits}mbit", "ceil", $"{megabitsPerSecond}mbit", "prio", "1"]);
        Shell.Run(
            [.. add, "filter", "add", "dev", device, "parent", "1:", "protocol", "ip", "u32",
             "match", "ip", "sport", $"{port}", "0xffff", "flowid", "1:10"]);
    }

    /// <summary>Bytes that have left a device.</summary>
    internal static long SentBytes(string space, string device) => long.Parse(
        Shell.Run([.. In(space), "cat", $"/sys/class/net/{device}/statistics/tx_bytes"]).Trim(), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var relay in _relays)
            relay.Dispose();
        foreach (var space in _spaces)
            Shell.Run("ip", "netns", "del", space);
    }

    private static void Raise(string space, string device, string address, int megabitsPerSecond)
    {
        Shell.Run("ip", "-n", space, "addr", "add", address + "/30", "dev", device);
        Shell.Run("ip", "-n", space, "link", "set", device, "up");
        if (megabitsPerSecond > 0)
            Shape(space, device, megabitsPerSecond);
    }
}
