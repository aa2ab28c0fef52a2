using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// Three ways between any two points: the cheapest, the quickest, and the one over the fewest links. A point at the end of
/// a single line is left out of the search and reached through its neighbour, so that the tables grow with the backbone
/// and not with the number of sites.
/// </summary>
internal sealed class Backbone
{
    /// <summary>How many ways are kept.</summary>
    internal const int WayCount = 3;

    /// <summary>The cheapest way.</summary>
    internal const int Cheapest = 0;

    /// <summary>The way of least latency.</summary>
    internal const int Quickest = 1;

    /// <summary>The most links of a way.</summary>
    internal const int LinkCountMax = 128;

    internal const int Unreachable = int.MaxValue;

    // A sum of prices in another order may round to a hair less; what bounds such sums has to be below all of them.
    private const double Rounded = 1 - 1e-12;

    private readonly Topology _topology;
    private readonly int[] _backboneIndex;
    private readonly int[] _points;
    private readonly int[] _beginOf;
    private readonly int[] _host;
    private readonly int[] _up;
    private readonly int[] _down;
    private readonly double[] _linkPrice;
    private readonly int[][] _last;
    private readonly double[] _price;
    private readonly int[] _latencyTo;

    internal Backbone(Topology topology)
    {
        _topology = topology;
        var count = topology.Points.Length;
        (_host, _up, _down, _backboneIndex) = (new int[count], new int[count], new int[count], new int[count]);
        _linkPrice = [.. topology.Links.Select(l => (double)l.PricePerGigabyte.Amounts[0])];
        for (var point = 0; point < count; point++)
            (_up[point], _down[point]) = LineOf(point);
        _points = [.. Enumerable.Range(0, count).Where(point => _up[point] < 0)];
        for (var i = 0; i < _points.Length; i++)
            _backboneIndex[_points[i]] = i;
        for (var point = 0; point < count; point++)
            _host[point] = _backboneIndex[_up[point] < 0 ? point : topology.End(_up[point])];
        _beginOf = [.. Enumerable.Range(0, topology.Links.Length).Select(link => _backboneIndex[topology.Begin(link)])];
        Size = _points.Length;
        (_price, _latencyTo) = (new double[Size * Size], new int[Size * Size]);
        _last = [new int[Size * Size], new int[Size * Size], new int[Size * Size]];
        for (var from = 0; from < Size; from++)
            Search(from);
    }

    /// <summary>How many points the backbone has.</summary>
    internal int Size { get; }

    /// <summary>The backbone's point at or next to the point.</summary>
    internal int HostOf(int point) => _host[point];

    /// <summary>The price per gigabyte of the cheapest way between two points of the backbone; infinite without one.</summary>
    internal double PriceBetween(int from, int to) => _price[(from * Size) + to];

    /// <summary>The latency of the quickest way between two points of the backbone.</summary>
    internal int LatencyBetween(int from, int to) => _latencyTo[(to * Size) + from];

    /// <summary>The price per gigabyte of the cheapest way between two points; infinite without one.</summary>
    internal double Price(int from, int to) => from == to
        ? 0
        : PriceBetween(_host[from], _host[to]) + LinePrice(_up[from]) + LinePrice(_down[to]);

    /// <summary>What 10^9 bytes cost over the line to a point from its only neighbour; nothing without such a line.</summary>
    internal double PriceOfLineTo(int point) => LinePrice(_down[point]);

    /// <summary>What 10^9 bytes cost over the line from a point to its only neighbour; nothing without such a line.</summary>
    internal double PriceOfLineFrom(int point) => LinePrice(_up[point]);

    /// <summary>The latency in microseconds of the quickest way between two points, zero at one point.</summary>
    internal long Latency(int from, int to)
    {
        if (from == to)
            return 0;
        var between = LatencyBetween(_host[from], _host[to]);
        return between == Unreachable ? long.MaxValue : between + LineLatency(_up[from]) + LineLatency(_down[to]);
    }

    /// <summary>The line from a point to the only neighbour that it has, or -1.</summary>
    internal int UpOf(int point) => _up[point];

    /// <summary>The line to a point from the only neighbour that it has, or -1.</summary>
    internal int DownOf(int point) => _down[point];

