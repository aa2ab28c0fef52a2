using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Network;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

public sealed class NetworkWhatIfTests
{
    private static readonly LinkId Direct = new("east-west");

    [Fact]
    public void A_transfer_over_a_cut_link_takes_the_other_way_or_is_stuck()
    {
        var domain = Triangle();
        var id = domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 50));

        var detour = NetworkWhatIf.Of(domain.State, new(Direct), domain.Now);

        var fate = Assert.Single(detour.Transfers);
        Assert.Equal((id, true), (fate.Transfer.Id, fate.IsKept));
        Assert.Equal(["east-west"], Assert.Single(fate.Lost).Links.Select(l => l.Value));
        Assert.Equal(["east-middle", "middle-west"], Assert.Single(fate.Instead).Links.Select(l => l.Value));

        domain.Do(new RemoveLink(new("middle-west")));
        var stuck = Assert.Single(NetworkWhatIf.Of(domain.State, new(Direct), domain.Now).Transfers);
        Assert.NotNull(stuck.Fault);
        Assert.False(stuck.IsKept);
    }

    [Fact]
    public void What_is_foretold_of_a_smaller_link_depends_on_who_came_first_and_on_what_is_left()
    {
        var domain = Triangle(detourMbps: 10);
        var first = domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 50));
        var second = domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 30));

        Assert.Empty(NetworkWhatIf.Of(domain.State, new(Direct, Bandwidth.FromMbps(80)), domain.Now).Transfers);
        var outcome = NetworkWhatIf.Of(domain.State, new(Direct, Bandwidth.FromMbps(60)), domain.Now);

        // The first keeps its place; the second was promised over what is gone, and what is left is slower.
        var fate = Assert.Single(outcome.Transfers);
        Assert.Equal((second, false), (fate.Transfer.Id, fate.IsKept));
        Assert.True(fate.Arrival > fate.Transfer.Promised);
        Assert.Equal(2, NetworkWhatIf.Of(domain.State, new(Direct, Bandwidth.FromMbps(1)), domain.Now).Transfers.Length);
        Assert.Equal([first, second], NetworkWhatIf.Of(domain.State, new(Direct), domain.Now).Transfers.Select(f => f.Transfer.Id));
    }

    [Fact]
    public void Circuits_planned_anew_never_hold_more_than_a_link_has()
    {
        var domain = Triangle(detourMbps: 60);
        domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 50));
        domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 30));

        var circuits = NetworkWhatIf.Of(domain.State, new(Direct), domain.Now).Transfers.SelectMany(f => f.Instead).ToList();

        Assert.Equal(2, circuits.Count);
        Assert.All(circuits, one => Assert.True(
            circuits.Where(c => c.Start <= one.Start && one.Start < c.Finish).Sum(c => c.Rate.BitsPerSecond) <= Bandwidth.FromMbps(60).BitsPerSecond));
    }

    [Fact]
    public void A_cut_link_cuts_pairs_off_and_a_slower_one_moves_them_to_another_circle()
    {
        var domain = new TestDomain().Site("a").Site("b").Site("c").Site("d");
        domain.Link("a", "b", 100, latencyMicroseconds: 1_000).Link("b", "c", 100, latencyMicroseconds: 1_000);
        domain.Link("a", "c", 100, latencyMicroseconds: 5_000).Link("c", "d", 100, latencyMicroseconds: 500);

        var cut = NetworkWhatIf.Of(domain.State, new(new("b-c")), domain.Now);
        Assert.Contains(new PairFate(new(new("a"), new("c")), 2_000, 5_000), cut.Pairs);
        Assert.Contains(new PairFate(new(new("b"), new("d")), 1_500, 6_500), cut.Pairs);
        Assert.True(cut.After.RegionCount < cut.Before.RegionCount);

        var off = NetworkWhatIf.Of(domain.State, new(new("c-d")), domain.Now);
        Assert.Equal(3, off.Pairs.Length);
        Assert.All(off.Pairs, p => Assert.Equal((new SiteId("d"), null), (p.Pair.To, p.AfterMicroseconds)));
        Assert.Equal(3, off.Before.NationCount - off.After.NationCount);

        var slower = NetworkWhatIf.Of(domain.State, new(new("c-d"), LatencyMicroseconds: 30_000), domain.Now);
        Assert.Contains(new PairFate(new(new("c"), new("d")), 500, 30_000), slower.Pairs);
        Assert.DoesNotContain(slower.Pairs, p => p.AfterMicroseconds is null);
        Assert.True(slower.After.MeetingCount < slower.Before.MeetingCount);
    }

    [Fact]
    public void A_measured_latency_moves_by_as_much_as_the_declared_path()
    {
        var domain = new TestDomain().Site("a").Site("b").Link("a", "b", 100, latencyMicroseconds: 1_000);
        var pair = new SitePair(new("a"), new("b"));
        domain.State = domain.State.Evolve(new PathMeasured(
            pair, new(domain.Now, LatencyMicroseconds: 1_300, JitterMicroseconds: 0, LossPerMillion: 0, Bandwidth.FromMbps(90))));

        var slower = NetworkWhatIf.Of(domain.State, new(new("a-b"), LatencyMicroseconds: 6_000), domain.Now);

        Assert.Contains(new PairFate(pair, 1_300, 6_300), slower.Pairs);
    }

    private static TestDomain Triangle(double detourMbps = 100) => new TestDomain().Centre("east").Centre("middle").Centre("west")
        .Link("east", "west", mbps: 100).Link("east", "middle", mbps: detourMbps, latencyMicroseconds: 20_000)
        .Link("middle", "west", mbps: detourMbps, latencyMicroseconds: 20_000)
        .Data("scene", mebibytes: 100, "east/main/n00").Data("film", mebibytes: 100, "east/main/n00");
}
