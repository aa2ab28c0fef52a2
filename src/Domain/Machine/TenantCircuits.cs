using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Networking.Calendar;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>What the circuits of one tenant may hold together.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Held">What they hold already, and in each hour what that hour allows less than the best one.</param>
/// <param name="Most">The most at once in the best hour.</param>
/// <param name="Levels">What the hours allow, each amount once, the highest first.</param>
public sealed record TenantBound(TenantId Tenant, Timeline Held, Bandwidth Most, ImmutableArray<Bandwidth> Levels);

/// <summary>What the transfers of a tenant hold of the network together, and how much they may.</summary>
public static class TenantCircuits
{
    /// <summary>
    /// How far ahead the hours are told apart. What begins later is planned as in the narrowest hour, and so is whatever takes
    /// a day or longer in any case.
    /// </summary>
    private const int HourCount = 15 * 24;

    // More than any link carries, and far from the largest number, so that sums of it can be made.
    private const long Unbounded = 1_000_000_000_000_000;

    /// <summary>The bound of the tenant's bandwidth; nothing where it has none.</summary>
    /// <param name="state">The domain.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="except">A transfer whose waiting hops do not count, for it is being planned; 0 for none.</param>
    /// <param name="now">The time.</param>
    public static TenantBound? BoundOf(DomainState state, TenantId tenant, long except, DateTimeOffset now)
    {
        var quota = state.Accounts.Tenants[tenant].Shares.Quota;
        if (!quota.BoundsBandwidth)
            return null;
        var byHour = Enumerable.Range(0, 24).Select(hour => Math.Min(quota.BandwidthAt(hour) ?? Unbounded, Unbounded)).ToImmutableArray();
        return new(
            tenant, Shaped(Of(state, tenant, except), byHour, now - Admitting.StartTolerance), new(byHour.Max()),
            [.. byHour.Distinct().OrderDescending().Select(bits => new Bandwidth(bits))]);
    }

    /// <summary>The sum of the held rates by time, in bits per second; a circuit counts once, however many links it crosses.</summary>
    /// <param name="state">The domain.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="except">A transfer whose waiting hops do not count, for it is being planned; 0 for none.</param>
    public static Timeline Of(DomainState state, TenantId tenant, long except)
    {
        var held = Timeline.Empty;
        foreach (var (transfer, hop) in state.Data.OpenHops)
        {
            if (!hop.HoldsCircuits || (transfer.Id == except && hop.State != HopState.Moving)
                || state.Accounts.Projects[transfer.Request.Project].Tenant != tenant)
                continue;
            foreach (var window in hop.Windows)
            {
                foreach (var source in window.Sources.Where(s => !s.Links.IsEmpty))
                    held = held.Add(window.Start, window.Finish, source.Rate.BitsPerSecond);
            }
        }

        return held;
    }

    private static Timeline Shaped(Timeline held, ImmutableArray<long> byHour, DateTimeOffset from)
    {
        var (most, least) = (byHour.Max(), byHour.Min());
        if (most == least)
            return held;
        var start = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        for (var (hour, first) = (1, 0); hour <= HourCount; hour++)
        {
            var less = most - byHour[(start.Hour + first) % 24];
            if (hour < HourCount && most - byHour[(start.Hour + hour) % 24] == less)
                continue;
            held = held.Add(start + TimeSpan.FromHours(first), start + TimeSpan.FromHours(hour), less);
            first = hour;
        }

        return held.Add(start + TimeSpan.FromHours(HourCount), DateTimeOffset.MaxValue, most - least);
    }
}
