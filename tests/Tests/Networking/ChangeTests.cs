using CsCheck;
using Meridian.Networking.Topologies;
using Meridian.Networking.TrafficEngineering;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class ChangeTests
{
    private const int PointCount = 7;

    private static readonly Gen<(Topology Topology, TrafficRequest[] Requests)> Worlds = Gen.Select(
        Gen.Select(Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Int[1, 9]).Array[4, 14],
        Gen.Select(Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Int[1, 9]).Array[1, 10],
        (links, requests) => (Network(links), requests.Where(request => request.Item1 != request.Item2)
            .Select(request => new TrafficRequest(request.Item1, request.Item2, request.Item3 * 1_000_000L)).ToArray()));

    [Fact]
    public void A_plan_that_is_still_good_is_left_alone()
    {
        Worlds.Sample(world =>
        {
            var before = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;

            var adapted = Reoptimisation.Adapt(world.Topology, world.Requests, before)!;

            Assert.Empty(adapted.MovedRequests);
            Assert.Equal(0, adapted.MovedRateBitsPerSecond);
        }, iter: 40);
    }

    [Fact]
    public void After_a_change_everything_is_carried_nearly_as_well_as_from_scratch_and_less_is_moved()
    {
        Gen.Select(Worlds, Gen.Int[0, 100], Gen.Int[1, 9].Array[10]).Sample((world, dead, rates) =>
        {
            var before = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;
            var topology = world.Topology.With(world.Topology.Links.Select((link, index) =>
                index == (2 * PointCount) + (dead % (world.Topology.Links.Length - (2 * PointCount) + 1)) ? link with { Capacity = Bandwidth.Zero } : link));
            var requests = world.Requests.Select((request, index) =>
                index % 3 == 0 ? request with { RateBitsPerSecond = rates[index] * 1_000_000L } : request).ToArray();

            var adapted = Reoptimisation.Adapt(topology, requests, before)!;

            var fresh = TrafficPrograms.LeastUtilisation(topology, requests)!;
            Assert.InRange(adapted.Plan.Value, 0, fresh.Value * (1.02 + 1e-6));
            Assert.True(adapted.MovedRateBitsPerSecond <= MovedFromScratch(topology, requests, before, fresh) + 1);
            for (var request = 0; request < requests.Length; request++)
            {
                var carried = adapted.Plan.Flows.Where(flow => flow.Request == request).Sum(flow => flow.RateBitsPerSecond);
                Assert.Equal(requests[request].RateBitsPerSecond, carried, 2.0);
            }

            Assert.All(adapted.Plan.Flows, flow => AssertIsPath(topology, requests[flow.Request], flow));
        }, iter: 60);
    }

    [Fact]
    public void Below_the_utilisation_wanted_only_what_lost_its_way_moves()
    {
        Worlds.Sample(world =>
        {
            var before = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;
            var dead = 2 * PointCount;
            var topology = world.Topology.With(world.Topology.Links.Select((link, index) => index == dead ? link with { Capacity = Bandwidth.Zero } : link));

            var adapted = Reoptimisation.Adapt(topology, world.Requests, before, utilisationWanted: 1_000)!;

            var hit = before.Flows.Where(flow => flow.Links.Contains(dead)).Sum(flow => flow.RateBitsPerSecond);
            Assert.Equal(hit, adapted.MovedRateBitsPerSecond, 2.0);
        }, iter: 40);
    }

    [Fact]
    public void A_failure_moves_what_it_hits_and_nothing_else()
    {
        Worlds.Sample(world =>
        {
            var plan = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;

            var outcomes = FailureWhatIf.OfEveryLink(world.Topology, world.Requests, plan);

            for (var link = 0; link < outcomes.Length; link++)
            {
                var (outcome, failed) = (outcomes[link], link);
                var hit = plan.Flows.Where(flow => flow.Links.Contains(failed)).ToList();
                Assert.Equal(hit.Sum(flow => flow.RateBitsPerSecond), outcome.AffectedRateBitsPerSecond, 1.0);
                Assert.All(outcome.Plan.Flows, flow => Assert.DoesNotContain(failed, flow.Links));
                Assert.All(outcome.Plan.Flows, flow => AssertIsPath(world.Topology, world.Requests[flow.Request], flow));
                foreach (var kept in plan.Flows.Except(hit))
                    Assert.Contains(kept, outcome.Plan.Flows);
                // The ring joins all points both ways, so that one link's failure cuts nothing off.
                Assert.Equal(0, outcome.LostRateBitsPerSecond);
                Assert.Equal(Utilisation(world.Topology, outcome.Plan), outcome.LargestUtilisation, 1e-9);
                Assert.Equal(plan.Flows.Sum(flow => flow.RateBitsPerSecond), outcome.Plan.Flows.Sum(flow => flow.RateBitsPerSecond), 10.0);
            }
        }, iter: 20);
    }

    [Fact]
    public void Each_failure_of_many_is_answered_as_if_it_were_the_only_one()
    {
        Worlds.Sample(world =>
        {
            var plan = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;

            var together = FailureWhatIf.OfEveryLink(world.Topology, world.Requests, plan);

            for (var link = 0; link < together.Length; link++)
            {
                var alone = FailureWhatIf.Of(world.Topology, world.Requests, plan, [[link]])[0];
                Assert.Equal(alone.LargestUtilisation, together[link].LargestUtilisation);
                Assert.Equal(alone.MovedRequests, together[link].MovedRequests);
            }
        }, iter: 10);
    }

    [Fact]
    public void What_a_shared_risk_cuts_off_is_lost()
    {
        var topology = Topology.Create(
            [new() { Name = "a" }, new() { Name = "b" }, new() { Name = "c" }],
            [
                Link(0, "a", "b") with { RiskGroups = ["bridge"] }, Link(1, "a", "c"),
                Link(2, "c", "b") with { RiskGroups = ["bridge", "cellar"] },
            ]);
        TrafficRequest[] requests = [new(0, 1, 4_000_000), new(0, 2, 1_000_000)];
        var plan = TrafficPrograms.LeastUtilisation(topology, requests)!;

        var outcomes = FailureWhatIf.OfEveryRiskGroup(topology, requests, plan);

        Assert.Equal(["bridge", "cellar"], outcomes.Select(outcome => outcome.RiskGroup));
        Assert.Equal(4_000_000, outcomes[0].Outcome.LostRateBitsPerSecond, 1.0);
        Assert.Equal(0, outcomes[1].Outcome.LostRateBitsPerSecond);
    }

    private static NetworkLink Link(long id, string from, string to) =>
        new() { Id = new(id), From = from, To = to, Capacity = Bandwidth.FromMbps(10) };

    private static void AssertIsPath(Topology topology, TrafficRequest request, TrafficFlow flow)
    {
        Assert.Equal((request.From, request.To), (topology.Begin(flow.Links[0]), topology.End(flow.Links[^1])));
        for (var i = 1; i < flow.Links.Length; i++)
            Assert.Equal(topology.End(flow.Links[i - 1]), topology.Begin(flow.Links[i]));
        Assert.All(flow.Links, link => Assert.True(topology.Links[link].Capacity > Bandwidth.Zero));
    }

    private static double MovedFromScratch(Topology topology, TrafficRequest[] requests, TrafficPlan before, TrafficPlan fresh)
    {
        var moved = 0d;
        for (var request = 0; request < requests.Length; request++)
        {
            var old = before.Flows.Where(flow => flow.Request == request).ToList();
            var scale = requests[request].RateBitsPerSecond / old.Sum(flow => flow.RateBitsPerSecond);
            foreach (var flow in fresh.Flows.Where(flow => flow.Request == request))
            {
                var same = old.Where(other => other.Links.SequenceEqual(flow.Links) && other.Links.All(link => topology.Links[link].Capacity > Bandwidth.Zero));
                moved += Math.Max(0, flow.RateBitsPerSecond - (same.Sum(other => other.RateBitsPerSecond) * scale));
            }
        }

        return moved;
    }

    private static double Utilisation(Topology topology, TrafficPlan plan) =>
        plan.Loads(topology).Zip(topology.Links, (load, link) => load / link.Capacity.BitsPerSecond).Max();

    /// <summary>A ring that joins all points both ways, and then what is drawn.</summary>
    private static Topology Network((int, int, int)[] drawn)
    {
        var ring = Enumerable.Range(0, PointCount).SelectMany(point => new[]
        {
            (point, (point + 1) % PointCount, 4), ((point + 1) % PointCount, point, 5),
        });
        return Topology.Create(
            Enumerable.Range(0, PointCount).Select(point => new NetworkPoint { Name = "p" + point }),
            ring.Append((0, 3, 6)).Concat(drawn.Where(link => link.Item1 != link.Item2)).Select((link, index) =>
                Link(index, "p" + link.Item1, "p" + link.Item2) with { Capacity = Bandwidth.FromMbps(link.Item3) }));
    }
}
