using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>
/// One to many at once: each target gets another share from the original and all other shares from the other targets, while
/// they come in there. So the original sends the data about once, and each target sends less than that.
/// </summary>
internal static class SwarmRoads
{
    /// <summary>One source of a window is the original, the others are peers.</summary>
    private const int GroupSizeMax = TransferRules.SourceCountMax;

    private const int CopyCountMax = 4;
    private const int TryCountMax = 30;

    /// <summary>Whether it applies: some part is wanted at several places.</summary>
    internal static bool IsFor(Errand errand) => errand.Needs.GroupBy(n => n.Root).Any(part => part.Count() > 1);

    internal static Fault? Find(Errand errand)
    {
        var after = errand.Now;
        foreach (var part in errand.Needs.GroupBy(n => n.Root))
        {
            foreach (var group in part.Chunk(GroupSizeMax))
            {
                if (group.Length == 1)
                {
                    if (AggregatedRoads.Find(errand, group) is { } fault)
                        return fault;
                    continue;
                }

                if (Best(errand, group, after) is not { } hops)
                    return DedicatedRoads.Unreachable(errand, group[0]);
                foreach (var hop in hops)
                    errand.Add(hop);
            }

            // A rate that was asked for is that of the whole: its parts go one after the other.
            if (errand.Request.Rate > Bandwidth.Zero)
                after = errand.Hops.Max(h => h.Finish);
        }

        return null;
    }

    private static ImmutableArray<PlannedHop>? Best(Errand errand, Need[] group, DateTimeOffset after) => errand.CopiesOf(group[0].Root)
        .OrderBy(c => c.From).Take(CopyCountMax)
        .Select(copy => From(errand, group, copy.Node, copy.From > after ? copy.From : after))
        .Where(hops => hops is not null).OrderBy(hops => hops!.Value[0].Finish).FirstOrDefault();

    /// <summary>All at one rate, the highest that fits throughout the time that it takes; nothing where two of them are not joined.</summary>
    private static ImmutableArray<PlannedHop>? From(Errand errand, Need[] group, NodeId origin, DateTimeOffset start)
    {
        var sources = new List<(Need To, NodeId From, SitePath Path)>();
        foreach (var need in group)
        {
            foreach (var from in group.Where(n => n != need).Select(n => n.To).Prepend(origin))
            {
                if (Path(errand, from, need.To) is not { } path)
                    return null;
                sources.Add((need, from, path));
            }
        }

        var crossings = new SortedDictionary<LinkId, int>();
        foreach (var link in sources.SelectMany(s => s.Path.Links))
            crossings[link] = crossings.GetValueOrDefault(link) + 1;
        var size = group.MaxBy(n => n.Left.Bytes)!.Left;
        if (Share(errand, (crossings, sources.Count(s => !s.Path.Links.IsEmpty)), (size, group.Length), start) is not { } found)
            return null;
        return
        [
            .. sources.GroupBy(s => s.To).Select(g => new PlannedHop(
                g.Key.Root, g.Key.Size, g.Key.To,
                [new(start, found.Finish, [.. g.Select(s => new HopSource(s.From, s.Path.Links, found.Share))])])),
        ];
    }

    /// <summary>The rate of each source, and when everything has arrived.</summary>
    private static (Bandwidth Share, DateTimeOffset Finish)? Share(
        Errand errand, (SortedDictionary<LinkId, int> Crossings, int CircuitCount) load, (DataSize Size, int TargetCount) work, DateTimeOffset start)
    {
        var share = Stager.LocalRate.BitsPerSecond / work.TargetCount;
        if (errand.Request.Rate > Bandwidth.Zero)
            share = Math.Min(share, errand.Request.Rate.BitsPerSecond / work.TargetCount);
        for (var attempt = 0; attempt < TryCountMax && share > 0; attempt++)
        {
            var hold = CircuitCalendar.HoldTime(work.Size, new(share * work.TargetCount));
            if (hold > TimeSpan.FromDays(3650))
                return null;
            var room = load.CircuitCount == 0 ? long.MaxValue : Free(errand, [], long.MaxValue, start, hold) / load.CircuitCount;
            foreach (var (link, count) in load.Crossings)
                room = Math.Min(room, Free(errand, [link], errand.Calendar.Network.Links[link].Capacity.BitsPerSecond, start, hold) / count);
            if (room >= share)
                return (new(share), start + hold);
            share = room; // Slower takes longer, and in the longer time less may be free.
        }

        return null;
    }

    private static long Free(Errand errand, ImmutableArray<LinkId> links, long capacity, DateTimeOffset start, TimeSpan hold) =>
        errand.Calendar.FreeOver(new(links, new(capacity), PricePerGigabyte: 0), start, start + hold).BitsPerSecond;

    /// <summary>The path that carries most.</summary>
    private static SitePath? Path(Errand errand, NodeId from, NodeId to) => from.Site == to.Site
        ? new([], Stager.LocalRate, PricePerGigabyte: 0)
        : errand.Paths.Between(from.Site, to.Site).MaxBy(p => p.Capacity);
}
