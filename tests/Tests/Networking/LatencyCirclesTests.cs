using CsCheck;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class LatencyCirclesTests
{
    private const int PointCount = 6;

    private static readonly Gen<Topology> Networks =
        Gen.Select(Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Long[0, 15_000], Gen.Bool).Array[0, 16].Select(Network);

    [Theory]
    [InlineData(0, LatencyCircle.Metro)]
    [InlineData(1_000, LatencyCircle.Metro)]
    [InlineData(1_001, LatencyCircle.Region)]
    [InlineData(5_000, LatencyCircle.Region)]
    [InlineData(20_000, LatencyCircle.Nation)]
    [InlineData(20_001, LatencyCircle.Beyond)]
    public void A_latency_belongs_to_the_smallest_circle_that_holds_it(long latencyMicroseconds, LatencyCircle circle) =>
        Assert.Equal(circle, LatencyCircles.Of(latencyMicroseconds));

    [Fact]
    public void The_latency_of_a_pair_is_that_of_its_shortest_path_over_links_that_carry()
    {
        Networks.Sample(topology =>
        {
            var pairs = LatencyCircles.Between(topology);

            Assert.Equal(PointCount * (PointCount - 1), pairs.Length);
            foreach (var pair in pairs)
            {
                var path = Paths.Shortest(topology, new()
                {
                    From = topology.PointIndex(pair.From)!.Value,
                    To = topology.PointIndex(pair.To)!.Value,
                    BandwidthMin = new(1),
                });
                Assert.Equal(path?.LatencyMicroseconds, pair.LatencyMicroseconds);
            }
        });
    }

    [Fact]
    public void A_larger_circle_holds_whatever_a_smaller_one_holds_and_the_shares_count_it()
    {
        Networks.Sample(topology =>
        {
            var pairs = LatencyCircles.Between(topology);

            foreach (var circle in (LatencyCircle[])[LatencyCircle.Metro, LatencyCircle.Region, LatencyCircle.Nation])
            {
                var within = topology.Points.SelectMany(point => LatencyCircles.Within(pairs, point.Name, circle)).ToList();
                var larger = topology.Points.SelectMany(point => LatencyCircles.Within(pairs, point.Name, circle + 1)).ToList();
                Assert.All(within, pair => Assert.Contains(pair, larger));
                Assert.Equal((double)within.Count / pairs.Length, LatencyCircles.ShareWithin(pairs, circle)!.Value, 9);
            }
        });
    }

    [Fact]
    public void Without_pairs_there_is_no_share() =>
        Assert.Null(LatencyCircles.ShareWithin([], LatencyCircle.Metro));

    private static Topology Network((int From, int To, long Latency, bool Carries)[] links) =>
        Topology.Create(
            Enumerable.Range(0, PointCount).Select(point => new NetworkPoint { Name = "p" + point }),
            links.Where(link => link.From != link.To).Select((link, index) => new NetworkLink
            {
                Id = new(index),
                From = "p" + link.From,
                To = "p" + link.To,
                Capacity = link.Carries ? Bandwidth.FromMbps(1) : Bandwidth.Zero,
                LatencyMicroseconds = link.Latency,
            }));
}