    /// <summary>The last link of a way between two points of the backbone; -1 where they are one or no way leads.</summary>
    internal int LastLink(int way, int from, int to) => _last[way][(from * Size) + to];

    /// <summary>The backbone's point where the link begins, which is one of the backbone's.</summary>
    internal int BeginOf(int link) => _beginOf[link];

    /// <summary>The backbone's point where the link ends, which is one of the backbone's.</summary>
    internal int EndOf(int link) => _backboneIndex[_topology.End(link)];

    /// <summary>The links that leave the point.</summary>
    internal ReadOnlySpan<int> Leaving(int point) => _topology.Outgoing(point);

    /// <summary>
    /// Writes the links of a way between two points of the backbone, in order, so that they end where the span ends; says where they begin.
    /// A way is followed back from its end, which takes no longer than to read it, so none is kept.
    /// </summary>
    internal int Trace(int way, int begin, int end, Span<int> into)
    {
        var (last, at) = (_last[way], into.Length);
        for (; end != begin; end = _beginOf[into[at]])
            into[--at] = last[(begin * Size) + end];
        return at;
    }

    /// <summary>What 10^9 bytes cost over the links.</summary>
    internal double PriceOf(ReadOnlySpan<int> links)
    {
        var price = 0d;
        foreach (var link in links)
            price += _linkPrice[link];
        return price;
    }

    private double LinePrice(int link) => link < 0 ? 0 : _linkPrice[link];

    private long LineLatency(int link) => link < 0 ? 0 : _topology.Links[link].LatencyMicroseconds;

    /// <summary>The links to and from the only neighbour of a point, or nothing where it has several ways out.</summary>
    private (int Up, int Down) LineOf(int point)
    {
        var outgoing = _topology.Outgoing(point);
        var incoming = _topology.Incoming(point);
        if (outgoing.Length != 1 || incoming.Length != 1 || _topology.End(outgoing[0]) != _topology.Begin(incoming[0]))
            return (-1, -1);
        var neighbour = _topology.End(outgoing[0]);
        return _topology.Outgoing(neighbour).Length > 1 || _topology.Incoming(neighbour).Length > 1
            ? (outgoing[0], incoming[0])
            : (-1, -1);
    }

    private void Search(int from)
    {
        for (var way = 0; way < WayCount; way++)
        {
            var reached = Distances(way, from, _last[way].AsSpan(from * Size, Size));
            for (var to = 0; to < Size; to++)
            {
                if (way == Cheapest)
                    _price[(from * Size) + to] = reached[to].Weight * Rounded;
                if (way == Quickest)
                    _latencyTo[(to * Size) + from] = reached[to].Weight == double.PositiveInfinity ? Unreachable : (int)reached[to].Weight;
            }
        }
    }

    /// <summary>Dijkstra's algorithm; of equal weights the fewer links win, then the lower index.</summary>
    private (double Weight, int Hops)[] Distances(int way, int from, Span<int> last)
    {
        var reached = new (double Weight, int Hops)[Size];
        Array.Fill(reached, (double.PositiveInfinity, 0));
        last.Fill(-1);
        reached[from] = (0, 0);
        var queue = new PriorityQueue<int, (double, int, int)>();
        queue.Enqueue(from, (0, 0, from));
        while (queue.TryDequeue(out var point, out var key))
        {
            if ((key.Item1, key.Item2) != reached[point])
                continue;
            foreach (var link in _topology.Outgoing(_points[point]))
            {
                if (_up[_topology.End(link)] >= 0)
                    continue;
                var next = _backboneIndex[_topology.End(link)];
                var candidate = (reached[point].Weight + Weight(way, link), reached[point].Hops + 1);
                if (candidate.CompareTo(reached[next]) >= 0)
                    continue;
                (reached[next], last[next]) = (candidate, link);
                queue.Enqueue(next, (candidate.Item1, candidate.Item2, next));
            }
        }

        Invariant.Holds(reached.All(r => r.Hops + 2 <= LinkCountMax), "a way has no more links than the quick path keeps");
        return reached;
    }

    private double Weight(int way, int link) => way switch
    {
        Cheapest => _linkPrice[link],
        Quickest => _topology.Links[link].LatencyMicroseconds,
        _ => 1,
    };
}
