using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class ProbeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agents_measure_the_paths_between_their_sites_and_the_measurement_counts_before_the_declaration()
    {
        await using var domain = await RunningDomain.StartAsync(probeInterval: "200ms");
        await domain.Client.PutSiteAsync("there", new("there", "test", "edge", "there", "", 0, 0, 1, [0], [0]), Cancellation);
        await domain.Client.PutSiteAsync("far", new("far", "test", "edge", "far", "", 0, 0, 1, [0], [0]), Cancellation);
        await domain.Client.PutLinkAsync("line", new("here", "there", 1_000_000_000, 15_000, 0, BothWays: true), Cancellation);
        await domain.Client.PutLinkAsync("long", new("there", "far", 1_000_000_000, 30_000, 0, BothWays: true), Cancellation);
        var before = await domain.Client.GetSitePairAsync("here", "there", Cancellation);
        Assert.Equal(("declared", 15_000, "nation"), (before.Pair.Source, before.Pair.LatencyMicroseconds, before.Pair.Circle));

        domain.Agent("head", await domain.TokenAsync());
        domain.Agent("away", await domain.TokenAsync("there"));
        await RunningDomain.UntilAsync(
            async () => (await PairAsync("here", "there")).IsFresh && (await PairAsync("there", "here")).IsFresh, "both ways are measured");

        // A declaration of 15 ms is wrong on the loopback address, whatever else the machine does.
        var measured = await PairAsync("here", "there");
        Assert.Equal("measured", measured.Source);
        Assert.InRange(measured.LatencyMicroseconds!.Value, 1, 14_999);
        Assert.Equal(15_000, measured.DeclaredLatencyMicroseconds);
        Assert.Equal(measured.LatencyMicroseconds, measured.Measured!.LatencyMicroseconds);
        Assert.InRange(measured.Measured.LossShare, 0, 0.5);

        // Where no agent is, the declaration counts.
        Assert.Equal(("declared", 45_000), await SourceAsync("here", "far"));
        var circles = await domain.Client.GetCirclesAsync(target: null, Cancellation);
        Assert.Equal((6, 2), (circles.PairCount, circles.MeasuredPairCount));
        Assert.Contains("meridian_path_latency_seconds{", await domain.MetricsAsync(), StringComparison.Ordinal);
        var link = (await domain.Client.GetLinksAsync(new(null, null, null), Cancellation)).Items.Single(l => l.Id == "line");
        Assert.True(link.IsFresh);

        async Task<Protocol.Rest.SitePairView> PairAsync(string from, string to) =>
            (await domain.Client.GetSitePairAsync(from, to, Cancellation)).Pair;

        async Task<(string, long?)> SourceAsync(string from, string to)
        {
            var pair = await PairAsync(from, to);
            return (pair.Source, pair.LatencyMicroseconds);
        }
    }
}
