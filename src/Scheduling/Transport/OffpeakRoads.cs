using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Network;
using Meridian.Networking.Offpeak;

namespace Meridian.Scheduling.Transport;

/// <summary>
/// The cheapest hours before the deadline, lying at relays between them. The time-expanded program says which roads the data
/// would take if it could be cut at will; on each of these roads, and on the usual paths, the cheapest way is found in which
/// the whole part lies at each relay before it goes on, which is what depots can do. The cheapest of all is taken.
/// </summary>
internal static class OffpeakRoads
{
    /// <summary>The most hours that are looked at; a later deadline is kept early.</summary>
    private const int SlotCountMax = 7 * 24;

    private static readonly TimeSpan Slot = TimeSpan.FromHours(1);

    internal static Fault? Find(Errand errand)
    {
        foreach (var need in errand.Needs)
        {
            if (Best(errand, need) is not { } hops)
                return Late(errand, need);
            foreach (var hop in hops)
                errand.Add(hop);
        }

        return null;
    }

    private static List<PlannedHop>? Best(Errand errand, Need need)
    {
        var copies = errand.CopiesOf(need.Root);
        if (copies.FirstOrDefault(c => c.Node.Site == need.To.Site) is { } sister)
        {
            var finish = sister.From + CircuitCalendar.HoldTime(need.Left, Stager.LocalRate);
            return [new(need.Root, need.Size, need.To, [new(sister.From, finish, [new(sister.Node, [], Stager.LocalRate)])])];
        }

        var slots = Slots(errand);
        if (slots.IsEmpty)
            return null;
        (List<PlannedHop> Hops, decimal Price)? best = null;
        foreach (var copy in copies)
        {
            foreach (var road in Roads(errand, need, copy, slots))
            {
                if (new RoadSchedule(errand, need, slots).Plan(copy, road) is { } found && (best is null || found.Price < best.Value.Price))
                    best = found;
            }
        }

        return best?.Hops;
    }

    /// <summary>
    /// The hours from now to the deadline; the first and the last are parts of one. Where a link goes out of service or comes back, an
    /// hour is cut, so that it is not lost as a whole.
    /// </summary>
    private static ImmutableArray<(DateTimeOffset Start, DateTimeOffset Finish)> Slots(Errand errand)
    {
        // What was promised and is late goes on as soon as it can.
        var deadline = errand.Request.Deadline is { } asked && asked - Transfer.HandOver > errand.Now ? asked - Transfer.HandOver : errand.Now + TimeSpan.FromDays(1);
        var cuts = errand.Calendar.Network.Links.Values.SelectMany(l => l.Maintenance).SelectMany(m => new[] { m.From, m.To }).ToImmutableSortedSet();
        var slots = ImmutableArray.CreateBuilder<(DateTimeOffset, DateTimeOffset)>();
        for (var at = errand.Now; at < deadline && slots.Count < SlotCountMax;)
        {
            var next = new DateTimeOffset(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero) + Slot;
            var until = cuts.Where(cut => cut > at).Append(next).Append(deadline).Min();
            slots.Add((at, until));
            at = until;
        }

        return slots.ToImmutable();
    }

    /// <summary>The roads of the program's plan, and the usual paths: each a list of links.</summary>
    private static IEnumerable<ImmutableArray<Link>> Roads(
        Errand errand, Need need, Copy copy, ImmutableArray<(DateTimeOffset Start, DateTimeOffset Finish)> slots)
    {
        var links = errand.Calendar.Network.Links;
        return Planned(errand, need, copy, slots)
            .Concat(errand.Paths.Between(copy.Node.Site, need.To.Site).Select(p => p.Links.Select(l => links[l]).ToImmutableArray()))
            .DistinctBy(road => string.Join(' ', road.Select(l => l.Id.Value)));
    }

    private static IEnumerable<ImmutableArray<Link>> Planned(
        Errand errand, Need need, Copy copy, ImmutableArray<(DateTimeOffset Start, DateTimeOffset Finish)> slots)
    {
        ImmutableArray<Link> links = [.. errand.Calendar.Network.Links.Values];
        ImmutableArray<SiteId> sites = [.. links.SelectMany(l => new[] { l.From, l.To }).Append(copy.Node.Site).Append(need.To.Site).Distinct().Order()];
        var (free, price) = (new double[links.Length * slots.Length], new double[links.Length * slots.Length]);
        for (var link = 0; link < links.Length; link++)
        {
            var path = new SitePath([links[link].Id], links[link].Capacity, links[link].PricePerGigabyte);
            for (var slot = 0; slot < slots.Length; slot++)
            {
                var (start, finish) = slots[slot];
                free[(link * slots.Length) + slot] = CircuitCalendar.BytesIn(finish - start, errand.Calendar.FreeOver(path, start, finish)) / 1e9;
                price[(link * slots.Length) + slot] = (double)TransportPrice.At(links[link], start);
            }
        }

        var plan = OffpeakPlanner.Plan(new()
        {
            PointCount = sites.Length,
            SlotCount = slots.Length,
            Links = [.. links.Select(l => (sites.BinarySearch(l.From), sites.BinarySearch(l.To)))],
            FreeGigabytes = free,
            PricePerGigabyte = price,
            StoragePricePerGigabyteSlot = new double[sites.Length],
            Transfers = [new(sites.BinarySearch(copy.Node.Site), sites.BinarySearch(need.To.Site), Math.Max(need.Left.Bytes, 1) / 1e9, FirstSlot: 0, LastSlot: slots.Length - 1)],
        });
        return plan.Routes.OrderByDescending(r => r.Gigabytes).Select(r => r.Steps.Select(s => links[s.Link]).ToImmutableArray());
    }

    /// <summary>It cannot arrive in time: what could be promised instead.</summary>
    private static Fault Late(Errand errand, Need need)
    {
        var earliest = errand.CopiesOf(need.Root)
            .SelectMany(c => errand.Paths.Between(c.Node.Site, need.To.Site), (c, path) => errand.Calendar.Earliest(path, need.Left, c.From)?.Finish)
            .Min();
        return earliest is { } at && errand.Request.Deadline is { } deadline
            ? Fault.Of("transfer-late", errand.Request.Dataset, TransferPlanner.Written(deadline), TransferPlanner.Written(at + Transfer.HandOver))
            : DedicatedRoads.Unreachable(errand, need);
    }
}
