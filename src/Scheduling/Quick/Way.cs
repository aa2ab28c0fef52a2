using System.Runtime.CompilerServices;

namespace Meridian.Scheduling.Quick;

/// <summary>One way of a job's input to a site.</summary>
/// <param name="Circuit">The circuit; of rate zero where the input is at the site.</param>
/// <param name="Price">What the transport costs.</param>
/// <param name="Ready">When the input is there.</param>
internal readonly record struct Way(QuickCircuit Circuit, double Price, long Ready);

/// <summary>A circuit's rate, and from when until when it is held; of rate zero where there is none.</summary>
internal readonly record struct Window(int Mbps, long Start, long Finish);

/// <summary>
/// Finds the ways of an input to sites in the calendars of the links. All sites at one point of the backbone share the ways up to
/// there, so each of those is looked up once for a job, and again only for a site whose own line is busy or slow.
/// </summary>
internal sealed class WayFinder
{
    /// <summary>No circuit is faster than a depot's line, which is also the rate within a site, over no link.</summary>
    internal const int DepotMbps = 10_000;

    private readonly Terrain _terrain;
    private readonly Backbone _backbone;
    private readonly SlotCalendar _calendar;
    private readonly Congestion _congestion;
    private readonly Approach[] _approaches;
    private readonly bool[] _hasSlowLine;
    private readonly int[][] _links = [.. Enumerable.Range(0, Backbone.WayCount).Select(_ => new int[Backbone.LinkCountMax])];
    private int _turn;
    private int _from;
    private long _bytes;
    private long _now;

    internal WayFinder(Terrain terrain, Backbone backbone, SlotCalendar calendar, Congestion congestion)
    {
        (_terrain, _backbone, _calendar, _congestion) = (terrain, backbone, calendar, congestion);
        _approaches = new Approach[backbone.Size];
        _hasSlowLine = new bool[backbone.Size];
        foreach (var point in terrain.Points)
            _hasSlowLine[backbone.HostOf(point)] |= calendar.CapacityOf(One(backbone.DownOf(point))) < DepotMbps;
    }

    /// <summary>When an input that is at the site is at the node.</summary>
    internal static long LocalReady(long bytes, long now) => now + SlotCalendar.HoldMilliseconds(bytes, DepotMbps);

    /// <summary>Before when no input of the site can be at another one, by what is free on the links that leave the site.</summary>
    internal long FarReady(int from, long bytes, long now)
    {
        var hold = SlotCalendar.HoldMilliseconds(bytes, DepotMbps);
        if (hold >= SlotCalendar.LongFrom)
            hold = SlotCalendar.HoldMilliseconds(bytes, DepotMbps * (SlotCalendar.QuarterCount - 1) / SlotCalendar.QuarterCount);
        var soonest = long.MaxValue;
        foreach (var link in _backbone.Leaving(_terrain.Points[from]))
            soonest = Math.Min(soonest, _calendar.NotBefore(link, DepotMbps, bytes, now));
        return Math.Max(now + hold, soonest);
    }

    /// <summary>Turns to another input; what is found from now on is for it.</summary>
    internal void Turn(in QuickJob job, long now)
    {
        _turn++;
        (_from, _bytes, _now) = (job.InputSite, job.InputBytes, now);
    }

    /// <summary>Before when the input cannot be at a site at the point of the backbone; the end of time where it cannot come there.</summary>
    internal long SoonestAt(int host) => _hasSlowLine[host] ? _now : ApproachOf(host).Soonest;

    /// <summary>The earliest window for the input on the way to the site; false where there is none, or an earlier way is the same.</summary>
    internal bool TryFind(int site, int way, out Way found)
    {
        ref readonly var approach = ref ApproachOf(_backbone.HostOf(_terrain.Points[site]));
        ref readonly var lane = ref approach.Lanes[way];
        found = default;
        if (!lane.IsOpen)
            return false;
        var down = _backbone.DownOf(_terrain.Points[site]);
        var isShared = _calendar.AreClear(One(down), _now) && _calendar.CapacityOf(One(down)) >= lane.RateMax;
        if ((isShared ? lane.Window : Earliest(LinksOf(way, _from, site))) is not { Mbps: > 0 } window)
            return false;
        var price = (lane.Price + _backbone.PriceOf(One(down))) * _bytes / 1e9;
        found = new(new(_from, site, way, window.Mbps, window.Start, window.Finish), price, window.Finish);
        return true;
    }

