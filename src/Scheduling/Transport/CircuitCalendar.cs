using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Networking.Calendar;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A constant rate along a path for a while.</summary>
internal readonly record struct Window(Bandwidth Rate, DateTimeOffset Start, DateTimeOffset Finish);

/// <summary>That a tenant's own bandwidth is what data waits for, and until when.</summary>
internal sealed record BandwidthWait(TenantId Tenant, DateTimeOffset Until);

/// <summary>
/// When circuits have room: what is held on the links, when these are out of service, and what a plan in the making would hold besides.
/// </summary>
internal sealed class CircuitCalendar(NetworkState network, TenantBound? bound = null)
{
    // A circuit this long or longer leaves a quarter of each link to short ones, which else would wait for all of it.
    private static readonly TimeSpan LongFrom = TimeSpan.FromMinutes(1);

    // What a depot needs besides the bytes: to hear of the order, to connect and to verify.
    private static readonly TimeSpan Overhead = TimeSpan.FromMilliseconds(250);

    // What begins so soon is not worth a wait.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private static readonly ImmutableArray<int> RateQuarters = [4, 3, 2, 1];

    private readonly SortedDictionary<LinkId, Timeline> _planned = [];
    private Timeline _mine = bound?.Held ?? Timeline.Empty;

    /// <summary>The network that the circuits are for.</summary>
    internal NetworkState Network => network;

    /// <summary>How long a circuit for the data is held at the rate: a twentieth more than the bytes alone take.</summary>
    internal static TimeSpan HoldTime(DataSize size, Bandwidth rate)
    {
        var bytes = size / rate;
        return bytes > TimeSpan.FromDays(36_500) ? TimeSpan.MaxValue : (bytes * 1.05) + Overhead;
    }

    /// <summary>The data that a circuit of the rate and the length carries; the other way round from <see cref="HoldTime"/>.</summary>
    internal static double BytesIn(TimeSpan hold, Bandwidth rate) =>
        Math.Max(0, (hold - Overhead).TotalSeconds / 1.05 * rate.BytesPerSecond);

    /// <summary>The rate that the path may carry for the tenant at all.</summary>
    internal Bandwidth Most(SitePath path) =>
        bound is { Most: var most } && most < path.Capacity ? most : path.Capacity;

    /// <summary>The window in which the data arrives first over the path, or nothing.</summary>
    internal Window? Earliest(SitePath path, DataSize size, DateTimeOffset notBefore)
    {
        Window? best = null;
        foreach (var rate in Rates(path, IsLong(size, path.Capacity)))
        {
            if (At(path, size, rate, notBefore) is { } window && (best is null || window.Finish < best.Value.Finish))
                best = window;
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

    /// <summary>The same for the tenant: what its bandwidth allows in its several hours counts as a capacity as well.</summary>
    private IEnumerable<Bandwidth> Rates(SitePath path, bool isLong) => bound is null
        ? Rates(path.Capacity, isLong)
        : bound.Levels.Select(level => level < path.Capacity ? level : path.Capacity).Distinct()
            .SelectMany(level => Rates(level, isLong && level == path.Capacity)).Distinct();

    /// <summary>The first window of the rate over the path, or nothing.</summary>
    internal Window? At(SitePath path, DataSize size, Bandwidth rate, DateTimeOffset notBefore)
    {
        if (rate <= Bandwidth.Zero || rate > Most(path))
            return null;
        var hold = HoldTime(size, rate);
        if (hold == TimeSpan.MaxValue)
            return null;
        var isLong = IsLong(size, path.Capacity);
        return Start(path.Links, rate, hold, isLong, notBefore) is { } start ? new Window(rate, start, start + hold) : null;
    }

    /// <summary>
    /// That nothing but the tenant's bandwidth keeps the first circuit of a plan from beginning before its window, and until when;
    /// or nothing.
    /// </summary>
    internal BandwidthWait? HeldBack(ImmutableArray<LinkId> links, Window window, DataSize size, DateTimeOffset notBefore)
    {
        if (bound is null || _planned.Count > 0 || links.IsEmpty || window.Start <= notBefore + Soon)
            return null;
        var isLong = IsLong(size, links.Min(l => network.Links[l].Capacity));
        return LinksStart(links, window.Rate, window.Finish - window.Start, isLong, notBefore) < window.Start
            ? new(bound.Tenant, window.Start) : null;
    }

    /// <summary>What is free over the path throughout the interval.</summary>
    internal Bandwidth FreeOver(SitePath path, DateTimeOffset from, DateTimeOffset to)
    {
        var free = bound is null ? long.MaxValue : bound.Most.BitsPerSecond - _mine.MaxIn(from, to);
        foreach (var link in path.Links)
            free = Math.Min(free, network.Links[link].Capacity.BitsPerSecond - TakenOn(link).MaxIn(from, to));
        return new(Math.Max(0, free));
    }

    /// <summary>Counts the circuit as held in what is planned after it.</summary>
    internal void Book(ImmutableArray<LinkId> links, Window window)
    {
        if (links.IsEmpty)
            return;
        foreach (var link in links)
            _planned[link] = TakenOn(link).Add(window.Start, window.Finish, window.Rate.BitsPerSecond);
        _mine = _mine.Add(window.Start, window.Finish, window.Rate.BitsPerSecond);
    }

    /// <summary>Counts every circuit of the hop as held.</summary>
    internal void Book(PlannedHop hop)
    {
        foreach (var window in hop.Windows)
        {
            foreach (var source in window.Sources)
                Book(source.Links, new(source.Rate, window.Start, window.Finish));
        }
    }

    private DateTimeOffset? Start(
        ImmutableArray<LinkId> links, Bandwidth rate, TimeSpan hold, bool isLong, DateTimeOffset now)
    {
        var start = now;
        while (true)
        {
            if (LinksStart(links, rate, hold, isLong, start) is not { } free)
                return null;
            if (bound is null)
                return free;
            if (_mine.EarliestWindow(free, hold, rate.BitsPerSecond, bound.Most.BitsPerSecond) is not { } allowed || allowed > DateTimeOffset.MaxValue - hold)
                return null;
            if (allowed == free)
                return free;
            start = allowed;
        }
    }

    private DateTimeOffset? LinksStart(
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
                if (TakenOn(link).EarliestWindow(start, hold, rate.BitsPerSecond, room) is not { } free)
                    return null;
                start = free;
            }

            if (start == before)
                return start > DateTimeOffset.MaxValue - hold ? null : start;
        }
    }

    private Timeline TakenOn(LinkId link) => _planned.TryGetValue(link, out var taken) ? taken : network.TakenOn(link);
}
