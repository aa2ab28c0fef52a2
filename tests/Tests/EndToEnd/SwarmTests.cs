using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class SwarmTests
{
    private static readonly string[] Targets = ["one", "two", "three"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_to_several_sites_comes_to_all_at_once_and_from_each_other()
    {
        await using var domain = await RunningDomain.StartAsync();
        await domain.Client.PutSiteAsync("core", new("core", "test", "core", "core", "", 0, 0, 1, [0], [0]), Cancellation);
        await domain.Client.PutLinkAsync("here-core", new("here", "core", 200_000_000, 1_000, 0, BothWays: true), Cancellation);
        foreach (var site in Targets)
        {
            await domain.Client.PutSiteAsync(site, new(site, "test", "edge", site, "", 0, 0, 1, [0], [0]), Cancellation);
            await domain.Client.PutLinkAsync(site + "-core", new(site, "core", 200_000_000, 1_000, 0, BothWays: true), Cancellation);
        }

        domain.Agent("head", await domain.TokenAsync());
        foreach (var site in Targets)
            domain.Agent("at-" + site, await domain.TokenAsync(site));
        await RunningDomain.UntilAsync(
            async () => (await domain.Client.GetSitesAsync(new(null, null, null), Cancellation)).Items.Count(s => s.IsConnected) == 4, "the agents are connected");
        var made = await domain.OverAsync(await domain.SubmitAsync(
            """
            name: make
            command: [sh, -c, "mkdir out && head -c 48000000 /dev/urandom > out/bits"]
            outputs:
              - name: bits
                path: out
            constraints:
              regions: [here]
            """));
        Assert.Equal("succeeded", made.Summary.State);

        var sent = await domain.Client.SendAsync(new("bits", "default", null, Targets, "aggregated", null, null, null), Cancellation);
        Assert.Equal(Targets.Length, sent.Hops.Count);
        foreach (var hop in sent.Hops)
            Assert.Equal(["here", .. Targets.Where(t => t != hop.Site)], hop.Windows.Single().Sources.Select(s => s.Site).OrderBy(s => s != "here").ThenBy(s => Array.IndexOf(Targets, s)));
        TransferDetail? over = null;
        await RunningDomain.UntilAsync(
            async () => (over = await domain.Client.GetTransferAsync(sent.Summary.Id, Cancellation)).Summary.State is not ("admitted" or "moving"), "the transfer is over");

        Assert.Equal(("done", 0), (over!.Summary.State, over.Failures));
        var dataset = (await domain.Client.GetDatasetsAsync(null, new(null, null, null), Cancellation)).Items.Single(d => d.Name == "bits");
        Assert.Equal([RunningDomain.Site, .. Targets], dataset.Sites.OrderBy(s => s != RunningDomain.Site).ThenBy(s => Array.IndexOf(Targets, s)));
    }
}
