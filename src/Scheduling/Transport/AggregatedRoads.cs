using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Networking.Overlay;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>
/// Several sources and paths at once for each part and target: the cheapest spread over what is free that brings the part
/// in a given time, by the overlay program; the time is lengthened until there is one. Of several targets each that is
/// reached serves the next.
/// </summary>
internal static class AggregatedRoads
{
    private const double Longer = 1.15;
    private const int TryCountMax = 60;

    /// <summary>Less than this share of the rate is not worth connections of its own.</summary>
    private const double ShareMin = 0.02;

    internal static Fault? Find(Errand errand, IEnumerable<Need> needs)
    {
        var after = errand.Now;
        foreach (var need in needs)
        {
            if (Near(errand, need) is { } near)
            {
                errand.Add(near);
                continue;
            }

            // A single circuit that begins later may be there first, where much is held now.
            PlannedHop?[] ways =
            [
                .. Groups(errand, need).Select(copies => Spread(errand, need, copies, after)),
                .. errand.CopiesOf(need.Root).Select(c => DedicatedRoads.Best(errand, need, c.Node, c.From > after ? c.From : after)?.Hop),
            ];
            if (ways.OfType<PlannedHop>().MinBy(way => way.Finish) is not { } hop)
                return DedicatedRoads.Unreachable(errand, need);
            errand.Add(hop);
            after = errand.Request.Rate > Bandwidth.Zero ? hop.Finish : errand.Now;
        }

        return null;
    }

    private static PlannedHop? Near(Errand errand, Need need)
    {
        if (errand.CopiesOf(need.Root).FirstOrDefault(c => c.Node.Site == need.To.Site) is not { } sister)
            return null;
        var finish = sister.From + CircuitCalendar.HoldTime(need.Left, Stager.LocalRate);
        return new(need.Root, need.Size, need.To, [new(sister.From, finish, [new(sister.Node, [], Stager.LocalRate)])]);
    }

    /// <summary>The copies that may send at once. Two depots do not encrypt alike, so what is to be sealed comes from one.</summary>
    private static IEnumerable<IReadOnlyList<Copy>> Groups(Errand errand, Need need) =>
        errand.Request.IsSealed ? errand.CopiesOf(need.Root).Select(copy => (IReadOnlyList<Copy>)[copy]) : [errand.CopiesOf(need.Root)];

    private static PlannedHop? Spread(Errand errand, Need need, IReadOnlyList<Copy> copies, DateTimeOffset notBefore)
    {
        if (copies.Count == 0)
            return null;
        var start = copies.Min(c => c.From) is var first && first > notBefore ? first : notBefore;
        var from = copies.Where(c => c.From <= start).ToList();
        var net = new OverlayNet(errand, from, need.To.Site);
        if (net.Most <= Bandwidth.Zero)
            return null;
        var most = errand.Request.Rate > Bandwidth.Zero && errand.Request.Rate < net.Most ? errand.Request.Rate : net.Most;
        var hold = CircuitCalendar.HoldTime(need.Left, most);
        for (var attempt = 0; attempt < TryCountMax && hold < TimeSpan.FromDays(3650); attempt++, hold *= Longer)
        {
            var rate = new Bandwidth((long)Math.Ceiling(need.Left.Bytes * 8 / Math.Max(0.001, CircuitCalendar.BytesIn(hold, new(8)))));
            if (net.Plan(need.Left, rate, start, start + hold) is { } sources)
                return new(need.Root, need.Size, need.To, [new(start, start + hold, sources)]);
        }

        return null;
    }

    /// <summary>
    /// The links as the overlay program sees them. A link is a depot of its own with one instance that passes on as much as is
    /// free of it, and joins its ends at no limit; so the program's limits on instances are the links' limits. A depot
    /// before all others joins those that have the content.
    /// </summary>
    private sealed class OverlayNet
    {
        private readonly Errand _errand;
        private readonly List<Copy> _copies;
        private readonly ImmutableArray<Domain.Network.Link> _links;
        private readonly ImmutableArray<SiteId> _sites;
        private readonly int _to;

        internal OverlayNet(Errand errand, List<Copy> copies, SiteId to)
        {
            (_errand, _copies) = (errand, [.. copies.DistinctBy(c => c.Node.Site)]);
            _links = [.. errand.Calendar.Network.Links.Values];
            _sites = [.. _links.SelectMany(l => new[] { l.From, l.To }).Concat(_copies.Select(c => c.Node.Site)).Append(to).Distinct().Order()];
            _to = _sites.BinarySearch(to);
        }

