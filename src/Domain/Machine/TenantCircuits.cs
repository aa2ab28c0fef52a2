using Meridian.Domain.Data;
using Meridian.Networking.Calendar;

namespace Meridian.Domain.Machine;

/// <summary>What the transfers of a tenant hold of the network together.</summary>
public static class TenantCircuits
{
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
}
