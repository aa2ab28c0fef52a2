using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;

namespace Meridian.Simulation.Checks;

/// <summary>What holds of the bandwidth of tenants, where nobody has made it narrower.</summary>
internal static class BandwidthChecks
{
    /// <summary>Every hour of the next days in which a tenant's transfers hold more than it may.</summary>
    internal static IEnumerable<string> Broken(DomainState state, Tenant tenant, DateTimeOffset now)
    {
        if (!tenant.Shares.Quota.BoundsBandwidth)
            yield break;
        var held = TenantCircuits.Of(state, tenant.Id, except: 0);
        for (var from = now; from < now + TimeSpan.FromDays(30) && held.MaxIn(from, DateTimeOffset.MaxValue) > 0;)
        {
            var to = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1);
            if (held.MaxIn(from, to) > tenant.Shares.Quota.BandwidthAt(from.UtcDateTime.Hour))
                yield return $"{tenant.Id} holds {held.MaxIn(from, to)} bps from {from:u} on; it may hold {tenant.Shares.Quota.BandwidthAt(from.UtcDateTime.Hour)}";
            from = to;
        }
    }
}
