using System.Net;
using Meridian.Domain.Network;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class NetworkFileTests
{
    private const string Ring = """
        ?SNDlib native format; type: network; version: 1.0
        NODES (
          Köln ( 6.96 50.94 )
          Bonn ( 7.10 50.73 )
        )
        LINKS (
          L1 ( Köln Bonn ) 155.00 0.00 0.00 0.00 ( )
        )
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_is_read_declared_and_written_again()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");
        var linkCount = world.Domain.Latest.State.Network.Links.Count;

        var tried = await client.ImportNetworkAsync(Ring, ("sndlib", "ring.txt", "carrier"), isDryRun: true, Cancellation);
        Assert.Equal(new(2, 2, IsDryRun: true), tried);
        Assert.Equal(linkCount, world.Domain.Latest.State.Network.Links.Count);

        var done = await client.ImportNetworkAsync(Ring, ("sndlib", "ring.txt", "carrier"), isDryRun: false, Cancellation);
        Assert.Equal(new(2, 2, IsDryRun: false), done);
        var state = world.Domain.Latest.State;
        Assert.Equal(("Köln", "carrier"), (state.Sites.Sites[new("k-ln")].Title, state.Sites.Sites[new("k-ln")].Provider));
        Assert.Equal(155_000_000, state.Network.Links[new("k-ln-bonn")].Capacity.BitsPerSecond);
        Assert.Equal(24, state.Sites.Sites[new("k-ln")].CarbonByHour.Length);
        Assert.InRange(state.Network.Links[new("bonn-k-ln")].LatencyMicroseconds, 125, 250); // 25 km as the crow flies.

        var again = await client.ImportNetworkAsync(Ring, ("sndlib", "ring.txt", "carrier"), isDryRun: false, Cancellation);
        Assert.Equal(new(0, 2, IsDryRun: false), again);
        Assert.Equal(linkCount + 2, world.Domain.Latest.State.Network.Links.Count);
    }

    [Theory, InlineData("graphml"), InlineData("sndlib"), InlineData("rfc8345")]
    public async Task What_was_written_is_read_into_the_same_network(string format)
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");
        await client.ImportNetworkAsync(Ring, ("sndlib", "ring.txt", "carrier"), isDryRun: false, Cancellation);
        var links = world.Domain.Latest.State.Network.Links;
        var priced = links[new("k-ln-bonn")] with
        {
            LatencyMicroseconds = 700,
            PricesByHour = [.. Enumerable.Range(0, 24).Select(hour => (decimal)hour)],
            Maintenance = [new(DateTimeOffset.UnixEpoch.AddYears(60), DateTimeOffset.UnixEpoch.AddYears(61))],
        };
        world.Domain.Do(new DeclareLink(priced));
        var before = world.Domain.Latest.State.Network.Links;

        var done = await client.ImportNetworkAsync(
            await client.ExportNetworkAsync(format, Cancellation), (format, "again", "carrier"), isDryRun: false, Cancellation);

        Assert.Equal((0, links.Count), (done.SiteCount, done.LinkCount));
        var after = world.Domain.Latest.State.Network.Links;
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(
            before.Values.Select(l => (l.From, l.To, l.Capacity, l.LatencyMicroseconds)),
            after.Values.Select(l => (l.From, l.To, l.Capacity, l.LatencyMicroseconds)));
        Assert.Equal(before[priced.Id].PricesByHour, after[priced.Id].PricesByHour);
        Assert.Equal(priced.Maintenance, after[priced.Id].Maintenance);
    }

    [Fact]
    public async Task A_fault_names_its_file_and_line()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => client.ImportNetworkAsync(
            Ring.Replace("Bonn ) 155", "Mainz ) 155", StringComparison.Ordinal), ("sndlib", "ring.txt", "carrier"), isDryRun: false, Cancellation));

        Assert.Equal((int)HttpStatusCode.UnprocessableEntity, refusal.Problem.Status);
        var item = Assert.Single(refusal.Problem.Errors!);
        Assert.Equal(("ring.txt", 7L), (item.File, item.Line));
    }
}
