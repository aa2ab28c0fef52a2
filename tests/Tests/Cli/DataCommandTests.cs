using System.Text.Json;
using Meridian.Datasets;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Meridian.Tests.Depot;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class DataCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_that_was_pushed_comes_back_the_same()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var scratch = new ScratchFolder();
        scratch.Write("scene/main.pov", "camera {}"u8);
        scratch.Write("scene/maps/sky.png", new byte[3_000_000]);
        using var run = new CliRun(Server(world, agentId: "a1"));

        var pushed = await run.RunAsync("data", "push", scratch.At("scene"), "scene", "--site", DepotWorld.Site, "-o", "name");
        var pulled = await run.RunAsync("data", "pull", "demo/scene@1", scratch.At("back"));

        Assert.Equal((0, 0, "demo/scene\n"), (pushed, pulled, run.Out));
        Assert.Equal("camera {}", File.ReadAllText(scratch.At("back", "main.pov")));
        Assert.Equal(3_000_000, new FileInfo(scratch.At("back", "maps", "sky.png")).Length);
        Assert.Contains("scene@1 is at east", run.Error, StringComparison.Ordinal);
        Assert.Contains("POST /api/v1/datasets/demo/scene/download?version=1", run.Server.Asked);
    }

    [Fact]
    public async Task A_depot_that_is_not_the_named_agent_gets_no_byte()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var scratch = new ScratchFolder();
        scratch.Write("scene/main.pov", "camera {}"u8);
        using var run = new CliRun(Server(world, agentId: "another"));

        var exit = await run.RunAsync("data", "push", scratch.At("scene"), "scene", "--site", DepotWorld.Site);

        Assert.Equal(6, exit);
        Assert.DoesNotContain("POST /api/v1/datasets", run.Server.Asked);
    }

    [Fact]
    public async Task A_site_and_a_path_that_are_not_there_are_refused_before_anything_is_sent()
    {
        using var run = new CliRun(new FakeServer());

        Assert.Equal(2, await run.RunAsync("data", "push", "/no/such/folder", "scene", "--site", "east"));
        Assert.Equal(2, await run.RunAsync("data", "push", "/no/such/folder", "scene"));

        Assert.Empty(run.Server.Asked);
    }

    private static FakeServer Server(DepotWorld world, string agentId)
    {
        var root = "";
        var expires = world.Clock.GetUtcNow().AddHours(1);
        return new FakeServer()
            .On("GET whoami", Samples.Self)
            .On("GET authority", _ => FakeServer.Text(world.Authority.ExportCertificatePem()))
            .On("POST datasets/uploads", request =>
            {
                root = JsonSerializer.Deserialize<UploadRequest>(
                    request.Content!.ReadAsStream(Cancellation), RestJson.Options)!.Root;
                var ticket = world.WriteTicket(Parse(root), DataSize.FromMebibytes(64));
                return FakeServer.Json(new UploadTicket(world.Url.ToString(), ticket, agentId, expires));
            })
            .On("POST datasets", _ => FakeServer.Json(new DatasetView(
                "scene", "demo", 1, root, 3_000_009, 2, "", [DepotWorld.Site], Samples.At, "upload")))
            .On("POST datasets/demo/scene/download", _ => FakeServer.Json(new DownloadTicket(
                root, world.Url.ToString(), world.ReadTicket(Parse(root)), agentId, DepotWorld.Site, expires)));
    }

    private static ManifestRoot Parse(string text) =>
        ManifestRoot.TryParse(text, out var root) ? root : throw new ArgumentException(text);
}
