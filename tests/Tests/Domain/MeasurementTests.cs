using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Networking.Routing;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Meridian.Tests.Scheduling;
using Xunit;

namespace Meridian.Tests.Domain;

public sealed class MeasurementTests
{
    private static readonly SitePair Pair = new(new("east"), new("west"));

    [Fact]
    public void A_measurement_counts_before_the_declaration_until_it_is_old()
    {
        var domain = TwoSites();
        Assert.Equal(new SiteLatency(9_000, IsMeasured: false), SiteLatency.Between(domain.State.Network, Pair.From, Pair.To));

        Measure(domain, 2_000);
        Assert.Equal(new SiteLatency(2_000, IsMeasured: true), SiteLatency.Between(domain.State.Network, Pair.From, Pair.To));
        Assert.Equal(new SiteLatency(2_000, IsMeasured: true), SiteLatency.Between(domain.State.Network, Pair.To, Pair.From));

        domain.Now += MeasurementRules.FreshFor - TimeSpan.FromSeconds(1);
        domain.Do(new Meridian.Domain.Jobs.Tick());
        Assert.True(SiteLatency.Between(domain.State.Network, Pair.From, Pair.To)!.Value.IsMeasured);

        domain.Now += TimeSpan.FromSeconds(1);
        domain.Do(new Meridian.Domain.Jobs.Tick());
        Assert.Equal(new SiteLatency(9_000, IsMeasured: false), SiteLatency.Between(domain.State.Network, Pair.From, Pair.To));
        Assert.Equal(2_000, domain.State.Network.Measured[Pair].Latest.LatencyMicroseconds);

        Measure(domain, 2_000);
        Assert.True(domain.State.Network.Measured[Pair].IsFresh);
    }

    [Fact]
    public void Only_what_is_news_is_kept()
    {
        var domain = TwoSites();
        Assert.Single(Measure(domain, 2_000).Events);

        Assert.Empty(Measure(domain, 9_000).Events); // A path is not told twice in a minute.
        domain.Now += MeasurementRules.TellEvery;
        Assert.Empty(Measure(domain, 2_150).Events); // Not a tenth.
        Assert.Single(Measure(domain, 2_300).Events);
        domain.Now += MeasurementRules.TellEvery;
        Assert.Single(Measure(domain, 2_300, lossPerMillion: 20_000).Events);
        domain.Now += MeasurementRules.RepeatEvery;
        Assert.Single(Measure(domain, 2_300, lossPerMillion: 20_000).Events);
    }

    [Fact]
    public void What_is_kept_of_a_path_is_bounded_and_the_newest_is_last()
    {
        var domain = TwoSites();
        for (var i = 1; i <= 2 * MeasurementRules.HistoryCountMax; i++)
        {
            domain.Now += MeasurementRules.RepeatEvery;
            Measure(domain, 1_000 * i);
        }

        var history = domain.State.Network.Measured[Pair].History;
        Assert.Equal(MeasurementRules.HistoryCountMax, history.Length);
        Assert.Equal(1_000L * 2 * MeasurementRules.HistoryCountMax, history[^1].LatencyMicroseconds);
        Assert.Equal(history.Select(p => p.At).Order(), history.Select(p => p.At));
    }

    [Fact]
    public void A_site_that_is_taken_away_takes_its_measurements_along()
    {
        var domain = TwoSites();
        Measure(domain, 2_000);
        domain.Do(new RemoveLink(new("line")));

        domain.Do(new Meridian.Domain.Sites.RemoveSite(Pair.To));

        Assert.Empty(domain.State.Network.Measured);
    }

    [Theory]
    [InlineData("east", "east", 5, 0)]
    [InlineData("east", "moon", 5, 0)]
    [InlineData("east", "west", -1, 0)]
    [InlineData("east", "west", 5, 1_000_001)]
    public void What_cannot_be_is_refused(string from, string to, long latency, int lossPerMillion)
    {
        var domain = TwoSites();
        var command = new RecordMeasurement(
            new(new(from), new(to)), new(domain.Now, latency, 0, lossPerMillion, Bandwidth.Zero));

        Assert.NotNull(Meridian.Domain.Machine.DomainMachine.Decide(domain.State, command, domain.Now).Fault);
    }

    [Fact]
    public void The_picture_and_its_history_count_the_pairs_within_each_circle()
    {
        var domain = TwoSites();
        Measure(domain, 800);
        domain.Now += MeasurementRules.RepeatEvery;
        Measure(domain, 4_000);

        var pairs = NetworkPicture.Pairs(domain.State);
        Assert.Equal([LatencyCircle.Region, LatencyCircle.Region], pairs.Select(p => p.Circle));
        Assert.Equal(LatencyCircle.Nation, NetworkPicture.TargetOf(domain.State, Pair));

        var history = NetworkPicture.History(domain.State.Network, domain.Now);
        Assert.Equal([(1, 1, 1, 1), (1, 0, 1, 1)], history.Select(m => (m.PairCount, m.MetroCount, m.RegionCount, m.NationCount)));
    }

    [Fact]
    public void One_node_of_a_site_probes_its_neighbours_first_and_the_others_around_the_ring()
    {
        var domain = new TestDomain();
        foreach (var site in (string[])["a", "b", "c", "d"])
            domain.Site(site).Pool(site + "/p").Node(site + "/p/n1").Node(site + "/p/n2");
        domain.Do(new DeclareLink(new(new("b-a"), new("b"), new("a"), Bandwidth.FromMbps(1), 1, 0)));

        Assert.Equal(["a/p/n1", "c/p/n1", "d/p/n1"], Targets("b/p/n1"));
        Assert.Equal(["b/p/n1", "c/p/n1", "d/p/n1"], Targets("a/p/n1"));
        Assert.Equal(["d/p/n1", "a/p/n1", "b/p/n1"], Targets("c/p/n1"));
        Assert.Empty(Targets("b/p/n2"));

        domain.Do(new Meridian.Domain.Sites.BanNode(new("b/p/n1")));
        Assert.Equal(["a/p/n1", "c/p/n1", "d/p/n1"], Targets("b/p/n2"));
        Assert.Empty(Targets("b/p/n1"));

        IEnumerable<string> Targets(string node) =>
            ProbePlan.TargetsOf(domain.State.Sites, domain.State.Network, new(node)).Select(n => n.Id.Value);
    }

    private static TestDomain TwoSites()
    {
        var domain = new TestDomain().Site("east").Site("west");
        domain.Do(new DeclareLink(new(new("line"), Pair.From, Pair.To, Bandwidth.FromMbps(100), 9_000, 0)));
        return domain;
    }

    private static Decision Measure(TestDomain domain, long latency, int lossPerMillion = 0) =>
        domain.Do(new RecordMeasurement(Pair, new(domain.Now, latency, 10, lossPerMillion, Bandwidth.Zero)));
}
