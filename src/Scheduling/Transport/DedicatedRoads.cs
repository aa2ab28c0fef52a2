using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>
/// One circuit for each part and target, with a held rate. Of several targets the one that is reached first comes first, and
/// from then on serves the others as well, so that each uplink carries the data about once.
/// </summary>
internal static class DedicatedRoads
{
    /// <summary>How many copies are weighed for a target; those that are there first.</summary>
    private const int CopyCountMax = 12;

    internal static Fault? Find(Errand errand)
    {
        var after = errand.Now;
        foreach (var part in errand.Needs.GroupBy(n => n.Root))
        {
            var open = part.ToList();
            while (open.Count > 0)
            {
                if (Next(errand, open, after) is not { } next)
                    return Unreachable(errand, open[0]);
                errand.Add(next.Hop);
                open.Remove(next.Need);
            }

            // A rate that was asked for is that of the whole: its parts go one after the other.
            if (errand.Request.Rate > Bandwidth.Zero)
                after = errand.Hops.Max(h => h.Finish);
        }

        return null;
    }

    private static (Need Need, PlannedHop Hop)? Next(Errand errand, List<Need> open, DateTimeOffset after)
    {
        ((Need Need, PlannedHop Hop) Found, decimal Price)? best = null;
        (DateTimeOffset, decimal, int) Rank((PlannedHop Hop, decimal Price) way) =>
            (way.Hop.Finish, way.Price, way.Hop.Windows[0].Sources[0].Links.Length);
        foreach (var need in open)
        {
            foreach (var copy in errand.CopiesOf(need.Root).OrderBy(c => c.From).Take(CopyCountMax))
            {
                var from = copy.From > after ? copy.From : after;
                if (Best(errand, need, copy.Node, from) is { } found
                    && (best is null || Rank(found).CompareTo(Rank((best.Value.Found.Hop, best.Value.Price))) < 0))
                    best = ((need, found.Hop), found.Price);
            }
        }

        return best?.Found;
    }

    /// <summary>The earliest way from the copy, and the cheapest of those.</summary>
    internal static (PlannedHop Hop, decimal Price)? Best(Errand errand, Need need, NodeId from, DateTimeOffset notBefore)
    {
        if (from.Site == need.To.Site)
        {
            var finish = notBefore + CircuitCalendar.HoldTime(need.Left, Stager.LocalRate);
            return (Hop(need, new(from, [], Stager.LocalRate), new(Stager.LocalRate, notBefore, finish)), 0);
        }

        (PlannedHop Hop, decimal Price)? best = null;
        foreach (var path in errand.Paths.Between(from.Site, need.To.Site))
        {
            var asked = errand.Request.Rate;
            var window = asked > Bandwidth.Zero
                ? errand.Calendar.At(path, need.Left, asked, notBefore)
                : errand.Calendar.Earliest(path, need.Left, notBefore);
            if (window is not { } found)
                continue;
            var price = Domain.Network.TransportPrice.PerGigabyte(errand.Calendar.Network, path.Links, found.Start, found.Finish);
            if (best is null || (found.Finish, price).CompareTo((best.Value.Hop.Finish, best.Value.Price)) < 0)
                best = (Hop(need, new(from, path.Links, found.Rate), found), price);
        }

        return best;
    }

    private static PlannedHop Hop(Need need, HopSource source, Window window) =>
        new(need.Root, need.Size, need.To, [new(window.Start, window.Finish, [source])]);

    /// <summary>Why the depot cannot be reached: no copy, no path, or none that carries the rate.</summary>
    internal static Fault Unreachable(Errand errand, Need need)
    {
        var most = errand.CopiesOf(need.Root)
            .SelectMany(c => errand.Paths.Between(c.Node.Site, need.To.Site))
            .Select(errand.Calendar.Most)
            .DefaultIfEmpty(Bandwidth.Zero)
            .Max();
        return most > Bandwidth.Zero && errand.Request.Rate > most
            ? Fault.Of("transfer-rate", need.To.Site, errand.Request.Rate, most)
            : Fault.Of("transfer-unreachable", errand.Request.Dataset, need.To.Site);
    }
}
