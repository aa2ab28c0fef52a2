using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Meridian.Primitives;

namespace Meridian.Agent.Circuits;

/// <summary>How circuits are put into force on this host.</summary>
public sealed record LinuxCircuitOptions
{
    /// <summary>What the device carries, where the system does not say it right; zero takes the first link's capacity.</summary>
    public Bandwidth Capacity { get; init; }

    /// <summary>The gateway of this host towards each next site, for circuits that leave by another way than the host's own.</summary>
    public ImmutableSortedDictionary<string, IPAddress> NextHops { get; init; } = ImmutableSortedDictionary<string, IPAddress>.Empty;
}

/// <summary>
/// Circuits by the kernel: a class of htb on the device by which the peer is reached, and, where the next site has a
/// gateway of its own, a route for the circuit's marked packets. It makes its own queueing only where nobody else has made
/// one, knows its own by their numbers, and takes everything down with the last circuit.
/// </summary>
internal sealed class LinuxDriver(SystemTool tool, LinuxCircuitOptions options) : ICircuitDriver
{
    private readonly PolicyRoutes _routes = new(tool);
    private readonly SortedDictionary<long, (int Number, int Mended)> _made = [];
    private Socket? _claim;
    private bool _isClean;

    /// <inheritdoc/>
    public string Name => "linux";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CircuitState>> ReconcileAsync(IReadOnlyList<CircuitWish> wishes, CancellationToken cancellation)
    {
        if (wishes.Count == 0 && _isClean)
            return [];
        if (!Claim())
            return [.. wishes.Select(w => Failed(w, CircuitCodes.HostTaken, ""))];
        foreach (var ended in _made.Keys.Except(wishes.Select(w => w.Id)).ToList())
            _made.Remove(ended);

        var states = new SortedDictionary<long, CircuitState>();
        var ways = new List<(CircuitWish Wish, Way Way)>();
        foreach (var wish in wishes)
        {
            var way = await FindWayAsync(wish, cancellation);
            if (way.Code.Length == 0)
                ways.Add((wish, way));
            else
                states[wish.Id] = Failed(wish, way.Code, wish.Address?.ToString() ?? wish.Peer);
        }

        var faults = await ShapeAsync(ways, cancellation);
        var mended = await _routes.ReconcileAsync(
            [.. ways.Where(w => w.Way.Gateway is not null).Select(w => new MarkedRoute(w.Wish.Number, w.Wish.Address!, w.Way.Gateway!, w.Way.Device))],
            cancellation);
        foreach (var (wish, way) in ways)
            states[wish.Id] = Stand(wish, way, faults.GetValueOrDefault(way.Device), mended.GetValueOrDefault(wish.Number, ""));
        _isClean = wishes.Count == 0;
        return [.. wishes.Select(w => states[w.Id])];
    }

