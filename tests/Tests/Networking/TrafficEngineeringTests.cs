using CsCheck;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Networking.TrafficEngineering;
using Meridian.Optimisation.Linear;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class TrafficEngineeringTests
{
    private const int PointCount = 6;

    private static readonly Gen<(Topology Topology, TrafficRequest[] Requests)> Worlds = Gen.Select(
        Gen.Select(Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Int[1, 9], Gen.Int[0, 9]).Array[2, 10],
        Gen.Select(Gen.Int[0, PointCount - 1], Gen.Int[0, PointCount - 1], Gen.Int[1, 9]).Array[1, 8],
        (links, requests) => (Network(links), requests.Where(request => request.Item1 != request.Item2)
            .Select(request => new TrafficRequest(request.Item1, request.Item2, request.Item3 * 1_000_000L)).ToArray()));

    [Fact]
    public void The_least_utilisation_over_all_paths_agrees_with_the_exact_program_over_links()
    {
        Worlds.Where(world => world.Requests.Length > 0).Sample(world =>
        {
            var plan = TrafficPrograms.LeastUtilisation(world.Topology, world.Requests)!;

            var best = Exact(world.Topology, world.Requests);
            Assert.InRange(plan.Value, best * (1 - 1e-6), best * 1.01);
            Assert.True(plan.Bound <= best * (1 + 1e-6));
            AssertRoutes(world, plan, share: 1);
            Assert.Equal(plan.Value, Utilisation(world.Topology, plan), 6);
        }, iter: 50);
    }

    [Fact]
    public void The_concurrent_flow_gives_every_demand_the_same_share_within_capacity()
    {
        Worlds.Where(world => world.Requests.Length > 0).Sample(world =>
        {
            var plan = TrafficPrograms.ConcurrentFlow(world.Topology, world.Requests)!;

            AssertRoutes(world, plan, plan.Value);
            Assert.True(Utilisation(world.Topology, plan) <= 1 + 1e-9);
            Assert.True(plan.Value <= plan.Bound + 1e-9 && plan.Bound <= 1);
        }, iter: 30);
    }

    [Fact]
    public void The_total_flow_fits_and_the_least_cost_routes_everything_when_it_all_fits()
    {
        Worlds.Where(world => world.Requests.Length > 0).Sample(world =>
        {
            var paths = world.Requests.Select(request => (IReadOnlyList<int[]>)Paths.KShortest(
                    world.Topology, new() { From = request.From, To = request.To }, count: 3)
                .Select(path => path.Links.Select(link => world.Topology.LinkIndex(link)!.Value).ToArray()).ToList()).ToList();

            var total = TrafficPrograms.TotalFlow(world.Topology, world.Requests, paths);
            var cheap = TrafficPrograms.LeastCost(world.Topology, world.Requests, paths, hourOfDay: 3);

            Assert.True(Utilisation(world.Topology, total) <= 1 + 1e-9);
            Assert.True(total.Value <= total.Bound * (1 + 1e-9));
            if (cheap is null)
                return;
            AssertRoutes(world, cheap, share: 1);
            Assert.True(Utilisation(world.Topology, cheap) <= 1 + 1e-6);
            Assert.InRange(total.Value, world.Requests.Sum(request => request.RateBitsPerSecond) * 0.98, double.MaxValue);
        }, iter: 30);
    }

    private static void AssertRoutes((Topology Topology, TrafficRequest[] Requests) world, TrafficPlan plan, double share)
    {
        foreach (var flow in plan.Flows)
        {
            var request = world.Requests[flow.Request];
            Assert.Equal(request.From, world.Topology.Begin(flow.Links[0]));
            Assert.Equal(request.To, world.Topology.End(flow.Links[^1]));
            for (var i = 1; i < flow.Links.Length; i++)
                Assert.Equal(world.Topology.End(flow.Links[i - 1]), world.Topology.Begin(flow.Links[i]));
        }

        for (var request = 0; request < world.Requests.Length; request++)
        {
            var sum = plan.Flows.Where(flow => flow.Request == request).Sum(flow => flow.RateBitsPerSecond);
            Assert.Equal(world.Requests[request].RateBitsPerSecond * share, sum, 1.0);
        }
    }

    private static double Utilisation(Topology topology, TrafficPlan plan) =>
        plan.Loads(topology).Zip(topology.Links, (load, link) => load / link.Capacity.BitsPerSecond).Max();

    /// <summary>A ring that joins all points both ways, and what else is drawn.</summary>
    private static Topology Network((int, int, int, int)[] drawn)
    {
        var ring = Enumerable.Range(0, PointCount).SelectMany(point => new[]
        {
            (point, (point + 1) % PointCount, 3, 2), ((point + 1) % PointCount, point, 4, 1),
        });
        return Topology.Create(
            Enumerable.Range(0, PointCount).Select(point => new NetworkPoint { Name = "p" + point }),
            ring.Concat(drawn.Where(link => link.Item1 != link.Item2)).Select((link, index) => new NetworkLink
            {
                Id = new(index),
                From = "p" + link.Item1,
                To = "p" + link.Item2,
                Capacity = Bandwidth.FromMbps(link.Item3),
                PricePerGigabyte = HourlyPrice.Flat(Money.Cny(link.Item4)),
            }));
    }

    private static double Exact(Topology topology, TrafficRequest[] requests)
    {
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var capacityRows = topology.Links.Select(_ => program.AddRow(double.NegativeInfinity, 0)).ToArray();
        for (var link = 0; link < capacityRows.Length; link++)
            program.SetCoefficient(capacityRows[link], level, -topology.Links[link].Capacity.BitsPerSecond / 1e6);
        foreach (var request in requests)
        {
            var rate = request.RateBitsPerSecond / 1e6;
            var rows = Enumerable.Range(0, PointCount).Select(point => point == request.From ? rate : point == request.To ? -rate : 0)
                .Select(net => program.AddRow(net, net)).ToArray();
            for (var link = 0; link < capacityRows.Length; link++)
            {
                var variable = program.AddVariable(0, double.PositiveInfinity, objective: 0);
                program.SetCoefficient(capacityRows[link], variable, 1);
                program.SetCoefficient(rows[topology.Begin(link)], variable, 1);
                program.SetCoefficient(rows[topology.End(link)], variable, -1);
            }
        }

        return program.Solve()!.Objective;
    }
}
