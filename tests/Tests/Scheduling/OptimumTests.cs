using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Compares the scheduler with every possibility, tried one by one by the formulas of docs/scheduling.md.</summary>
public sealed class OptimumTests
{
    [Theory, InlineData(Objective.Cheapest), InlineData(Objective.Fastest), InlineData(Objective.Greenest), InlineData(Objective.Balanced)]
    public void Of_a_small_idle_domain_the_best_placement_of_all_is_chosen(Objective objective) => Gen.ULong.Sample(seed =>
    {
        var (domain, holder) = SmallDomain(seed);
        var spec = TestDomain.Job(objective: objective, minutes: 10, inputs: "scene");
        var all = Possibilities(domain.State, holder, spec, domain.Now).ToList();

        var id = domain.Submit(spec);
        domain.Schedule();

        var job = domain.State.Jobs.Jobs[id];
        var chosen = job.Explanation!.Candidates.Single(c => c.Verdict == "chosen");
        var got = new Possibility(chosen.Pool, chosen.Price!.Value.Amount, (chosen.Finish - domain.Now)!.Value.TotalSeconds, chosen.CarbonGrams);
        var best = all.Min(p => Score(objective, p, all));
        Assert.True(Math.Abs(Score(objective, got, all) - best) <= Math.Abs(best) * 1e-6 + 1e-6, $"seed {seed}: {got} is not the best of {string.Join("; ", all)}");
    }, iter: 300);

    private static double Score(Objective objective, Possibility one, List<Possibility> all)
    {
        // The balanced yardstick is the mean over the pools, each at its cheapest.
        var yard = all.GroupBy(p => p.Pool).Select(g => g.OrderBy(p => p.Price).ThenBy(p => p.Seconds).First()).ToList();
        return objective switch
        {
            Objective.Cheapest => (double)one.Price,
            Objective.Fastest => one.Seconds,
            Objective.Greenest => one.Carbon,
            _ => ((double)one.Price / yard.Average(p => (double)p.Price)) + (one.Seconds / yard.Average(p => p.Seconds))
                + (one.Carbon / yard.Average(p => p.Carbon)),
        };
    }

    /// <summary>Every pool with every way of the input: for the balanced objective those that are cheapest or fastest.</summary>
    private static IEnumerable<Possibility> Possibilities(DomainState state, NodeId holder, JobSpec spec, DateTimeOffset now)
    {
        var size = state.Data.Datasets.Values.Single().Latest.Parts[0].Size;
        foreach (var pool in state.Sites.Pools.Values)
        {
            var site = state.Sites.Sites[pool.Id.Site];
            var ways = holder.Site == site.Id
                ? [(Price: 0m, Seconds: holder.Pool == pool.Id ? 0 : Hold(size, 10e9))]
                : SimplePaths(state.Network, holder.Site, site.Id).Select(path => Way(path, size)).ToList();
            if (ways.Count == 0)
                continue;
            var run = Pricing.RunTime(pool, spec, share: 1);
            foreach (var (price, seconds) in new[] { ways.OrderBy(w => w.Price).ThenBy(w => w.Seconds).First(), ways.OrderBy(w => w.Seconds).ThenBy(w => w.Price).First() })
            {
                var compute = Pricing.PerSecond(site, pool, spec.Resources, acceleratorsHour: 0, now) * (decimal)run.TotalSeconds;
                yield return new(
                    pool.Id, compute.Amount + price, seconds + run.TotalSeconds,
                    Pricing.CarbonGrams(site, pool, spec.Resources, now.AddSeconds(seconds), run));
            }
        }
    }

    private static (decimal Price, double Seconds) Way(List<Link> path, DataSize size)
    {
        var rate = path.Min(l => l.Capacity.BitsPerSecond);
        if (Hold(size, rate) >= 60)
            rate = rate / 4 * 3;
        return (Money.Cny(path.Sum(l => l.PricePerGigabyte) * size.Gigabytes).RoundedUp().Amount, Hold(size, rate));
    }

    private static double Hold(DataSize size, double rate) => (size.Bytes * 8 / rate * 1.05) + 0.25;

    private static IEnumerable<List<Link>> SimplePaths(NetworkState network, SiteId from, SiteId to)
    {
        if (from == to)
            return [[]];
        return network.Links.Values.Where(l => l.From == from).SelectMany(first =>
        {
            var without = network with { Links = network.Links.RemoveRange(network.Links.Values.Where(l => l.To == from || l.From == from).Select(l => l.Id)) };
            return SimplePaths(without, first.To, to).Select(rest => rest.Prepend(first).ToList());
        });
    }

    private static (TestDomain Domain, NodeId Holder) SmallDomain(ulong number)
    {
        var seed = new Seed(number);
        var (domain, count) = (new TestDomain(), 2 + seed.Next(3));
        for (var i = 0; i < count; i++)
        {
            domain.Centre(
                "s" + i, 0.5m + (seed.Next(20) / 10m), 0.5 + (seed.NextUnit() * 2), nodes: 1 + seed.Next(2), power: seed.Next(10) / 10m,
                carbon: 50 + seed.Next(500));
        }

        for (var i = 0; i < count; i++)
        {
            for (var k = i + 1; k < count; k++)
            {
                if (seed.Chance(0.8))
                    domain.Link("s" + i, "s" + k, seed.Next(800) + 5, seed.Next(40_000), seed.Next(50) / 100m);
            }
        }

        var holder = new NodeId($"s{seed.Next(count)}/main/n00");
        domain.Data("scene", seed.Next(5_000) + 1, holder.Value);
        return (domain, holder);
    }

    private sealed record Possibility(PoolId Pool, decimal Price, double Seconds, double Carbon);
}
