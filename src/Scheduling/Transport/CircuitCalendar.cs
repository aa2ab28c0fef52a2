using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Networking.Calendar;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A constant rate along a path for a while.</summary>
internal readonly record struct Window(Bandwidth Rate, DateTimeOffset Start, DateTimeOffset Finish);

/// <summary>
/// When circuits have room: what is held on the links, and what a plan in the making would hold besides.
/// </summary>
internal sealed class CircuitCalendar(NetworkState network)
{
    // A circuit this long or longer leaves a quarter of each link to short ones, which else would wait for all of it.
    private static readonly TimeSpan LongFrom = TimeSpan.FromMinutes(1);

    // What a depot needs besides the bytes: to hear of the order, to connect and to verify.
    private static readonly TimeSpan Overhead = TimeSpan.FromMilliseconds(250);

    private static readonly ImmutableArray<int> RateQuarters = [4, 3, 2, 1];

    private readonly SortedDictionary<LinkId, Timeline> _planned = [];

    /// <summary>How long a circuit for the data is held at the rate: a twentieth more than the bytes alone take.</summary>
    internal static TimeSpan HoldTime(DataSize size, Bandwidth rate)
    {
        var bytes = size / rate;
        return bytes > TimeSpan.FromDays(36_500) ? TimeSpan.MaxValue : (bytes * 1.05) + Overhead;
    }

    /// <summary>The window in which the data arrives first over the path, or nothing.</summary>
    internal Window? Earliest(SitePath path, DataSize size, DateTimeOffset now)
    {
        Window? best = null;
        var isLong = IsLong(size, path.Capacity);
        foreach (var rate in Rates(path.Capacity, isLong))
        {
            var hold = HoldTime(size, rate);
            if (rate <= Bandwidth.Zero || hold == TimeSpan.MaxValue)
                continue;
            if (Start(path.Links, rate, hold, isLong, now) is { } start && (best is null || start + hold < best.Value.Finish))
                best = new(rate, start, start + hold);
        }

        return best;
    }

    /// <summary>The first window for the data over the links at the rate, or nothing.</summary>
    internal Window? Earliest(CircuitWay way, DataSize size, DateTimeOffset now)
    {
        if (way.Rate <= Bandwidth.Zero || !way.Links.All(network.Links.ContainsKey))
            return null;
        var (hold, isLong) = (HoldTime(size, way.Rate), IsLong(size, way.Links.Min(l => network.Links[l].Capacity)));
        return hold < TimeSpan.MaxValue && Start(way.Links, way.Rate, hold, isLong, now) is { } start
            ? new(way.Rate, start, start + hold)
            : null;
    }

    /// <summary>Whether the data takes so long over a path of the capacity that it leaves a part of each link free.</summary>
    internal static bool IsLong(DataSize size, Bandwidth capacity) => HoldTime(size, capacity) >= LongFrom;

    /// <summary>The rates that a circuit of the path may have, the highest first.</summary>
    internal static IEnumerable<Bandwidth> Rates(Bandwidth capacity, bool isLong) => RateQuarters
        .Where(quarters => !isLong || quarters < 4)
        .Select(quarters => quarters == 4 ? capacity : new Bandwidth(capacity.BitsPerSecond / 4 * quarters));

    /// <summary>Counts the circuit as held in what is planned after it.</summary>
    internal void Book(ImmutableArray<LinkId> links, Window window)
    {
        foreach (var link in links)
            _planned[link] = HeldOn(link).Add(window.Start, window.Finish, window.Rate.BitsPerSecond);
    }

    private DateTimeOffset? Start(
        ImmutableArray<LinkId> links, Bandwidth rate, TimeSpan hold, bool isLong, DateTimeOffset now)
    {
        var start = now;
        while (true)
        {
            var before = start;
            foreach (var link in links)
            {
                var capacity = network.Links[link].Capacity.BitsPerSecond;
                var room = isLong ? Math.Max(rate.BitsPerSecond, capacity - (capacity / 4)) : capacity;
                if (HeldOn(link).EarliestWindow(start, hold, rate.BitsPerSecond, room) is not { } free)
                    return null;
                start = free;
            }

            if (start == before)
                return start > DateTimeOffset.MaxValue - hold ? null : start;
        }
    }

    private Timeline HeldOn(LinkId link) => _planned.TryGetValue(link, out var held) ? held : network.HeldOn(link);
}
