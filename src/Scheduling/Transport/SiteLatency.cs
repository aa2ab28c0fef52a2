using Meridian.Domain;
using Meridian.Domain.Network;

namespace Meridian.Scheduling.Transport;

/// <summary>How far one site is from another: what the agents measured, or else what was declared.</summary>
/// <param name="Microseconds">One way.</param>
/// <param name="IsMeasured">Whether it was measured between these two sites lately.</param>
public readonly record struct SiteLatency(long Microseconds, bool IsMeasured)
{
    /// <summary>
    /// The fresh measurement between the sites, in this direction or the other; without one, the sum over the quickest
    /// declared path. Nothing where neither is; zero within a site.
    /// </summary>
    public static SiteLatency? Between(NetworkState network, SiteId from, SiteId to)
    {
        if (from == to)
            return new(0, IsMeasured: false);
        if ((network.Fresh(from, to) ?? network.Fresh(to, from)) is { } measured)
            return new(measured.LatencyMicroseconds, IsMeasured: true);
        return PathBook.Of(network).LatencyMicroseconds(from, to) is { } declared ? new(declared, IsMeasured: false) : null;
    }
}
