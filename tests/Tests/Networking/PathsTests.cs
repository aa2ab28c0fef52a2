using CsCheck;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class PathsTests
{
    private const int PointCount = 6;

    private static readonly Gen<Topology> Topologies = Gen.Select(
        Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[1, 3], Gen.Int[0, 4],
        (from, to, latency, price, capacity, risk) => (from, to, latency, price, capacity, risk)).Array[0, 16].Select(links =>
            Topology.Create(
                Enumerable.Range(0, PointCount).Select(point => new NetworkPoint { Name = "p" + point }),
                links.Where(link => link.from != link.to).Select((link, index) => new NetworkLink
                {
                    Id = new(index),
                    From = "p" + link.from,
                    To = "p" + link.to,
                    Capacity = new(link.capacity),
                    LatencyMicroseconds = link.latency,
                    PricePerGigabyte = HourlyPrice.Flat(Money.Cny(link.price)),
                    RiskGroups = ["r" + link.risk],
                })));

    private static readonly PathQuery Query = new() { From = 0, To = PointCount - 1 };

    [Fact]
    public void The_shortest_path_is_the_best_of_all_paths_that_keep_the_bounds()
    {
        Gen.Select(Topologies, Gen.Enum<PathMetric>(), Gen.Int[1, 3], Gen.Int[0, 12]).Sample((topology, metric, capacity, latency) =>
        {
            var query = Query with { Metric = metric, BandwidthMin = new(capacity), LatencyMicrosecondsMax = latency };

            var found = Paths.Shortest(topology, query);

            var all = AllPaths(topology, query);
            Assert.Equal(all.Count == 0, found is null);
            if (found is null)
                return;
            Assert.Equal(all.Min(path => Weight(topology, path, metric)), Weight(topology, Indexes(topology, found), metric));
            Assert.True(found.LatencyMicroseconds <= latency && found.Capacity.BitsPerSecond >= capacity);
        });
    }

    [Fact]
    public void The_k_shortest_paths_are_the_first_of_all_paths_each_once()
    {
        Gen.Select(Topologies, Gen.Enum<PathMetric>(), Gen.Int[1, 12]).Sample((topology, metric, count) =>
        {
            var query = Query with { Metric = metric };

            var found = Paths.KShortest(topology, query, count).Select(path => Indexes(topology, path)).ToList();

            var weights = AllPaths(topology, query).Select(path => Weight(topology, path, metric)).Order().Take(count);
            Assert.Equal(weights, found.Select(path => Weight(topology, path, metric)));
            Assert.Equal(found.Count, found.Select(path => string.Join(',', path)).Distinct().Count());
        });
    }

    [Fact]
    public void Disjoint_paths_share_no_link_and_their_sum_is_least()
    {
        Gen.Select(Topologies, Gen.Enum<PathMetric>()).Sample((topology, metric) =>
        {
            var query = Query with { Metric = metric };

            var found = Paths.LinkDisjoint(topology, query, countMax: 2).Select(path => Indexes(topology, path)).ToList();

            var all = AllPaths(topology, query);
            var pairs = all.SelectMany(one => all.Where(other => !one.Intersect(other).Any()), (one, other) => (one, other)).ToList();
            Assert.Equal(pairs.Count > 0 ? 2 : Math.Min(1, all.Count), found.Count);
            Assert.Equal(found.Sum(path => path.Count), found.SelectMany(path => path).Distinct().Count());
            if (pairs.Count > 0)
            {
                Assert.Equal(
                    pairs.Min(pair => Weight(topology, pair.one, metric) + Weight(topology, pair.other, metric)),
                    found.Sum(path => Weight(topology, path, metric)));
            }
        });
    }

    [Fact]
    public void Risk_disjoint_paths_share_no_risk_group_and_their_sum_is_least()
    {
        Topologies.Sample(topology =>
        {
            var found = Paths.RiskDisjoint(topology, Query);

            var all = AllPaths(topology, Query);
            var pairs = all.SelectMany(one => all.Where(other => Apart(topology, one, other)), (one, other) => (one, other)).ToList();
            Assert.Equal(pairs.Count > 0, found is not null);
            if (found is not { } pair)
                return;
            Assert.True(Apart(topology, Indexes(topology, pair.Working), Indexes(topology, pair.Backup)));
            Assert.Equal(
                pairs.Min(p => Weight(topology, p.one, PathMetric.Latency) + Weight(topology, p.other, PathMetric.Latency)),
                pair.Working.LatencyMicroseconds + pair.Backup.LatencyMicroseconds);
        });
    }

    [Fact]
    public void Light_takes_about_five_milliseconds_from_Beijing_to_Shanghai_along_the_ground()
    {
        var beijing = new GeoPosition(39.9042, 116.4074);
        var shanghai = new GeoPosition(31.2304, 121.4737);

        Assert.Equal(1067, FibreDistance.Kilometres(beijing, shanghai), tolerance: 2);
        Assert.InRange(FibreDistance.LatencyMicroseconds(beijing, shanghai, fibreFactor: 1), 5_200, 5_250);
    }

    private static bool Apart(Topology topology, List<int> one, List<int> other) =>
        !one.Intersect(other).Any()
        && !one.SelectMany(link => topology.Links[link].RiskGroups).Intersect(other.SelectMany(link => topology.Links[link].RiskGroups)).Any();

    private static List<int> Indexes(Topology topology, NetworkPath path) =>
        [.. path.Links.Select(link => topology.LinkIndex(link)!.Value)];

    private static long Weight(Topology topology, List<int> path, PathMetric metric) =>
        metric switch
        {
            PathMetric.Latency => path.Sum(link => topology.Links[link].LatencyMicroseconds),
            PathMetric.Price => (long)path.Sum(link => topology.Links[link].PricePerGigabyte.Amounts[0]),
            _ => path.Count,
        };

    private static List<List<int>> AllPaths(Topology topology, PathQuery query)
    {
        var paths = new List<List<int>>();
        Extend([], query.From, [query.From]);
        return paths;

        void Extend(List<int> path, int point, HashSet<int> visited)
        {
            if (point == query.To)
            {
                if (path.Sum(link => topology.Links[link].LatencyMicroseconds) <= query.LatencyMicrosecondsMax)
                    paths.Add([.. path]);
                return;
            }

            foreach (var link in topology.Outgoing(point).ToArray())
            {
                var next = topology.End(link);
                if (topology.Links[link].Capacity < query.BandwidthMin || !visited.Add(next))
                    continue;
                path.Add(link);
                Extend(path, next, visited);
                path.RemoveAt(path.Count - 1);
                visited.Remove(next);
            }
        }
    }
}
