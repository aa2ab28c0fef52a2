using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Routing;

/// <summary>The weight of every link under one query; a link that may not be used has none.</summary>
internal sealed class LinkWeights
{
    internal const long Unusable = long.MaxValue;

    private readonly long[] _weights;

    internal LinkWeights(Topology topology, PathQuery query)
    {
        Invariant.Holds(query.HourOfDay is >= 0 and < HourlyPrice.HourCount, "an hour of the day is from 0 to 23");
        (Topology, Query) = (topology, query);
        _weights = new long[topology.Links.Length];
        for (var link = 0; link < _weights.Length; link++)
            _weights[link] = Usable(topology.Links[link], link, query) ? Weight(topology.Links[link], query) : Unusable;
    }

    internal Topology Topology { get; }

    internal PathQuery Query { get; }

    internal long this[int link] => _weights[link];

    internal long LatencyOf(int link) => Topology.Links[link].LatencyMicroseconds;

    internal NetworkPath PathOf(IReadOnlyList<int> links) =>
        new()
        {
            Links = [.. links.Select(link => Topology.Links[link].Id)],
            LatencyMicroseconds = links.Sum(LatencyOf),
            PricePerGigabyteNanos = links.Sum(link => PriceNanos(Topology.Links[link], Query.HourOfDay)),
            Capacity = links.Count == 0 ? new(long.MaxValue) : links.Min(link => Topology.Links[link].Capacity),
        };

    private static bool Usable(NetworkLink link, int index, PathQuery query) =>
        link.Capacity >= query.BandwidthMin && query.Allows?.Invoke(index) != false;

    private static long Weight(NetworkLink link, PathQuery query) =>
        query.Metric switch
        {
            PathMetric.Latency => link.LatencyMicroseconds,
            PathMetric.Price => PriceNanos(link, query.HourOfDay),
            _ => 1,
        };

    private static long PriceNanos(NetworkLink link, int hour) =>
        (long)decimal.Round(link.PricePerGigabyte.Amounts[hour] * 1_000_000_000m);
}
