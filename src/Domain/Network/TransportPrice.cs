using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Primitives;

namespace Meridian.Domain.Network;

/// <summary>What it costs to carry data over links, by the hour in which it crosses them.</summary>
public static class TransportPrice
{
    /// <summary>The price of 10^9 bytes that cross the path evenly between the two moments.</summary>
    public static decimal PerGigabyte(NetworkState network, ImmutableArray<LinkId> links, DateTimeOffset from, DateTimeOffset to)
    {
        var price = 0m;
        foreach (var id in links)
        {
            if (network.Links.TryGetValue(id, out var link))
                price += link.PricesByHour.IsDefaultOrEmpty ? link.PricePerGigabyte : Mean(link, from, to);
        }

        return price;
    }

    /// <summary>The price of the data over the path, rounded up.</summary>
    public static Money Of(NetworkState network, DataSize size, ImmutableArray<LinkId> links, DateTimeOffset from, DateTimeOffset to) =>
        Money.Cny(PerGigabyte(network, links, from, to) * size.Gigabytes).RoundedUp();

    /// <summary>The price of the data that comes in the windows, each source with its part by rate and time, rounded up.</summary>
    public static Money Of(NetworkState network, DataSize size, ImmutableArray<HopWindow> windows)
    {
        var all = windows.Sum(w => w.Sources.Sum(s => Weight(w, s)));
        var price = 0m;
        foreach (var window in windows)
        {
            foreach (var source in window.Sources)
                price += PerGigabyte(network, source.Links, window.Start, window.Finish) * (Weight(window, source) / all);
        }

        return Money.Cny(price * size.Gigabytes).RoundedUp();
    }

    private static decimal Weight(HopWindow window, HopSource source) =>
        source.Rate.BitsPerSecond * ((decimal)(window.Finish - window.Start).Ticks / TimeSpan.TicksPerSecond);

    /// <summary>The price of the hour of the day (UTC) in which the moment lies.</summary>
    public static decimal At(Link link, DateTimeOffset moment) =>
        link.PricesByHour.IsDefaultOrEmpty ? link.PricePerGigabyte : link.PricesByHour[moment.UtcDateTime.Hour];

    private static decimal Mean(Link link, DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            return At(link, from);
        var (sum, at) = (0m, from);
        while (at < to)
        {
            if (to - at >= TimeSpan.FromDays(1))
            {
                // Whole days cost the mean of their hours, however many there are.
                var days = Math.Floor((to - at).TotalDays);
                sum += link.PricesByHour.Sum() * (decimal)days * TimeSpan.TicksPerHour;
                at += TimeSpan.FromDays(days);
                continue;
            }

            var next = new DateTimeOffset(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour + 1), TimeSpan.Zero);
            var until = next < to ? next : to;
            sum += At(link, at) * (until - at).Ticks;
            at = until;
        }

        return sum / (to - from).Ticks;
    }
}
