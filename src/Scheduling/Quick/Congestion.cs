namespace Meridian.Scheduling.Quick;

/// <summary>
/// Where an input may arrive late. Over links that are all clear it flows at once, so it is known when it arrives without a look at the
/// calendars; the few links that are not clear are kept in a list. From a home the ways form trees, so what lies beyond such a link is
/// one mask of territories, found once for each home.
/// </summary>
internal sealed class Congestion
{
    /// <summary>The marks of all territories, where the line up from the home is not clear or the input is too large.</summary>
    internal const ulong Everywhere = ulong.MaxValue;

    private const int MaskBits = 64;

    private readonly Terrain _terrain;
    private readonly Backbone _backbone;
    private readonly SlotCalendar _calendar;
    private readonly int _slowest;
    private readonly List<int> _tight = [];
    private readonly bool[] _isListed;
    private readonly ulong[] _beyondDown;
    private readonly long[] _downTightUntil;
    private readonly ulong[]?[] _beyond;
    private long _clearFrom;
    private long _lateFrom;

    internal Congestion(Terrain terrain, Backbone backbone, SlotCalendar calendar)
    {
        (_terrain, _backbone, _calendar) = (terrain, backbone, calendar);
        _slowest = Math.Min(WayFinder.DepotMbps, calendar.CapacityOf([.. Enumerable.Range(0, calendar.LinkCount)]));
        (_isListed, _beyondDown) = (new bool[calendar.LinkCount], new ulong[calendar.LinkCount]);
        (_downTightUntil, _beyond) = (new long[terrain.AreaHosts.Length], new ulong[backbone.Size][]);
        for (var site = 0; site < terrain.Sites.Length; site++)
        {
            if (backbone.DownOf(terrain.Points[site]) is >= 0 and var down)
                _beyondDown[down] = MarkOf(terrain.TerritoryOfArea[terrain.AreaOfSite[site]]);
        }
    }

    /// <summary>The mark of a territory in a mask; two may share one.</summary>
    internal static ulong MarkOf(int territory) => 1UL << (territory % MaskBits);

    /// <summary>
    /// The marks of all territories with a site where the input of this one may still be under way at the moment. A circuit finds room at
    /// the latest when all its links are clear again, so it is late only beyond a link that is clear too late.
    /// </summary>
    internal ulong LateAt(int from, long bytes, long moment, long now)
    {
        var idle = SlotCalendar.WhenIdle(_slowest, bytes, now);
        if (idle >= moment)
            return Everywhere;
        _lateFrom = moment - (idle - now);
        var up = _backbone.UpOf(_terrain.Points[from]);
        if (up >= 0 && _calendar.TightUntil(up) >= _lateFrom)
            return Everywhere;
        return _clearFrom < _lateFrom ? 0 : LateBeyond(_backbone.HostOf(_terrain.Points[from]), now);
    }

    /// <summary>Whether by what was last asked some way between a point of the backbone and the sites of the area may be late.</summary>
    internal bool MayBeLate(int home, int area)
    {
        if (_downTightUntil[area] >= _lateFrom)
            return true;
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            for (int at = _terrain.AreaHosts[area], link; (link = _backbone.LastLink(way, home, at)) >= 0; at = _backbone.BeginOf(link))
            {
                if (_calendar.TightUntil(link) >= _lateFrom)
                    return true;
            }
        }

        return false;
    }

    /// <summary>Takes note of what a circuit on the links has changed; the line up from its home is asked for by itself.</summary>
    internal void Note(ReadOnlySpan<int> links, int from, int to, long now)
    {
        if (_backbone.DownOf(_terrain.Points[to]) is >= 0 and var down)
        {
            ref var until = ref _downTightUntil[_terrain.AreaOfSite[to]];
            until = Math.Max(until, _calendar.TightUntil(down));
        }

        var up = _backbone.UpOf(_terrain.Points[from]);
        foreach (var link in links)
        {
            if (_calendar.TightUntil(link) <= now || link == up)
                continue;
            _clearFrom = Math.Max(_clearFrom, _calendar.TightUntil(link));
            if (_isListed[link])
                continue;
            _tight.Add(link);
            _isListed[link] = true;
        }
    }

    private ulong LateBeyond(int home, long now)
    {
        var beyond = _beyond[home] ??= Beyond(home);
        var late = 0UL;
        for (var i = _tight.Count - 1; i >= 0; i--)
        {
            var link = _tight[i];
            if (_calendar.TightUntil(link) >= _lateFrom)
                late |= Beyond(link, home, beyond);
            if (_calendar.TightUntil(link) > now)
                continue;
            (_isListed[link], _tight[i]) = (false, _tight[^1]);
            _tight.RemoveAt(_tight.Count - 1);
        }

        return late;
    }

    private ulong Beyond(int link, int home, ulong[] beyond)
    {
        if (_beyondDown[link] != 0)
            return _beyondDown[link];
        var (marks, end) = (0UL, _backbone.EndOf(link));
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            if (_backbone.LastLink(way, home, end) == link)
                marks |= beyond[(way * _backbone.Size) + end];
        }

        return marks;
    }

    /// <summary>The marks of what lies at and beyond every point of the backbone on the ways from a home.</summary>
    private ulong[] Beyond(int home)
    {
        var beyond = new ulong[Backbone.WayCount * _backbone.Size];
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            var of = beyond.AsSpan(way * _backbone.Size, _backbone.Size);
            for (var area = 0; area < _terrain.AreaHosts.Length; area++)
            {
                var mark = MarkOf(_terrain.TerritoryOfArea[area]);
                for (var at = _terrain.AreaHosts[area]; (of[at] & mark) == 0 && _backbone.LastLink(way, home, at) is >= 0 and var link; at = _backbone.BeginOf(link))
                    of[at] |= mark;
            }
        }

        return beyond;
    }
}
