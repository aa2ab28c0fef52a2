namespace Meridian.Scheduling.Quick;

/// <summary>One way of a job's input to a site.</summary>
/// <param name="Circuit">The circuit; of rate zero where the input is at the site.</param>
/// <param name="Price">What the transport costs.</param>
/// <param name="Ready">When the input is there.</param>
internal readonly record struct Way(QuickCircuit Circuit, double Price, long Ready);

/// <summary>Finds the ways of an input to a site in the calendars of the links.</summary>
internal sealed class WayFinder(Terrain terrain, Backbone backbone, SlotCalendar calendar, Congestion congestion)
{
    /// <summary>No circuit is faster than a depot's line, which is also the rate within a site, over no link.</summary>
    internal const int DepotMbps = 10_000;

    private readonly Route[]?[] _routes = new Route[]?[backbone.Size * backbone.Size];
    private readonly int[] _links = new int[Backbone.LinkCountMax];

    /// <summary>When an input that is at the site is at the node.</summary>
    internal static long LocalReady(long bytes, long now) => now + SlotCalendar.HoldMilliseconds(bytes, DepotMbps);

    /// <summary>Before when no input of the site can be at another one, by what is free on the links that leave the site.</summary>
    internal long FarReady(int from, long bytes, long now)
    {
        var hold = SlotCalendar.HoldMilliseconds(bytes, DepotMbps);
        if (hold >= SlotCalendar.LongFrom)
            hold = SlotCalendar.HoldMilliseconds(bytes, DepotMbps * (SlotCalendar.QuarterCount - 1) / SlotCalendar.QuarterCount);
        var soonest = long.MaxValue;
        foreach (var link in backbone.Leaving(terrain.Points[from]))
            soonest = Math.Min(soonest, calendar.NotBefore(link, DepotMbps, bytes, now));
        return Math.Max(now + hold, soonest);
    }

    /// <summary>The different ways between two sites, the cheapest first; none where no way leads.</summary>
    internal Route[] Between(int from, int to)
    {
        var (begin, end) = (backbone.HostOf(terrain.Points[from]), backbone.HostOf(terrain.Points[to]));
        return _routes[(begin * backbone.Size) + end] ??= Distinct(terrain.Points[from], terrain.Points[to]);
    }

    /// <summary>The earliest window for the input on the way, if there is one.</summary>
    internal bool TryFind(in QuickJob job, int site, Route route, long now, out Way found)
    {
        var (up, down) = (backbone.UpOf(terrain.Points[job.InputSite]), backbone.DownOf(terrain.Points[site]));
        var rateMax = RateMax(route, up, down);
        var isClear = calendar.AreClear(One(up), now) && calendar.AreClear(One(down), now) && calendar.AreClear(route.Links, now);
        var atOnce = isClear ? SlotCalendar.AtOnce(rateMax, job.InputBytes, now) : null;
        found = default;
        if ((atOnce ?? calendar.Earliest(LinksOf(route.Way, job.InputSite, site), rateMax, job.InputBytes, now)) is not { } window)
            return false;
        found = new(
            new(job.InputSite, site, route.Way, window.Mbps, window.Start, window.Finish), Price(route, up, down, job.InputBytes), window.Finish);
        return true;
    }

    /// <summary>What the input costs on the way and when it is there if the links are idle; never where the calendars end before.</summary>
    internal (double Price, long Ready) Idle(in QuickJob job, int site, Route route, long now)
    {
        var (up, down) = (backbone.UpOf(terrain.Points[job.InputSite]), backbone.DownOf(terrain.Points[site]));
        return (Price(route, up, down, job.InputBytes), SlotCalendar.WhenIdle(RateMax(route, up, down), job.InputBytes, now));
    }

    /// <summary>The links of a way between two sites; none where it does not lead there. Valid until the next call.</summary>
    internal ReadOnlySpan<int> LinksOf(int way, int from, int to)
    {
        foreach (var route in Between(from, to))
        {
            if (route.Way != way)
                continue;
            var (count, up, down) = (0, backbone.UpOf(terrain.Points[from]), backbone.DownOf(terrain.Points[to]));
            if (up >= 0)
                _links[count++] = up;
            route.Links.CopyTo(_links, count);
            count += route.Links.Length;
            if (down >= 0)
                _links[count++] = down;
            return _links.AsSpan(0, count);
        }

        return [];
    }

    internal void Book(in QuickCircuit circuit, long now)
    {
        if (circuit.Mbps == 0)
            return;
        var links = LinksOf(circuit.Way, circuit.From, circuit.To);
        calendar.Book(links, circuit.Mbps, circuit.Start, circuit.Finish, now);
        congestion.Note(links, circuit.From, circuit.To, now);
    }

    private Route[] Distinct(int from, int to)
    {
        var routes = new List<Route>();
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            if (backbone.Links(way, from, to) is { } links && !routes.Exists(r => r.Links.AsSpan().SequenceEqual(links)))
                routes.Add(new(way, links, backbone.PriceOf(links), calendar.CapacityOf(links)));
        }

        return [.. routes];
    }

    private int RateMax(Route route, int up, int down) =>
        Math.Min(Math.Min(DepotMbps, route.Capacity), Math.Min(calendar.CapacityOf(One(up)), calendar.CapacityOf(One(down))));

    private double Price(Route route, int up, int down, long bytes) =>
        (backbone.PriceOf(One(up)) + route.Price + backbone.PriceOf(One(down))) * bytes / 1e9;

    // A line is no link, written -1, where the point is part of the backbone.
    private static ReadOnlySpan<int> One(in int link) => link < 0 ? [] : new(in link);

    /// <summary>A way between two points of the backbone, with its price per 10^9 bytes and its least capacity.</summary>
    internal sealed record Route(int Way, int[] Links, double Price, int Capacity);
}