    /// <summary>What the input costs on the way and when it is there if the links are idle; never where the calendars end before.</summary>
    internal (double Price, long Ready) Idle(in QuickJob job, int site, int way, long now)
    {
        var links = LinksOf(way, job.InputSite, site);
        return links.IsEmpty
            ? (0, long.MaxValue)
            : (_backbone.PriceOf(links) * job.InputBytes / 1e9, SlotCalendar.WhenIdle(RateMax(links), job.InputBytes, now));
    }

    /// <summary>
    /// The links of a way between two sites; none where it does not lead there, or where an earlier way is the same. Valid until the next call.
    /// </summary>
    internal ReadOnlySpan<int> LinksOf(int way, int from, int to)
    {
        var (begin, end) = (_backbone.HostOf(_terrain.Points[from]), _backbone.HostOf(_terrain.Points[to]));
        var links = Trace(way, (begin, end), _backbone.UpOf(_terrain.Points[from]), _backbone.DownOf(_terrain.Points[to]));
        for (var earlier = 0; earlier < way; earlier++)
        {
            if (IsSame(earlier, way, begin, end))
                return [];
        }

        return links;
    }

    internal void Book(in QuickCircuit circuit, long now)
    {
        if (circuit.Mbps == 0)
            return;
        var links = LinksOf(circuit.Way, circuit.From, circuit.To);
        _calendar.Book(links, circuit.Mbps, circuit.Start, circuit.Finish, now);
        _congestion.Note(links, circuit.From, circuit.To, now);
    }

    private ref Approach ApproachOf(int host)
    {
        ref var approach = ref _approaches[host];
        if (approach.Turn == _turn)
            return ref approach;
        (approach.Turn, approach.Soonest) = (_turn, long.MaxValue);
        var (begin, up) = (_backbone.HostOf(_terrain.Points[_from]), _backbone.UpOf(_terrain.Points[_from]));
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            ref var lane = ref approach.Lanes[way];
            lane.IsOpen = !double.IsPositiveInfinity(_backbone.PriceBetween(begin, host))
                && !(way > 0 && IsSame(0, way, begin, host)) && !(way > 1 && IsSame(1, way, begin, host));
            if (!lane.IsOpen)
                continue;
            var links = Trace(way, (begin, host), up, down: -1);
            (lane.Price, lane.RateMax, lane.Window) = (_backbone.PriceOf(links), RateMax(links), Earliest(links));
            if (lane.Window.Mbps > 0)
                approach.Soonest = Math.Min(approach.Soonest, lane.Window.Finish);
        }

        return ref approach;
    }

    /// <summary>The earliest window on the links; of rate zero for none.</summary>
    private Window Earliest(ReadOnlySpan<int> links) =>
        (_calendar.AreClear(links, _now) ? SlotCalendar.AtOnce(RateMax(links), _bytes, _now) : null)
            ?? _calendar.Earliest(links, RateMax(links), _bytes, _now) ?? default;

    /// <summary>The links of a way between two points of the backbone with the lines at its ends; valid until the way is traced again.</summary>
    private ReadOnlySpan<int> Trace(int way, (int Begin, int End) hosts, int up, int down)
    {
        if (double.IsPositiveInfinity(_backbone.PriceBetween(hosts.Begin, hosts.End)))
            return [];
        var links = _links[way].AsSpan();
        var (at, end) = (_backbone.Trace(way, hosts.Begin, hosts.End, links[..^1]), links.Length - 1);
        if (up >= 0)
            links[--at] = up;
        if (down >= 0)
            links[end++] = down;
        return links[at..end];
    }

    /// <summary>Whether two ways between two points of the backbone are the same; followed from their end until they part.</summary>
    private bool IsSame(int one, int other, int begin, int end)
    {
        for (int link; (link = _backbone.LastLink(one, begin, end)) == _backbone.LastLink(other, begin, end); end = _backbone.BeginOf(link))
        {
            if (link < 0)
                return true;
        }

        return false;
    }

    private int RateMax(ReadOnlySpan<int> links) => Math.Min(DepotMbps, _calendar.CapacityOf(links));

    // A line is no link, written -1, where the point is part of the backbone.
    private static ReadOnlySpan<int> One(in int link) => link < 0 ? [] : new(in link);

    /// <summary>One of the ways to a point of the backbone, as it is for the input of a turn.</summary>
    private struct Lane
    {
        internal bool IsOpen;
        internal int RateMax;
        internal double Price;
        internal Window Window;
    }

    private struct Approach
    {
        internal int Turn;
        internal long Soonest;
        internal Lanes Lanes;
    }

    [InlineArray(Backbone.WayCount)]
    private struct Lanes
    {
        private Lane _first;
    }
}
