using System.Security.Cryptography;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Meridian.Tests.Depot;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class ImportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_outside_becomes_a_dataset_although_its_agent_is_killed_on_the_way()
    {
        var seed = new Seed(5);
        var content = DepotWorld.Bytes(ref seed, 100_000_000);
        await using var server = await OutsideServer.StartAsync(content, Cancellation);
        await using var domain = await RunningDomain.StartAsync();
        var agent = await domain.JoinedAgentAsync();
        var denied = await OverAsync(domain, await OrderAsync(domain, server, "film", ""));
        Assert.Equal("failed", denied.State);
        Assert.Contains("stores file", denied.Reason, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(domain.Folder, "head", "stores.json"), $$"""{"allow":["127.0.0.1:{{server.Url.Port}}"]}""", Cancellation);
        var parts = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        server.Before = async (number, _) =>
        {
            if (number <= 5)
                return false;
            parts.TrySetResult();
            await mayGoOn.Task;
            return false;
        };
        var id = await OrderAsync(domain, server, "film", Convert.ToHexStringLower(SHA256.HashData(content)));
        await parts.Task.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        await RunningDomain.UntilAsync(async () => (await domain.Client.GetExchangeAsync(id, Cancellation)) is { Bytes: 100_000_000, BytesDone: > 67_108_864 }, "four parts are there");
        await RunningDomain.KillAsync(agent);
        var sentBefore = server.SentBytes;
        mayGoOn.SetResult();
        domain.Agent("head");
        var done = await OverAsync(domain, id);

        Assert.Equal(("done", 1, null), (done.State, done.Version, done.Reason));
        Assert.True(server.SentBytes - sentBefore < 2 * 100_000_000 - 67_108_864, $"{server.SentBytes - sentBefore} bytes came after the crash");
        var dataset = await domain.Client.GetDatasetAsync("default", "film", Cancellation);
        Assert.Equal((100_000_000L, 1, "here"), (dataset.Bytes, dataset.Files, dataset.Sites.Single()));
        var read = await domain.OverAsync(await domain.SubmitAsync(
            """
            name: read
            command: [sh, -c, "sha256sum < film/scene.bin > sum"]
            inputs:
              - dataset: film
                mount: film
            outputs:
              - name: sum
                path: sum
            """));
        Assert.Equal("succeeded", read.Summary.State);
    }

    [Fact]
    public async Task A_result_goes_out_to_a_store_and_comes_back_by_the_operators_credential()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await using var domain = await RunningDomain.StartAsync();
        await domain.JoinedAgentAsync();
        var settings = Path.Combine(domain.Folder, "head", "stores.json");
        await File.WriteAllTextAsync(
            settings,
            $$"""{"stores":[{"name":"lab","endpoint":"{{server.Endpoint}}","projects":["default"],"accessKey":"{{S3Server.AccessKey}}","secretKey":"{{S3Server.SecretKey}}"}]}""",
            Cancellation);
        var made = await domain.OverAsync(await domain.SubmitAsync(
            """
            name: make
            command: [sh, -c, "mkdir -p out/deep && head -c 20000000 /dev/urandom > out/deep/bits && echo hello > out/text"]
            outputs:
              - name: bits
                path: out
            """));
        Assert.Equal("succeeded", made.Summary.State);

        var readable = await OverAsync(domain, await ExportAsync(domain));
        Assert.Contains("chmod 600", readable.Reason, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var sent = await OverAsync(domain, await ExportAsync(domain));

        Assert.Equal(("done", 20_000_006L, 2, null), (sent.State, sent.Bytes, sent.Files, sent.Reason));
        Assert.Equal(["results/deep/bits", "results/text"], await server.KeysAsync(Cancellation));
        Assert.Equal("hello\n"u8.ToArray(), await server.GetAsync("results/text", Cancellation));
        var back = await domain.Client.OrderExchangeAsync(
            new("import", "again", "default", Version: null, RunningDomain.Site, "s3://lake/results", Endpoint: null, "lab", Sha256: null, Sovereignty: null), Cancellation);
        Assert.Equal(("done", 20_000_006L, 2), await OverAsync(domain, back.Id) is var over ? (over.State, over.Bytes, over.Files) : default);
        Assert.DoesNotContain(S3Server.SecretKey + "\"", domain.Log("control") + domain.Log("head"), StringComparison.Ordinal);
    }

    private static async Task<long> ExportAsync(RunningDomain domain) => (await domain.Client.OrderExchangeAsync(
        new("export", "bits", "default", Version: null, "", "s3://lake/results", Endpoint: null, "lab", Sha256: null, Sovereignty: null), Cancellation)).Id;

    private static async Task<long> OrderAsync(RunningDomain domain, OutsideServer server, string name, string hash) =>
        (await domain.Client.OrderExchangeAsync(
            new("import", name, "default", Version: null, RunningDomain.Site, server.Url.ToString(), Endpoint: null, Store: null, hash, Sovereignty: null), Cancellation)).Id;

    private static async Task<ExchangeView> OverAsync(RunningDomain domain, long id)
    {
        ExchangeView? over = null;
        await RunningDomain.UntilAsync(async () => (over = await domain.Client.GetExchangeAsync(id, Cancellation)).State != "moving", $"exchange {id} is over");
        return over!;
    }
}