    /// <summary>Takes down whatever it made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isClean)
            await ReconcileAsync([], CancellationToken.None);
        _claim?.Dispose();
    }

    private static CircuitState Failed(CircuitWish wish, string code, string about) =>
        new(wish.Id, IsInForce: false, Bandwidth.Zero, Path: "", code, about, MendedCount: 0);

    private CircuitState Stand(CircuitWish wish, Way way, (string Code, string About)? fault, string mend)
    {
        if (fault is var (code, about))
            return Failed(wish, code, about);
        if (mend.Length > 0 && mend != PolicyRoutes.Mended)
            return Failed(wish, CircuitCodes.ToolFailed, mend);
        var (_, count) = _made.GetValueOrDefault(wish.Id);
        if (mend == PolicyRoutes.Mended)
            count++;
        _made[wish.Id] = (wish.Number, count);
        return new(
            wish.Id, IsInForce: true, wish.Rate, way.Gateway is null ? way.Device : $"{way.Device} via {way.Gateway}", Code: "", About: "", count);
    }

    /// <summary>
    /// One agent for each network of a host: two would take each other's for drift. The name goes with the process, and
    /// belongs to the network namespace.
    /// </summary>
    private bool Claim()
    {
        if (_claim is not null)
            return true;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint("\0meridian-circuits"));
            _claim = socket;
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    private sealed record Way(string Device, IPAddress? Gateway, string Code);

    private async Task<Way> FindWayAsync(CircuitWish wish, CancellationToken cancellation)
    {
        if (wish.Address is null)
            return new("", null, CircuitCodes.NoAddress);
        var gateway = options.NextHops.GetValueOrDefault(wish.NextSite);
        var answer = await tool.RunAsync(["ip", "-j", "route", "get", (gateway ?? wish.Address).ToString()], cancellation);
        if (!answer.IsGood || Json.Items(answer.Output).FirstOrDefault() is not { ValueKind: JsonValueKind.Object } route)
            return new("", null, CircuitCodes.NoRoute);
        if (Json.Text(route, "type") == "local" || Json.Text(route, "dev") is "" or "lo")
            return new("", null, CircuitCodes.SameHost);
        return new(Json.Text(route, "dev"), gateway, "");
    }

    /// <summary>Brings every device's classes to what its circuits need; says what is wrong with which device.</summary>
    private async Task<SortedDictionary<string, (string Code, string About)?>> ShapeAsync(
        List<(CircuitWish Wish, Way Way)> ways, CancellationToken cancellation)
    {
        var faults = new SortedDictionary<string, (string, string)?>(StringComparer.Ordinal);
        var roots = Json.Items((await tool.RunAsync(["tc", "-j", "qdisc", "show"], cancellation)).Output)
            .Where(q => Json.IsTrue(q, "root"))
            .Select(q => (Device: Json.Text(q, "dev"), Handle: Json.Text(q, "handle"), Kind: Json.Text(q, "kind"))).ToList();
        foreach (var (device, _, _) in roots.Where(r => r.Handle == TrafficClasses.Handle && r.Kind == "htb" && !ways.Exists(w => w.Way.Device == r.Device)))
            await tool.RunAsync(["tc", "qdisc", "del", "dev", device, "root", "handle", TrafficClasses.Handle, "htb"], cancellation);
        foreach (var device in ways.GroupBy(w => w.Way.Device, StringComparer.Ordinal))
        {
            var root = roots.FirstOrDefault(r => r.Device == device.Key);
            faults[device.Key] = root.Handle is not (null or "0:" or TrafficClasses.Handle)
                ? (CircuitCodes.ForeignQdisc, $"{device.Key}: {root.Kind} {root.Handle}")
                : await ShapeAsync(device.Key, [.. device.Select(w => w.Wish)], root.Handle == TrafficClasses.Handle, cancellation);
        }

        return faults;
    }

    private async Task<(string Code, string About)?> ShapeAsync(
        string device, IReadOnlyList<CircuitWish> wishes, bool hasRoot, CancellationToken cancellation)
    {
        var wanted = TrafficClasses.Wanted(wishes, CapacityOf(wishes));
        var there = hasRoot
            ? TrafficClasses.Read((await tool.RunAsync(["tc", "class", "show", "dev", device], cancellation)).Output)
            : [];
        List<(int Minor, ImmutableArray<string> Words)> commands = [.. TrafficClasses.Commands(device, wanted, there)];
        if (!hasRoot)
            commands.Insert(0, (0, ["tc", "qdisc", "add", "dev", device, "root", "handle", TrafficClasses.Handle, "htb", "default", TrafficClasses.OthersMinor.ToString("x", System.Globalization.CultureInfo.InvariantCulture)]));
        foreach (var (minor, words) in commands)
        {
            var answer = await tool.RunAsync(words, cancellation);
            if (!answer.IsGood)
                return (CircuitCodes.ToolFailed, answer.Error);
            Count(wishes.FirstOrDefault(w => (w.Number & 0xffff) == minor));
        }

        return null;
    }

    // What was made once and is not as it was made has been changed by somebody else.
    private void Count(CircuitWish? wish)
    {
        if (wish is not null && _made.TryGetValue(wish.Id, out var known))
            _made[wish.Id] = (known.Number, known.Mended + 1);
    }

    private Bandwidth CapacityOf(IReadOnlyList<CircuitWish> wishes) =>
        options.Capacity > Bandwidth.Zero ? options.Capacity : wishes.Max(w => w.LinkCapacity);
}
