using System.Text;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class S3ExportTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ScratchFolder _source = new();
    private readonly DepotStore _store;
    private readonly byte[] _large;

    public S3ExportTests()
    {
        _store = DepotStore.Open(_folder.At("depot"), new LocalDisk());
        var seed = new Seed(13);
        _large = DepotWorld.Bytes(ref seed, (5 * Chunk.SizeBytesOfLarge) + 9);
        _source.Write("a.txt", "alpha"u8);
        _source.Write("deep/ü b+.txt", "beta"u8);
        _source.Write("empty", []);
        _source.Write("large.bin", _large);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _source.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_file_becomes_an_object_and_the_objects_the_same_files_again()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        var manifest = await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        var progress = new ExchangeProgress();

        await Exporter().RunAsync(Order(server), [manifest.Root], Settings(server), progress, Cancellation);

        Assert.Equal(["out/here/a.txt", "out/here/deep/ü b+.txt", "out/here/empty", "out/here/large.bin"], await server.KeysAsync(Cancellation));
        Assert.Equal(_large, await server.GetAsync("out/here/large.bin", Cancellation));
        Assert.Equal("beta"u8.ToArray(), await server.GetAsync("out/here/deep/ü b+.txt", Cancellation));
        Assert.Equal((manifest.Size, manifest.Size), (progress.Done, progress.Total));
        Assert.Empty(Exporter().Begun);
        var back = await new OutsideImport(_store, new LocalDisk(), new(), TimeProvider.System).RunAsync(
            Order(server), Settings(server), new(), Cancellation);
        Assert.Equal(
            manifest.Entries.OfType<ManifestEntry.File>().SelectMany(f => f.Chunks.Prepend(new(ChunkHash.Of(Encoding.UTF8.GetBytes(f.Path)), 1))),
            back.Entries.OfType<ManifestEntry.File>().SelectMany(f => f.Chunks.Prepend(new(ChunkHash.Of(Encoding.UTF8.GetBytes(f.Path)), 1))));
    }

    [Fact]
    public async Task A_damaged_chunk_is_never_sent_and_what_was_sent_is_not_sent_again()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        var manifest = await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        Damage(Path.Combine(_store.TreePath(manifest.Root), "large.bin"), Chunk.SizeBytesOfLarge * 4);

        await Assert.ThrowsAsync<ChunkCorruptException>(() => Exporter().RunAsync(Order(server), [manifest.Root], Settings(server), new(), Cancellation));
        Assert.DoesNotContain("out/here/large.bin", await server.KeysAsync(Cancellation));
        Assert.Equal([1], Exporter().Begun);
        Assert.Contains("\"Part\":1", Ledger(), StringComparison.Ordinal);
        var upload = Ledger().Split('\n').Single(line => line.Contains("\"Part\":0", StringComparison.Ordinal) && line.Contains("large", StringComparison.Ordinal));

        // What is deleted behind its back does not come again: the ledger says that it is there.
        await server.Client.DeleteObjectAsync(S3Server.Bucket, "out/here/a.txt", Cancellation);
        await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        var progress = new ExchangeProgress();
        await Exporter().RunAsync(Order(server), [manifest.Root], Settings(server), progress, Cancellation);

        Assert.Equal(_large, await server.GetAsync("out/here/large.bin", Cancellation));
        Assert.DoesNotContain("out/here/a.txt", await server.KeysAsync(Cancellation));
        Assert.Equal(manifest.Size, progress.Done);
        Assert.NotEmpty(upload);
    }

    [Fact]
    public async Task An_unfinished_upload_that_the_store_gave_up_is_begun_anew()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        var manifest = await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        Directory.CreateDirectory(Path.GetDirectoryName(LedgerPath)!);
        await File.WriteAllTextAsync(
            LedgerPath,
            """
            {"Path":"large.bin","Id":"0123456789abcdef","Part":0,"Tag":"","IsWhole":false}
            {"Path":"large.bin","Id":"","Part":1,"Tag":"\u00220123\u0022","IsWhole":false}
            {"Path":"a.txt","Id":"","Part":0,"Ta
            """,
            Cancellation);

        await Exporter().RunAsync(Order(server), [manifest.Root], Settings(server), new(), Cancellation);

        Assert.Equal(_large, await server.GetAsync("out/here/large.bin", Cancellation));
        Assert.Equal("alpha"u8.ToArray(), await server.GetAsync("out/here/a.txt", Cancellation));
    }

    [Fact]
    public async Task Links_and_closed_stores_are_refused()
    {
        await using var server = await S3Server.StartAsync(Cancellation);
        var plain = await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        Assert.Equal("outside-missing", (await Assert.ThrowsAsync<OutsideException>(
            () => Exporter().RunAsync(Order(server) with { Url = new("s3://sea/x") }, [plain.Root], Settings(server), new(), Cancellation))).Reason.Code);
        Assert.Equal("outside-denied", (await Assert.ThrowsAsync<OutsideException>(
            () => Exporter().RunAsync(Order(server) with { Store = "" }, [plain.Root], OutsideSettings.Default, new(), Cancellation))).Reason.Code);
        await Exporter().AbandonAsync(Order(server), Settings(server), Cancellation);
        Assert.Empty(Exporter().Begun);

        File.CreateSymbolicLink(_source.At("link"), "a.txt");
        var linked = await _store.IngestAsync(_source.Path, progress: null, Cancellation);
        Assert.Equal("outside-link", (await Assert.ThrowsAsync<OutsideException>(
            () => Exporter().RunAsync(Order(server), [linked.Root], Settings(server), new(), Cancellation))).Reason.Code);
    }

    private string LedgerPath => _folder.At("depot", "outgoing", "1", "ledger");

    private string Ledger() => File.ReadAllText(LedgerPath);

    private OutsideExport Exporter() => new(_store, new() { BackOffFirst = TimeSpan.Zero, ParallelCount = 1 }, TimeProvider.System);

    private static OutsideOrder Order(S3Server server) => new(Number: 1, new("s3://lake/out/here"), server.Endpoint, Store: "lab", Project: "vision", Sha256: "");

    private OutsideSettings Settings(S3Server server)
    {
        var path = _folder.Write("stores.json", Encoding.UTF8.GetBytes($$"""
            {"stores":[{"name":"lab","endpoint":"{{server.Endpoint}}","projects":["vision"],"accessKey":"{{S3Server.AccessKey}}"}]}
            """));
        return OutsideSettings.Read(path, name => name == "MERIDIAN_STORE_LAB_SECRET_KEY" ? S3Server.SecretKey : null);
    }

    private static void Damage(string path, int offset)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var old = new byte[1];
        RandomAccess.Read(file, old, offset);
        RandomAccess.Write(file, [(byte)~old[0]], offset);
    }
}
