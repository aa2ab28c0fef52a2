using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Network;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>
/// When a part goes along a given road, hour by hour: the road is cut into hops at sites where the data may lie, and each hop
/// has the hours from one moment to another to itself. What a hop costs in given hours is found by filling its cheapest hours
/// first, which is exact; where to cut and when to change is found by dynamic programming over the sites and the hours.
/// </summary>
internal sealed class RoadSchedule(Errand errand, Need need, ImmutableArray<(DateTimeOffset Start, DateTimeOffset Finish)> slots)
{
    private readonly Dictionary<(int From, int To), SitePath> _stretches = [];

    internal (List<PlannedHop> Hops, decimal Price)? Plan(Copy copy, ImmutableArray<Link> road)
    {
        // Places along the road: 0 is the source, the last the target; between them those where the data may lie.
        var places = new List<(int Step, NodeId Node)> { (0, copy.Node) };
        for (var step = 1; step < road.Length; step++)
        {
            if (errand.MayLieAt(road[step].From) && errand.DepotOf(road[step].From) is { } relay)
                places.Add((step, relay));
        }

        places.Add((road.Length, need.To));
        var first = 0;
        while (first < slots.Length && slots[first].Start < copy.From)
            first++;
        return Walk(road, places, first);
    }

    /// <summary>The least price of being at each place before each slot.</summary>
    private (List<PlannedHop> Hops, decimal Price)? Walk(ImmutableArray<Link> road, List<(int Step, NodeId Node)> places, int first)
    {
        var best = new (decimal Price, int Place, int Slot, ImmutableArray<HopWindow> Windows)?[places.Count, slots.Length + 1];
        best[0, first] = (0, -1, -1, []);
        for (var place = 0; place < places.Count - 1; place++)
        {
            for (var slot = first; slot < slots.Length; slot++)
            {
                if (best[place, slot] is not { } here)
                    continue;
                for (var next = place + 1; next < places.Count; next++)
                    Extend(best, (place, slot, here.Price), next, Stretch(road, places[place].Step, places[next].Step), (places[place].Node, ReadyAt(place, next, places.Count - 1, slot)));
            }
        }

        var last = places.Count - 1;
        var end = Enumerable.Range(first, slots.Length + 1 - first).Where(slot => best[last, slot] is not null)
            .OrderBy(slot => best[last, slot]!.Value.Price).ThenBy(slot => slot).Select(slot => (int?)slot).FirstOrDefault();
        if (end is not { } arrived)
            return null;
        var hops = new List<PlannedHop>();
        for (var (place, slot) = (last, arrived); place > 0; (place, slot) = (best[place, slot]!.Value.Place, best[place, slot]!.Value.Slot))
            hops.Add(new(need.Root, need.Size, places[place].Node, best[place, slot]!.Value.Windows));
        hops.Reverse();
        return (hops, best[last, arrived]!.Value.Price);
    }

    /// <summary>From the place on over one stretch, with all hours until each later slot.</summary>
    private void Extend(
        (decimal Price, int Place, int Slot, ImmutableArray<HopWindow> Windows)?[,] best, (int Place, int Slot, decimal Price) from,
        int next, SitePath stretch, (NodeId Node, DateTimeOffset ReadyAt) source)
    {
        var hours = new List<(int Slot, decimal Price, Bandwidth Free, double Bytes)>();
        for (var slot = from.Slot; slot < slots.Length; slot++)
        {
            var (start, finish) = Slot(slot, source.ReadyAt);
            if (finish <= start)
                continue;
            var free = errand.Calendar.FreeOver(stretch, start, finish);
            var bytes = CircuitCalendar.BytesIn(finish - start, free);
            if (bytes <= 0)
                continue;
            hours.Add((slot, TransportPrice.PerGigabyte(errand.Calendar.Network, stretch.Links, start, finish), free, bytes));
            if (hours.Sum(h => h.Bytes) < need.Left.Bytes)
                continue;
            var (price, windows) = Fill(hours, stretch, source);
            var sum = from.Price + price;
            if (best[next, slot + 1] is not { } known || sum < known.Price)
                best[next, slot + 1] = (sum, from.Place, from.Slot, windows);
        }
    }

    /// <summary>What goes to a relay is encrypted, of which the depot has to learn the name first.</summary>
    private DateTimeOffset ReadyAt(int place, int next, int last, int slot) =>
        place == 0 && next != last ? errand.Now + TransferRules.SealTime(need.Size) : slots[slot].Start;

    private (DateTimeOffset Start, DateTimeOffset Finish) Slot(int slot, DateTimeOffset readyAt) =>
        (slots[slot].Start < readyAt ? readyAt : slots[slot].Start, slots[slot].Finish);

    /// <summary>The cheapest hours that suffice, the earlier first where they cost the same; the last is held only as long as needed.</summary>
    private (decimal Price, ImmutableArray<HopWindow> Windows) Fill(
        List<(int Slot, decimal Price, Bandwidth Free, double Bytes)> hours, SitePath stretch, (NodeId Node, DateTimeOffset ReadyAt) source)
    {
        var (left, price) = ((double)need.Left.Bytes, 0m);
        var windows = new List<(int Slot, HopWindow Window)>();
        foreach (var hour in hours.OrderBy(h => h.Price).ThenBy(h => h.Slot))
        {
            var (start, finish) = Slot(hour.Slot, source.ReadyAt);
            var bytes = Math.Min(left, hour.Bytes);
            if (bytes < hour.Bytes)
            {
                var needed = start + CircuitCalendar.HoldTime(new((long)Math.Ceiling(bytes)), hour.Free);
                finish = needed < finish ? needed : finish;
            }

            windows.Add((hour.Slot, new(start, finish, [new(source.Node, stretch.Links, hour.Free)])));
            price += hour.Price * (decimal)(bytes / 1e9);
            left -= bytes;
            if (left <= 0)
                break;
        }

        return (price, Joined(windows.OrderBy(w => w.Slot).Select(w => w.Window)));
    }

    /// <summary>Hours that follow each other at the same rate are one window.</summary>
    private static ImmutableArray<HopWindow> Joined(IEnumerable<HopWindow> windows)
    {
        var joined = new List<HopWindow>();
        foreach (var window in windows)
        {
            if (joined.Count > 0 && joined[^1].Finish == window.Start && joined[^1].Sources[0].Rate == window.Sources[0].Rate)
                joined[^1] = joined[^1] with { Finish = window.Finish };
            else
                joined.Add(window);
        }

        return [.. joined];
    }

    private SitePath Stretch(ImmutableArray<Link> road, int from, int to)
    {
        if (!_stretches.TryGetValue((from, to), out var stretch))
        {
            var links = road[from..to];
            _stretches.Add((from, to), stretch = new(
                [.. links.Select(l => l.Id)], new(links.Min(l => l.Capacity.BitsPerSecond)), links.Sum(l => l.PricePerGigabyte)));
        }

        return stretch;
    }
}
