namespace Meridian.Scheduling.Quick;

/// <summary>One way of a job's input to a site.</summary>
/// <param name="Circuit">The circuit; of rate zero where the input is at the site.</param>
/// <param name="Price">What the transport costs.</param>
/// <param name="Ready">When the input is there.</param>
internal readonly record struct Way(QuickCircuit Circuit, double Price, long Ready);

/// <summary>Finds the ways of an input to a site in the calendars of the links.</summary>
internal sealed class WayFinder(Terrain terrain, Backbone backbone, SlotCalendar calendar)
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
    internal bool TryFind(in QuickJob job, int site, int way, long now, out Way found)
    {
        var links = LinksOf(way, job.InputSite, site);
        var rateMax = Math.Min(DepotMbps, calendar.CapacityOf(links));
        found = default;
        if (calendar.Earliest(links, rateMax, job.InputBytes, now) is not { } window)
            return false;
        found = new(
            new(job.InputSite, site, way, window.Mbps, window.Start, window.Finish), backbone.PriceOf(links) * job.InputBytes / 1e9, window.Finish);
        return true;
    }

    /// <summary>What the input costs on the way and when it is there if the links are idle; never where the calendars end before.</summary>
    internal (double Price, long Ready) Idle(in QuickJob job, int site, int way, long now)
    {
        var links = LinksOf(way, job.InputSite, site);
        var ready = SlotCalendar.WhenIdle(Math.Min(DepotMbps, calendar.CapacityOf(links)), job.InputBytes, now);
        return (backbone.PriceOf(links) * job.InputBytes / 1e9, ready);
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
        if (circuit.Mbps > 0)
            calendar.Book(LinksOf(circuit.Way, circuit.From, circuit.To), circuit.Mbps, circuit.Start, circuit.Finish, now);
    }

    private Route[] Distinct(int from, int to)
    {
        var routes = new List<Route>();
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            if (backbone.Links(way, from, to) is { } links && !routes.Exists(r => r.Links.AsSpan().SequenceEqual(links)))
                routes.Add(new(way, links));
        }

        return [.. routes];
    }

    /// <summary>A way between two points of the backbone.</summary>
    internal sealed record Route(int Way, int[] Links);
}