        /// <summary>What the links into the target carry at the most.</summary>
        internal Bandwidth Most => new(_links.Where(l => l.To == _sites[_to]).Sum(l => l.Capacity.BitsPerSecond));

        internal ImmutableArray<HopSource>? Plan(DataSize size, Bandwidth rate, DateTimeOffset start, DateTimeOffset finish)
        {
            var (siteCount, first) = (_sites.Length, _sites.Length + _links.Length);
            var count = first + 1;
            var free = _links.Select(l => Free(l, start, finish)).ToImmutableArray();
            // Much more than any link carries, so that only links limit, and no more than the solver can tell from it.
            var noLimit = 1_000 * Math.Max(free.DefaultIfEmpty().Max(), 1e-6);
            var depots = Enumerable.Range(0, count).Select(i =>
            {
                var gbps = i >= siteCount && i < first ? Math.Max(free[i - siteCount], 1e-9) : noLimit;
                return new OverlayDepot(gbps, gbps, i >= siteCount && i < first && free[i - siteCount] <= 0 ? 0 : 1, PricePerInstanceHour: 0);
            });
            var (throughput, price) = (new double[count * count], new double[count * count]);
            for (var i = 0; i < _links.Length; i++)
            {
                var (from, link, to) = (_sites.BinarySearch(_links[i].From), siteCount + i, _sites.BinarySearch(_links[i].To));
                throughput[(from * count) + link] = noLimit;
                throughput[(link * count) + to] = free[i] > 0 ? noLimit : 0;
                price[(link * count) + to] = (double)Domain.Network.TransportPrice.PerGigabyte(_errand.Calendar.Network, [_links[i].Id], start, finish);
            }

            foreach (var copy in _copies)
                throughput[(first * count) + _sites.BinarySearch(copy.Node.Site)] = noLimit;
            var plan = OverlayPlanner.Plan(new()
            {
                Depots = [.. depots],
                ThroughputGbps = throughput,
                PricePerGigabyte = price,
                From = first,
                To = _to,
                Gigabytes = Math.Max(size.Bytes / 1e9, 1e-9),
                GoalGbps = rate.BitsPerSecond / 1e9,
            });
            return plan is null ? null : Sources(plan, rate, (start, finish));
        }

        private double Free(Domain.Network.Link link, DateTimeOffset start, DateTimeOffset finish) =>
            _errand.Calendar.FreeOver(new([link.Id], link.Capacity, link.PricePerGigabyte), start, finish).BitsPerSecond / 1e9;

        private ImmutableArray<HopSource>? Sources(OverlayPlan plan, Bandwidth rate, (DateTimeOffset Start, DateTimeOffset Finish) window)
        {
            var sources = ImmutableArray.CreateBuilder<HopSource>();
            var left = new Dictionary<LinkId, long>();
            var gathered = 0L;
            foreach (var route in plan.Routes.Where(r => r.Gbps * 1e9 >= ShareMin * rate.BitsPerSecond))
            {
                var node = _copies.First(c => c.Node.Site == _sites[route.Depots[1]]).Node;
                ImmutableArray<LinkId> links = [.. route.Depots.Where(d => d >= _sites.Length && d < _sites.Length + _links.Length).Select(d => _links[d - _sites.Length].Id)];
                // The program's rates are fractions: what they round up to must still fit.
                var room = links.Min(l => left.TryGetValue(l, out var known) ? known : Room(l, window));
                var bits = Math.Min((long)Math.Ceiling(route.Gbps * 1e9), room);
                if (bits <= 0)
                    continue;
                foreach (var link in links)
                    left[link] = (left.TryGetValue(link, out var known) ? known : Room(link, window)) - bits;
                sources.Add(new(node, links, new(bits)));
                gathered += bits;
            }

            return sources.Count == 0 || gathered < rate.BitsPerSecond * (1 - (2 * ShareMin)) || gathered > OfTenant(window) ? null : sources.ToImmutable();
        }

        private long Room(LinkId link, (DateTimeOffset Start, DateTimeOffset Finish) window) => _errand.Calendar
            .FreeOver(new([link], _errand.Calendar.Network.Links[link].Capacity, PricePerGigabyte: 0), window.Start, window.Finish).BitsPerSecond;

        private long OfTenant((DateTimeOffset Start, DateTimeOffset Finish) window) =>
            _errand.Calendar.FreeOver(new([], new(long.MaxValue), PricePerGigabyte: 0), window.Start, window.Finish).BitsPerSecond;
    }
}
