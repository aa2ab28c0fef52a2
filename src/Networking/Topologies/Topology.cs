using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Networking.Topologies;

/// <summary>
/// A directed multigraph of named points. Points are numbered in the order of their names and links in the order of
/// their identities, so that equal content has equal indexes. Immutable; a change makes a new topology.
/// </summary>
public sealed class Topology
{
    /// <summary>The topology without points.</summary>
    public static readonly Topology Empty = new([], []);

    private readonly SortedDictionary<string, int> _pointIndexes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _linkIndexes;
    private readonly int[] _ends;
    private readonly int[] _begins;
    private readonly int[] _outgoing;
    private readonly int[] _outgoingOffsets;
    private readonly int[] _incoming;
    private readonly int[] _incomingOffsets;

    private Topology(ImmutableArray<NetworkPoint> points, ImmutableArray<NetworkLink> links)
    {
        (Points, Links) = (points, links);
        for (var point = 0; point < points.Length; point++)
            _pointIndexes.Add(points[point].Name, point);
        _linkIndexes = new(links.Length);
        _begins = new int[links.Length];
        _ends = new int[links.Length];
        for (var link = 0; link < links.Length; link++)
        {
            _linkIndexes.Add(links[link].Id.Value, link);
            _begins[link] = _pointIndexes[links[link].From];
            _ends[link] = _pointIndexes[links[link].To];
        }

        (_outgoing, _outgoingOffsets) = Grouped(_begins, points.Length);
        (_incoming, _incomingOffsets) = Grouped(_ends, points.Length);
    }

    /// <summary>The points in the order of their names.</summary>
    public ImmutableArray<NetworkPoint> Points { get; }

    /// <summary>The links in the order of their identities.</summary>
    public ImmutableArray<NetworkLink> Links { get; }

    /// <summary>Builds a topology, or says everything that is wrong with the parts.</summary>
    public static Topology? TryCreate(
        IEnumerable<NetworkPoint> points, IEnumerable<NetworkLink> links, out ImmutableArray<string> faults)
    {
        var topology = TryCreate(points, links, out ImmutableArray<(object Part, Phrase Message)> broken);
        faults = [.. broken.Select(fault => fault.Message.English)];
        return topology;
    }

    /// <summary>Builds a topology from parts that are known to be right.</summary>
    public static Topology Create(IEnumerable<NetworkPoint> points, IEnumerable<NetworkLink> links)
    {
        var topology = TryCreate(points, links, out ImmutableArray<string> faults);
        Invariant.Holds(topology is not null, "the parts of a topology fit: " + string.Join("; ", faults));
        return topology;
    }

    /// <summary>The topology with other links between the same points.</summary>
    public Topology With(IEnumerable<NetworkLink> links) => Create(Points, links);

    /// <summary>The index of the point with the name, or none.</summary>
    public int? PointIndex(string name) => _pointIndexes.TryGetValue(name, out var index) ? index : null;

    /// <summary>The index of the link with the identity, or none.</summary>
    public int? LinkIndex(LinkId id) => _linkIndexes.TryGetValue(id.Value, out var index) ? index : null;

    /// <summary>The index of the point where the link begins.</summary>
    public int Begin(int link) => _begins[link];

    /// <summary>The index of the point where the link ends.</summary>
    public int End(int link) => _ends[link];

    /// <summary>The indexes of the links that leave the point, in order.</summary>
    public ReadOnlySpan<int> Outgoing(int point) =>
        _outgoing.AsSpan(_outgoingOffsets[point], _outgoingOffsets[point + 1] - _outgoingOffsets[point]);

    /// <summary>The indexes of the links that arrive at the point, in order.</summary>
    public ReadOnlySpan<int> Incoming(int point) =>
        _incoming.AsSpan(_incomingOffsets[point], _incomingOffsets[point + 1] - _incomingOffsets[point]);

    /// <summary>Builds a topology, or says everything that is wrong and with which point or link.</summary>
    internal static Topology? TryCreate(
        IEnumerable<NetworkPoint> points, IEnumerable<NetworkLink> links, out ImmutableArray<(object Part, Phrase Message)> faults)
    {
        var sortedPoints = points.OrderBy(point => point.Name, StringComparer.Ordinal).ToImmutableArray();
        var sortedLinks = links.OrderBy(link => link.Id).ToImmutableArray();
        faults = [.. TopologyRules.Broken(sortedPoints, sortedLinks)];
        return faults.IsEmpty ? new(sortedPoints, sortedLinks) : null;
    }

    private static (int[] Items, int[] Offsets) Grouped(int[] keys, int groupCount)
    {
        var offsets = new int[groupCount + 1];
        foreach (var key in keys)
            offsets[key + 1]++;
        for (var group = 0; group < groupCount; group++)
            offsets[group + 1] += offsets[group];

        var next = offsets.AsSpan(0, groupCount).ToArray();
        var items = new int[keys.Length];
        for (var item = 0; item < keys.Length; item++)
            items[next[keys[item]]++] = item;
        return (items, offsets);
    }
}

/// <summary>What must be true of the parts of a topology.</summary>
internal static class TopologyRules
{
    internal static IEnumerable<(object Part, Phrase Message)> Broken(
        ImmutableArray<NetworkPoint> points, ImmutableArray<NetworkLink> links)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            if (point.Name.Length == 0)
                yield return (point, ("a point has no name", "有一个点没有名称"));
            else if (!names.Add(point.Name))
                yield return (point, ($"the point '{point.Name}' is there twice", $"点“{point.Name}”出现两次"));
        }

        for (var i = 0; i < links.Length; i++)
        {
            if (i > 0 && links[i - 1].Id == links[i].Id)
                yield return (links[i], ($"{links[i].Id} is there twice", $"{links[i].Id} 出现两次"));
            foreach (var fault in Broken(links[i], names))
            {
                yield return (links[i], (
                    $"{links[i].Id} from '{links[i].From}' to '{links[i].To}' {fault.English}",
                    $"从“{links[i].From}”到“{links[i].To}”的 {links[i].Id} {fault.Chinese}"));
            }
        }
    }

    private static IEnumerable<Phrase> Broken(NetworkLink link, SortedSet<string> names)
    {
        if (link.Id.Value < 0)
            yield return ("has a negative identity", "的标识为负");
        if (!names.Contains(link.From) || !names.Contains(link.To))
            yield return ("joins a point that is not in the topology", "连接了拓扑中没有的点");
        if (link.From == link.To)
            yield return ("ends where it begins", "的起点与终点相同");
        if (link.Capacity.BitsPerSecond < 0 || link.LatencyMicroseconds < 0 || link.JitterMicroseconds < 0)
            yield return ("has a negative capacity, latency or jitter", "的容量、时延或抖动为负");
        if (link.LossShare is not (>= 0 and <= 1))
            yield return ("loses a share that is not between 0 and 1", "的丢包率不在 0 与 1 之间");
        if (link.Maintenance.Any(window => window.From >= window.To))
            yield return ("has a maintenance window that ends before it begins", "的维护窗口早于开始就结束");
    }
}
