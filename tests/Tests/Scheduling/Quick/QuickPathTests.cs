using CsCheck;
using Meridian.Networking.Routing;
using Meridian.Networking.Topologies;
using Meridian.Scheduling.Quick;
using Xunit;

namespace Meridian.Tests.Scheduling.Quick;

public sealed class QuickPathTests
{
    [Theory, InlineData(5, 150, 60), InlineData(40, 400, 8)]
    public void The_answer_is_the_best_of_all_pools_and_ways_tried_one_by_one_and_nothing_is_overcommitted(
        int siteCountMax, int decisionCount, int worldCount) => Gen.ULong.Sample(seed =>
    {
        var world = new QuickWorld(seed, siteCountMax);
        var everything = new Exhaustive(world);
        var running = new List<(QuickJob Job, int Pool, int Holding)>();
        for (var i = 0; i < decisionCount; i++)
        {
            world.Now += world.Next(world.Chance(0.02) ? 7_200_000 : 20_000);
            while (running.Count > 0 && world.Chance(0.4))
                End(world, everything, running);
            var job = world.NewJob();
            var all = everything.All(job);

            var placement = world.Path.Decide(job, world.Now);

            Assert.True(placement.IsPlaced == all.Count > 0, $"seed {seed}, {job}: {all.Count} places, and placed: {placement.IsPlaced}");
            if (!placement.IsPlaced)
                continue;
            var best = all.MinBy(p => p.Score)!;
            var got = all.FirstOrDefault(p => p.Pool == placement.Pool && p.Finish == placement.Finish && p.Way == placement.Circuit.Way);
            Assert.True(got is not null, $"seed {seed}, {job}: {placement} is none of the possibilities");
            Assert.True(got.Score <= best.Score + 1e-9 + (Math.Abs(best.Score) * 1e-9), $"seed {seed}, {job}: {got} is worse than {best}");
            Assert.Equal(got.Price * world.Shapes[job.Shape].TaskCount, placement.PriceMicros / 1e6, 0.000_002);
            Assert.Equal(got.Carbon * world.Shapes[job.Shape].TaskCount, placement.CarbonGrams, 1e-6 + (got.Carbon * 1e-9));
            Assert.Empty(everything.Take(job, placement).Select(fault => $"seed {seed}: {fault}"));
            running.Add((job, placement.Pool, placement.Holding));
        }
    }, iter: worldCount);

    [Fact]
    public void The_ways_are_the_cheapest_the_quickest_and_the_shortest_of_all() => Gen.ULong.Sample(seed =>
    {
        var world = new QuickWorld(seed, siteCountMax: 12);
        var (from, to) = (world.Next(world.Path.Sites.Length), world.Next(world.Path.Sites.Length));
        if (from == to)
            return;
        var ways = Enumerable.Range(0, 3)
            .Select(way => world.Path.WayBetween(from, to, way).ToArray().Select(index => world.Topology.Links[index]).ToList())
            .Where(links => links.Count > 0)
            .ToList();
        Assert.All(ways, links => Assert.All(links.Zip(links.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From)));
        Assert.All(ways, links => Assert.Equal((world.Path.Sites[from].Id.Value, world.Path.Sites[to].Id.Value), (links[0].From, links[^1].To)));
        foreach (var metric in Enum.GetValues<PathMetric>())
        {
            var best = Paths.Shortest(world.Topology, new()
            {
                From = world.Topology.PointIndex(world.Path.Sites[from].Id.Value)!.Value,
                To = world.Topology.PointIndex(world.Path.Sites[to].Id.Value)!.Value,
                Metric = metric,
            });
            Assert.Equal(best is null, ways.Count == 0);
            if (best is not null)
                Assert.Equal(best.Links.Sum(id => Weight(world.Topology.Links[world.Topology.LinkIndex(id)!.Value], metric)), ways.Min(w => w.Sum(l => Weight(l, metric))), 1e-9);
        }
    }, iter: 200);

    [Fact]
    public void The_same_calls_give_the_same_answers() => Gen.ULong.Sample(
        seed => Assert.Equal(Answers(seed), Answers(seed)), iter: 20);

    private static double Weight(NetworkLink link, PathMetric metric) => metric switch
    {
        PathMetric.Price => (double)link.PricePerGigabyte.Amounts[0],
        PathMetric.Latency => link.LatencyMicroseconds,
        _ => 1,
    };

    private static List<QuickPlacement> Answers(ulong seed)
    {
        var world = new QuickWorld(seed, siteCountMax: 20);
        return [.. Enumerable.Range(0, 200).Select(_ => world.Path.Decide(world.NewJob(), world.Now += world.Next(60_000)))];
    }

    private static void End(QuickWorld world, Exhaustive everything, List<(QuickJob Job, int Pool, int Holding)> running)
    {
        var at = world.Next(running.Count);
        everything.Return(running[at].Job, running[at].Pool, world.SeatsOf(running[at].Holding));
        world.Path.Release(running[at].Holding);
        running.RemoveAt(at);
    }
}
