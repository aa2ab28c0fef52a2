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
    public async Task The_parts_that_the_tasks_left_come_together_in_one_folder()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var scratch = new ScratchFolder();
        scratch.Write("task0/frame-0.png", "zero"u8);
        scratch.Write("task1/frame-1.png", "one"u8);
        using var run = new CliRun(Server(world, agentId: "a1"));
        await run.RunAsync("data", "push", scratch.At("task0"), "scene", "--site", DepotWorld.Site);
        await run.RunAsync("data", "push", scratch.At("task1"), "scene", "--site", DepotWorld.Site);

        var exit = await run.RunAsync("data", "pull", "scene", scratch.At("back"));

        Assert.Equal(0, exit);
        Assert.Equal(
            ["frame-0.png", "frame-1.png"],
            Directory.GetFiles(scratch.At("back")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_is_waited_for_leaves_its_results_in_the_named_folder()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var scratch = new ScratchFolder();
        scratch.Write("made/frame-0.png", "zero"u8);
        var done = Samples.Detail("succeeded") with { OutputDatasets = ["scene@1"] };
        var server = Server(world, agentId: "a1").On("GET jobs/7", done).On("POST jobs", new Submitted(7, "render", Samples.Quote));
        using var run = new CliRun(server) { Input = Samples.JobFile };
        await run.RunAsync("data", "push", scratch.At("made"), "scene", "--site", DepotWorld.Site);

        var exit = await run.RunAsync("job", "submit", "-", "--fetch", scratch.At("results"));

        Assert.Equal(0, exit);
        Assert.Equal("zero", File.ReadAllText(scratch.At("results", "scene", "frame-0.png")));
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
        var roots = new List<string>(); // Each upload is a part of the one dataset, as each task's output is.
        var expires = world.Clock.GetUtcNow().AddHours(1);
        return new FakeServer()
            .On("GET whoami", Samples.Self)
            .On("GET authority", _ => FakeServer.Text(world.Authority.ExportCertificatePem()))
            .On("POST datasets/uploads", request =>
            {
                roots.Add(JsonSerializer.Deserialize<UploadRequest>(
                    request.Content!.ReadAsStream(Cancellation), RestJson.Options)!.Root);
                var ticket = world.WriteTicket(Parse(roots[^1]), DataSize.FromMebibytes(64));
                return FakeServer.Json(new UploadTicket(world.Url.ToString(), ticket, agentId, expires));
            })
            .On("POST datasets", _ => FakeServer.Json(new DatasetView(
                "scene", "demo", 1, roots[^1], 3_000_009, 2, "", [DepotWorld.Site], Samples.At, "upload")))
            .On("POST datasets/demo/scene/download", _ => FakeServer.Json(roots.Select(part => new DownloadTicket(
                part, world.Url.ToString(), world.ReadTicket(Parse(part)), agentId, DepotWorld.Site, expires))));
    }

    private static ManifestRoot Parse(string text) =>
        ManifestRoot.TryParse(text, out var root) ? root : throw new ArgumentException(text);
}
