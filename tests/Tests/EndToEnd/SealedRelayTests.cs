using System.Text;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class SealedRelayTests
{
    private const string Marker = "what nobody in between is to read";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_lies_at_a_relay_cannot_be_read_there_and_arrives_though_everybody_but_the_target_was_killed_meanwhile()
    {
        await using var domain = await RunningDomain.StartAsync();
        foreach (var site in (string[])["middle", "there"])
            await domain.Client.PutSiteAsync(site, new(site, "test-" + site, "edge", site, "", 0, 0, 1, [0], [0]), Cancellation);
        var source = domain.Agent("head", await domain.TokenAsync());
        var relay = domain.Agent("relay", await domain.TokenAsync("middle"));
        domain.Agent("target", await domain.TokenAsync("there"));
        await RunningDomain.UntilAsync(
            async () => (await domain.Client.GetSitesAsync(new(null, null, null), Cancellation)).Items.Count(s => s.IsConnected) == 3, "the agents are connected");
        await MakeAsync(domain);

        // The first half of the way closes before the second one opens.
        var (closes, opens) = (DateTimeOffset.UtcNow.AddSeconds(40), DateTimeOffset.UtcNow.AddSeconds(60));
        await domain.Client.PutLinkAsync(
            "here-middle", new("here", "middle", 200_000_000, 1_000, 0, BothWays: false, Maintenance: [new(closes, closes.AddHours(2))]), Cancellation);
        await domain.Client.PutLinkAsync(
            "middle-there", new("middle", "there", 200_000_000, 1_000, 0, BothWays: false, Maintenance: [new(opens.AddHours(-2), opens)]), Cancellation);
        var sent = await domain.Client.SendAsync(
            new("bits", "default", null, ["there"], "offpeak", null, DateTimeOffset.UtcNow.AddMinutes(10), null), Cancellation);
        Assert.Equal([("middle", true, true), ("there", false, true)], sent.Hops.Select(h => (h.Site, h.IsRelay, h.IsSealed)));
        await RunningDomain.UntilAsync(async () => (await TransferAsync(domain, sent)).Hops[0].State == "done", "it lies at the relay");

        var secret = (await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(domain.Folder, "head", "depot", "seals")).Single(), Cancellation))[32..];
        Assert.True(Found(Path.Combine(domain.Folder, "head"), Encoding.ASCII.GetBytes(Marker)), "the source has the content, and the search finds it");
        await RunningDomain.KillAsync(source);
        await RunningDomain.KillAsync(relay);
        await RunningDomain.KillAsync(domain.Server);
        foreach (var place in (string[])["relay", "control", "control.log", "relay.log", "head.log", "target.log"])
        {
            var path = Path.Combine(domain.Folder, place);
            Assert.False(Found(path, Encoding.ASCII.GetBytes(Marker)), $"{place} holds plain content");
            Assert.False(Forms(secret).Any(form => Found(path, form)), $"{place} holds the key");
        }

        domain.Agent("relay");
        await domain.StartServerAsync();
        await RunningDomain.UntilAsync(async () => (await TransferAsync(domain, sent)).Summary.State is not ("admitted" or "moving"), "the transfer is over");

        Assert.Equal("done", (await TransferAsync(domain, sent)).Summary.State);
        Assert.True(Found(Path.Combine(domain.Folder, "target", "depot", "trees"), Encoding.ASCII.GetBytes(Marker)));
        await RunningDomain.UntilAsync(
            () => Task.FromResult(!Directory.EnumerateFiles(Path.Combine(domain.Folder, "relay", "depot", "manifests")).Any()
                && !Directory.EnumerateFiles(Path.Combine(domain.Folder, "target", "depot", "seals")).Any()),
            "the relay has dropped what lay there, and the target its key");
    }

    private static async Task MakeAsync(RunningDomain domain)
    {
        // In two parts, because the journal has the command as well.
        var half = Marker.Length / 2;
        var made = await domain.OverAsync(await domain.SubmitAsync(
            $"""
            name: make
            command: [sh, -c, "mkdir out && head -c 12000000 /dev/urandom > out/bits && printf %s%s '{Marker[..half]}' '{Marker[half..]}' > out/text"]
            outputs:
              - name: bits
                path: out
            constraints:
              regions: [here]
            """));
        Assert.Equal("succeeded", made.Summary.State);
    }

    private static Task<TransferDetail> TransferAsync(RunningDomain domain, TransferDetail sent) =>
        domain.Client.GetTransferAsync(sent.Summary.Id, Cancellation);

    private static IEnumerable<byte[]> Forms(byte[] secret) =>
        [secret, Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToHexString(secret))];

    /// <summary>Whether the file, or any below the folder, holds the bytes.</summary>
    private static bool Found(string path, byte[] bytes)
    {
        if (!File.Exists(path))
            return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Any(file => Found(file, bytes));

        // Empty ones may be locks of supervisors, who outlive their agents.
        return new FileInfo(path).Length > 0 && File.ReadAllBytes(path).AsSpan().IndexOf(bytes) >= 0;
    }
}
