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

    /// <summary>Holds everything that leaves a device to a rate.</summary>
    internal static void Shape(string space, string device, int megabitsPerSecond) =>
        Shell.Run(
            "tc", "-n", space, "qdisc", "add", "dev", device, "root", "tbf",
            "rate", $"{megabitsPerSecond}mbit", "burst", "128kb", "latency", "100ms");

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
