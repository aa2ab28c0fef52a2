using System.Collections.Immutable;
using System.Numerics;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// Decides on one job at a time, in microseconds, from an index that changes with every decision: the pool, the node, the
/// way of the input and its circuit. Of all pools that have room now and keep every constraint it finds the best by the
/// formulas of docs/scheduling.md; it never lets a job wait for a better pool that is busy. Time does not go back. The same
/// calls give the same answers. Not thread-safe.
/// </summary>
/// <remarks>
/// Branch and bound: Land and Doig, <i>An automatic method of solving discrete programming problems</i>, 1960. Classes of
/// equal demands: Verma and others, <i>Large-scale cluster management at Google with Borg</i>, EuroSys 2015.
/// </remarks>
public sealed class QuickPath
{
    /// <summary>The most accelerators of a node.</summary>
    public const int AcceleratorsPerNodeMax = 8;

    private const int HourMilliseconds = 3_600_000;

    private readonly Terrain _terrain;
    private readonly Hierarchy _tree;
    private readonly NodeStore _nodes;
    private readonly SlotCalendar _calendar;
    private readonly WayFinder _ways;
    private readonly Backbone _backbone;
    private readonly Search _search;
    private readonly Holdings _holdings = new();
    private readonly Tariffs _tariffs;
    private readonly List<ShapeBook> _books = [];
    private readonly Dictionary<(ResourceDemand, int), int> _shapes = [];
    private readonly List<int> _reopened = [];
    private readonly List<(int Node, int Count)> _seats = [];
    private readonly Closures _closures;
    private long _now;
    private long _hour = -1;

    /// <summary>An index over idle pools.</summary>
    /// <param name="sites">The sites; each is a point of the topology of the same name.</param>
    /// <param name="pools">The pools.</param>
    /// <param name="topology">The network. The price of a link is that of midnight.</param>
    public QuickPath(IEnumerable<Site> sites, IEnumerable<QuickPool> pools, Topology topology)
    {
        _backbone = new(topology);
        _terrain = new(sites, pools, topology, _backbone);
        _tree = new(_terrain, _backbone);
        _nodes = new(_terrain.Pools);
        _calendar = new(topology);
        var congestion = new Congestion(_terrain, _backbone, _calendar);
        _ways = new(_terrain, _backbone, _calendar, congestion);
        _closures = new(_terrain.Pools.Length);
        _search = new(_tree, (_terrain, _backbone), _nodes, (_ways, congestion), _closures);
        _tariffs = new(_terrain);
        _tariffs.Turn(0);
    }

    /// <summary>The sites in the order of their indexes.</summary>
    public ImmutableArray<Site> Sites => _terrain.Sites;

    /// <summary>The pools in the order of their indexes, which breaks ties.</summary>
    public ImmutableArray<QuickPool> Pools => _terrain.Pools;

    /// <summary>The shapes for which the last release may have made room, each once.</summary>
    public IReadOnlyList<int> Reopened => _reopened;

    /// <summary>The index of the site with the name.</summary>
    public int SiteIndex(SiteId site) => Enumerable.Range(0, Sites.Length).First(index => Sites[index].Id == site);

    /// <summary>The site of a pool.</summary>
    public int SiteOf(int pool) => _terrain.SiteOfPool[pool];

    /// <summary>The index of a pool's first node; the others follow.</summary>
    public int FirstNodeOf(int pool) => _nodes.FirstOf(pool);

    /// <summary>The index of what so many tasks that start together need each. Equal needs have one index.</summary>
    public int ShapeOf(ResourceDemand demand, int taskCount)
    {
        if (_shapes.TryGetValue((demand, taskCount), out var index))
            return index;
        var book = new ShapeBook(new(demand, taskCount), _terrain, _tree, _tariffs);
        book.Turn();
        _shapes.Add((demand, taskCount), _books.Count);
        _books.Add(book);
        _closures.Widen(_books.Count);
        return _books.Count - 1;
    }

    /// <summary>What a shape needs: the demand of each task, and how many start together.</summary>
    public (ResourceDemand Demand, int TaskCount) DemandOf(int shape) => (_books[shape].Shape.Demand, _books[shape].Shape.TaskCount);

    /// <summary>The mask of the laws with the labels.</summary>
    public ulong SovereigntyMask(params ReadOnlySpan<string> labels) => Mask(_terrain.Sovereignties, labels);

    /// <summary>The mask of the regions with the names.</summary>
    public ulong RegionMask(params ReadOnlySpan<string> names) => Mask(_terrain.Regions, names);

    /// <summary>The mask of the providers with the names.</summary>
    public ulong ProviderMask(params ReadOnlySpan<string> names) => Mask(_terrain.Providers, names);

    /// <summary>Places the job where it is best off of all pools with room now, and takes what it needs.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The moment, in milliseconds since 1970; never less than before.</param>
    public QuickPlacement Decide(in QuickJob job, long now)
    {
        Turn(now);
        var book = _books[job.Shape];
        if (!_search.Run(job, book, now))
            return QuickPlacement.None;
        ref readonly var best = ref _search.Best;
        _ways.Book(best.Way.Circuit, now);
        return new(
            best.Pool, Take(best, job.Shape, book.Shape), best.Way.Ready, best.Finish,
            (long)Math.Ceiling(best.Price * book.Shape.TaskCount * 1e6), best.Carbon * book.Shape.TaskCount, best.Way.Circuit);
    }

