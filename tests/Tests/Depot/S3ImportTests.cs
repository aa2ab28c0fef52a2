using System.Text;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class S3ImportTests : IDisposable
{
    private const int PartBytes = 1 << 20;

    private readonly ScratchFolder _folder = new();
    private readonly DepotStore _store;
    private readonly byte[] _large;

    public S3ImportTests()
    {
        _store = DepotStore.Open(_folder.At("depot"), new LocalDisk());
        var seed = new Seed(3);
        _large = DepotWorld.Bytes(ref seed, (9 * PartBytes) + 5);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_objects_below_a_prefix_become_a_dataset_and_the_same_one_again()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);

        var manifest = await ImportAsync(server, "s3://lake/films");

        Assert.Equal(["a b/ü+1.bin", "empty", "small.txt"], Files(manifest));
        Assert.Equal(_large, Read(manifest, "a b/ü+1.bin"));
        Assert.Equal("hello"u8.ToArray(), Read(manifest, "small.txt"));
        Assert.Equal(manifest.Root, (await ImportAsync(server, "s3://lake/films/")).Root);
    }

    [Fact]
    public async Task One_object_can_be_named_and_a_whole_bucket()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);

        Assert.Equal(["ü+1.bin"], Files(await ImportAsync(server, "s3://lake/films/a%20b/ü+1.bin")));
        Assert.Equal(["films/a b/ü+1.bin", "films/empty", "films/small.txt", "filmstrip"], Files(await ImportAsync(server, "s3://lake")));
    }

    [Theory]
    [InlineData("s3://lake/nothing", "outside-missing")]
    [InlineData("s3://lake/fil", "outside-missing")]
    [InlineData("s3://sea/films", "outside-store")]
    public async Task What_is_not_there_or_not_for_the_project_is_said(string url, string code)
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);

        Assert.Equal(code, await FaultAsync(server, url));
    }

    [Fact]
    public async Task A_wrong_key_a_wrong_endpoint_and_an_inner_address_are_refused()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);
        var bare = Order(server, "s3://lake/films") with { Store = "", Endpoint = server.Endpoint };

        // The server looks at the name of the key, and not at signatures of the fourth version.
        Assert.Equal("outside-forbidden", await FaultAsync(server, "s3://lake/films", Settings(server, "wrong")));
        Assert.Equal("outside-store", await FaultAsync(Order(server, "s3://lake/films") with { Endpoint = new("http://127.0.0.1:1/") }, Settings(server)));
        Assert.Equal("outside-denied", await FaultAsync(bare, OutsideSettings.Default));
        Assert.Equal("outside-store", await FaultAsync(Order(server, "s3://lake/films") with { Project = "other" }, Settings(server)));
    }

    [Fact]
    public async Task An_object_that_changes_while_it_is_read_is_refused_and_nothing_of_it_is_left()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);
        var isChanged = 0;
        var disk = new TappedDisk(written =>
        {
            if (written > 3 * PartBytes && Interlocked.Exchange(ref isChanged, 1) == 0)
                server.PutAsync("films/a b/ü+1.bin", [.. _large.Reverse()], Cancellation).GetAwaiter().GetResult();
        });

        Assert.Equal("outside-changed", await FaultAsync(Order(server, "s3://lake/films"), Settings(server), disk));
    }

    [Fact]
    public async Task After_a_crash_only_the_rest_comes_and_what_changed_meanwhile_is_refused()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        await FillAsync(server);
        await CrashAsync(server);
        var second = new TappedDisk(_ => { });

        var manifest = await Importer(second).RunAsync(Order(server, "s3://lake/films"), Settings(server), new(), Cancellation);

        Assert.Equal(_large, Read(manifest, "a b/ü+1.bin"));
        Assert.InRange(second.WrittenBytes, 1, _large.Length - (3 * PartBytes));

        await _store.RemoveAsync(manifest.Root, Cancellation);
        await CrashAsync(server);
        await server.PutAsync("films/a b/ü+1.bin", [.. _large.Reverse()], Cancellation);
        Assert.Equal("outside-changed", await FaultAsync(server, "s3://lake/films"));
    }

    private static OutsideOptions Options { get; } = new() { PartSize = new(PartBytes), BackOffFirst = TimeSpan.Zero, ParallelCount = 1 };

    private async Task CrashAsync(S3Server server)
    {
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var disk = new TappedDisk(written =>
        {
            if (written > 5 * PartBytes)
                crash.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Importer(disk).RunAsync(Order(server, "s3://lake/films"), Settings(server), new(), crash.Token));
    }

    private async Task FillAsync(S3Server server)
    {
        await server.PutAsync("films/a b/ü+1.bin", _large, Cancellation);
        await server.PutAsync("films/small.txt", "hello"u8.ToArray(), Cancellation);
        await server.PutAsync("films/empty", [], Cancellation);
        await server.PutAsync("films/folder/", [], Cancellation);
        await server.PutAsync("filmstrip", "no"u8.ToArray(), Cancellation);
    }

    private OutsideImport Importer(IDepotDisk? disk = null) => new(_store, disk ?? new LocalDisk(), Options, TimeProvider.System);

    private static OutsideOrder Order(S3Server server, string url) => new(Number: 1, new(url), server.Endpoint, Store: "lab", Project: "vision", Sha256: "");

    private OutsideSettings Settings(S3Server server, string key = S3Server.AccessKey)
    {
        var path = _folder.Write("stores.json", Encoding.UTF8.GetBytes($$"""
            {"stores":[{"name":"lab","endpoint":"{{server.Endpoint}}","projects":["vision"],"accessKey":"{{key}}","buckets":["lake"]}]}
            """));
        return OutsideSettings.Read(path, name => name == "MERIDIAN_STORE_LAB_SECRET_KEY" ? S3Server.SecretKey : null);
    }

    private Task<DatasetManifest> ImportAsync(S3Server server, string url) => Importer().RunAsync(Order(server, url), Settings(server), new(), Cancellation);

    private Task<string> FaultAsync(S3Server server, string url, OutsideSettings? settings = null) => FaultAsync(Order(server, url), settings ?? Settings(server));

    private async Task<string> FaultAsync(OutsideOrder order, OutsideSettings settings, IDepotDisk? disk = null)
    {
        var importer = Importer(disk);
        var fault = await Assert.ThrowsAsync<OutsideException>(() => importer.RunAsync(order, settings, new(), Cancellation));
        Assert.Empty(importer.Begun);
        return fault.Reason.Code;
    }

    private static IEnumerable<string> Files(DatasetManifest manifest) =>
        manifest.Entries.OfType<ManifestEntry.File>().Select(f => f.Path).Order(StringComparer.Ordinal);

    private byte[] Read(DatasetManifest manifest, string path) => File.ReadAllBytes(Path.Combine(_store.TreePath(manifest.Root), path));
}
