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

    /// <summary>What this node answers in segment routing; nothing where circuits do not lead through segments here.</summary>
    public SegmentLocator? Segment { get; init; }

    /// <summary>The gateway of this host towards each next site, for circuits that leave by another way than the host's own.</summary>
    public ImmutableSortedDictionary<string, IPAddress> NextHops { get; init; } = ImmutableSortedDictionary<string, IPAddress>.Empty;
}

/// <summary>
/// Circuits by the kernel: a class of htb on the device by which the peer is reached, and a route for the circuit's marked
/// packets, through the segments of its path or else by the gateway that leads to the next site, where there are such. It makes its own queueing only where nobody else has made
/// one, knows its own by their numbers, and takes everything down with the last circuit.
/// </summary>
internal sealed class LinuxDriver(SystemTool tool, LinuxCircuitOptions options) : ICircuitDriver
{
    private readonly PolicyRoutes _routes = new(tool);
    private readonly LocalSegments _segments = new(tool, options.Segment);
    private readonly SortedDictionary<long, (int Number, int Mended)> _made = [];
    private Socket? _claim;
    private bool _isClean;

    /// <inheritdoc/>
    public string Name => "linux";

    /// <inheritdoc/>
    public SegmentState? Segment { get; private set; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CircuitState>> ReconcileAsync(IReadOnlyList<CircuitWish> wishes, CancellationToken cancellation)
    {
        if (wishes.Count == 0 && _isClean && options.Segment is null)
            return [];
        if (!Claim())
        {
            Segment = options.Segment is { } own ? new(own, IsInForce: false, IsOnward: false, CircuitCodes.HostTaken, "", MendedCount: 0) : null;
            return [.. wishes.Select(w => Failed(w, CircuitCodes.HostTaken, ""))];
        }

        Segment = await _segments.ReconcileAsync(cancellation);
        if (wishes.Count == 0 && _isClean)
            return [];
        foreach (var ended in _made.Keys.Except(wishes.Select(w => w.Id)).ToList())
            _made.Remove(ended);

        var states = new SortedDictionary<long, CircuitState>();
        var ways = new List<(CircuitWish Wish, CircuitWay Way)>();
        foreach (var wish in wishes)
        {
            var (way, code, about) = await FindWayAsync(wish, cancellation);
            if (way is not null)
                ways.Add((wish, way));
            else
                states[wish.Id] = Failed(wish, code, about);
        }

        var faults = await ShapeAsync(ways, cancellation);
        var mended = await _routes.ReconcileAsync(
            [.. ways.Where(w => w.Way.IsOwn).Select(w => new MarkedRoute(w.Wish.Number, w.Wish.Address!, w.Way))],
            cancellation);
        foreach (var (wish, way) in ways)
            states[wish.Id] = Stand(wish, way, faults.GetValueOrDefault(way.Device), mended.GetValueOrDefault(wish.Number, ("", "")));
        _isClean = wishes.Count == 0;
        return [.. wishes.Select(w => states[w.Id])];
    }

    /// <summary>Takes down whatever it made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isClean)
            await ReconcileAsync([], CancellationToken.None);
        if (options.Segment is not null && _claim is not null)
            await _segments.RemoveAsync(CancellationToken.None);
        _claim?.Dispose();
    }

    private static CircuitState Failed(CircuitWish wish, string code, string about) =>
        new(wish.Id, IsInForce: false, Bandwidth.Zero, Path: "", code, about, MendedCount: 0);

    private CircuitState Stand(CircuitWish wish, CircuitWay way, (string Code, string About)? fault, (string Code, string About) mend)
    {
        if (fault is var (code, about))
            return Failed(wish, code, about);
        if (mend.Code is not ("" or PolicyRoutes.Mended))
            return Failed(wish, mend.Code, mend.About);
        var (_, count) = _made.GetValueOrDefault(wish.Id);
        if (mend.Code == PolicyRoutes.Mended)
            count++;
        _made[wish.Id] = (wish.Number, count);
        return new(wish.Id, IsInForce: true, wish.Rate, way.ToString(), Code: "", About: "", count);
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
            socket.Bind(new UnixDomainSocketEndPoint("\0meridian-circuits" + tool.Where));
            _claim = socket;
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    private async Task<(CircuitWay? Way, string Code, string About)> FindWayAsync(CircuitWish wish, CancellationToken cancellation)
    {
        if (wish.Address is not { } address)
            return (null, CircuitCodes.NoAddress, wish.Peer);
        ImmutableArray<IPAddress> segments = wish.Segments.IsEmpty
            ? []
            : [.. wish.Segments[..^1].Select(s => s.Onward), wish.Segments[^1].OutOf(address.AddressFamily)];
        var gateway = segments.IsEmpty ? options.NextHops.GetValueOrDefault(wish.NextSite) : null;
        var first = (segments.IsEmpty ? gateway ?? address : segments[0]).ToString();
        var answer = await tool.RunAsync(["ip", "-j", "route", "get", first], cancellation);
        if (!answer.IsGood || Json.Items(answer.Output).FirstOrDefault() is not { ValueKind: JsonValueKind.Object } route)
            return (null, CircuitCodes.NoRoute, first);
        if (Json.Text(route, "type") == "local" || Json.Text(route, "dev") is "" or "lo" || Json.Text(route, "encap") == "seg6local")
            return (null, CircuitCodes.SameHost, first);
        return (new(Json.Text(route, "dev")) { Gateway = gateway, Segments = segments }, "", "");
    }

    /// <summary>Brings every device's classes to what its circuits need; says what is wrong with which device.</summary>
    private async Task<SortedDictionary<string, (string Code, string About)?>> ShapeAsync(
        List<(CircuitWish Wish, CircuitWay Way)> ways, CancellationToken cancellation)
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