    /// <summary>Whether some pool could hold the job, its deadline and budget included, if everything were idle.</summary>
    public bool IsPossible(in QuickJob job, long now)
    {
        Turn(now);
        return _search.IsPossible(job, _books[job.Shape], now);
    }

    /// <summary>Whether the job's lists and its bound on latency allow the pool's site.</summary>
    public bool Allows(in QuickJob job, int pool) => _search.Allows(job, SiteOf(pool));

    /// <summary>The pool and the shape of a placement.</summary>
    public (int Pool, int Shape) OwnerOf(int holding) => _holdings.Owner(holding);

    /// <summary>Whether the fastest pool of all would finish the job by its deadline.</summary>
    public bool IsTimely(in QuickJob job, long now) => job.Deadline == 0 || now
        + (1000 * Math.Min(job.DurationSeconds * _books[job.Shape].SlownessMin, job.TimeoutSeconds)) <= job.Deadline;

    /// <summary>Gives back what a placement took of nodes; what it holds on links ends by itself.</summary>
    public void Release(int holding)
    {
        var (pool, shape) = _holdings.Owner(holding);
        _reopened.Clear();
        for (var at = holding; at >= 0; at = _holdings.Next(at))
            _nodes.Return(pool, _holdings.Seat(at), _books[shape].Shape);
        for (var at = holding; at >= 0; at = _holdings.Next(at))
            Reopen(pool, _holdings.Seat(at).Node);
        _holdings.Remove(holding);
    }

    /// <summary>Where the first tasks of a placement are.</summary>
    public QuickSeat SeatOf(int holding) => _holdings.Seat(holding);

    /// <summary>Where to ask for the seat that follows, or -1: <c>for (var at = holding; at >= 0; at = NextSeat(at))</c>.</summary>
    public int NextSeat(int holding) => _holdings.Next(holding);

    /// <summary>The links of a circuit by their index in the topology. Valid until the next call.</summary>
    public ReadOnlySpan<int> LinksOf(in QuickCircuit circuit) => WayBetween(circuit.From, circuit.To, circuit.Way);

    /// <summary>
    /// The links of a way between two sites: 0 the cheapest, 1 the quickest, 2 that over the fewest links. None where no way
    /// leads, or where an earlier one is the same. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<int> WayBetween(int from, int to, int way) =>
        from == to ? [] : _ways.LinksOf(way, from, to);

    /// <summary>The latency of the quickest way between two sites in microseconds.</summary>
    public long LatencyMicroseconds(int from, int to) => _backbone.Latency(_terrain.Points[from], _terrain.Points[to]);

    internal static int HourOf(long moment) => (int)(moment / HourMilliseconds % 24);

    internal static long NextHour(long moment) => ((moment / HourMilliseconds) + 1) * HourMilliseconds;

    private int Take(in Candidate best, int shapeIndex, Shape shape)
    {
        if (shape.TaskCount == 1)
            return _holdings.Add(best.Pool, shapeIndex, _nodes.Take(best.Pool, best.Node, shape, 1), next: -1);
        var holding = -1;
        _nodes.Seat(best.Pool, shape, _seats);
        for (var i = _seats.Count - 1; i >= 0; i--)
            holding = _holdings.Add(best.Pool, shapeIndex, _nodes.Take(best.Pool, _seats[i].Node, shape, _seats[i].Count), holding);
        return holding;
    }

    private void Turn(long now)
    {
        Invariant.Holds(now >= _now, "time does not go back");
        _now = now;
        if (now / HourMilliseconds == _hour)
            return;
        _hour = now / HourMilliseconds;
        _tariffs.Turn(HourOf(now));
        foreach (var book in _books)
            book.Turn();
    }

    /// <summary>Opens the pool for the shapes that it was closed for and that may fit now.</summary>
    private void Reopen(int pool, int node)
    {
        for (var word = 0; word < _closures.WordCount; word++)
        {
            for (var left = _closures.Word(pool, word); left != 0; left &= left - 1)
            {
                var index = (word * 64) + BitOperations.TrailingZeroCount(left);
                var (book, shape) = (_books[index], _books[index].Shape);
                if (shape.TaskCount == 1 ? !_nodes.Fits(node, shape) : _nodes.SlotsAtMost(pool, shape) < shape.TaskCount)
                    continue;
                _closures.Remove(pool, index);
                book.Open(pool);
                _reopened.Add(index);
            }
        }
    }

    private static ulong Mask(ImmutableArray<string> known, ReadOnlySpan<string> names)
    {
        var mask = 0UL;
        foreach (var name in names)
        {
            var index = known.IndexOf(name);
            Invariant.Holds(index >= 0, $"'{name}' is known to the quick path");
            mask |= 1UL << index;
        }

        return mask;
    }
}
