using System.Text.Json;
using Meridian.Datasets;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class FolderExchangeTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly DepotStore _store;
    private readonly FolderExchange _exchange;

    public FolderExchangeTests()
    {
        _store = DepotStore.Open(_folder.At("depot"), new LocalDisk());
        _exchange = new(_store);
        _folder.Write("open/in/a.txt", "alpha"u8);
        _folder.Write("open/in/deep/b.txt", "beta"u8);
        _folder.Write("secret/key", "no"u8);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_folder_comes_in_and_goes_out_with_all_that_it_holds()
    {
        File.CreateSymbolicLink(_folder.At("open", "in", "link"), "a.txt");
        var progress = new ExchangeProgress();

        var manifest = await _exchange.ImportAsync(Order("open/in"), Settings(), progress, Cancellation);
        Assert.Equal(manifest.Size, progress.Done);
        await _exchange.ExportAsync(Order("open/out/here"), [manifest.Root], Settings(), progress = new(), Cancellation);

        Assert.Equal((manifest.Size, manifest.Size), (progress.Done, progress.Total));
        Assert.Equal(Entries(manifest), Entries((await LocalTree.ScanAsync(_folder.At("open", "out", "here"), progress: null, Cancellation)).Manifest));
        await _exchange.ExportAsync(Order("open/out/here"), [manifest.Root], Settings(), new(), Cancellation);
        _folder.Write("open/out/here/a.txt", "other"u8);
        await Assert.ThrowsAsync<DownloadConflictException>(
            () => _exchange.ExportAsync(Order("open/out/here"), [manifest.Root], Settings(), new(), Cancellation));
        Assert.Equal("other", await File.ReadAllTextAsync(_folder.At("open", "out", "here", "a.txt"), Cancellation));
    }

    [Fact]
    public async Task One_file_can_be_named_and_what_is_not_there_is_said()
    {
        Assert.Equal("a.txt", (await _exchange.ImportAsync(Order("open/in/a.txt"), Settings(), new(), Cancellation)).Entries.Single().Path);
        Assert.Equal("outside-missing", await FaultAsync("open/nothing"));
    }

    [Theory]
    [InlineData("secret", "vision")]
    [InlineData("open/../secret/key", "vision")]
    [InlineData("open/%2e%2e/secret/key", "vision")]
    [InlineData("opened", "vision")]
    [InlineData("open/door/key", "vision")]
    [InlineData("open/door", "vision")]
    [InlineData("open/in", "other")]
    [InlineData("", "vision")]
    public async Task Nothing_but_the_opened_folder_is_reached(string path, string project)
    {
        File.CreateSymbolicLink(_folder.At("open", "door"), _folder.At("secret"));
        var manifest = await _store.IngestAsync(_folder.At("open", "in"), progress: null, Cancellation);

        Assert.Equal("outside-folder", await FaultAsync(path, project));
        var fault = await Assert.ThrowsAsync<OutsideException>(
            () => _exchange.ExportAsync(Order(path) with { Project = project }, [manifest.Root], Settings(), new(), Cancellation));
        Assert.Equal("outside-folder", fault.Reason.Code);
        Assert.Equal(["key"], Directory.EnumerateFileSystemEntries(_folder.At("secret")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Without_a_word_of_the_operator_no_folder_is_open() => Assert.Equal(
        "outside-folder",
        (await Assert.ThrowsAsync<OutsideException>(() => _exchange.ImportAsync(Order("open/in"), OutsideSettings.Default, new(), Cancellation))).Reason.Code);

    private async Task<string> FaultAsync(string path, string project = "vision") => (await Assert.ThrowsAsync<OutsideException>(
        () => _exchange.ImportAsync(Order(path) with { Project = project }, Settings(), new(), Cancellation))).Reason.Code;

    /// <summary>The entries; the times of links are those of their making.</summary>
    private static IEnumerable<ManifestEntry> Entries(DatasetManifest manifest) =>
        manifest.Entries.Select(entry => entry is ManifestEntry.Link link ? link with { ModifiedAt = DateTimeOffset.UnixEpoch } : entry);

    private OutsideOrder Order(string path) => new(Number: 1, new Uri("file://" + _folder.Path + "/" + path), Endpoint: null, Store: "", Project: "vision", Sha256: "");

    private OutsideSettings Settings() => OutsideSettings.Read(
        _folder.Write("stores.json", JsonSerializer.SerializeToUtf8Bytes(new { folders = new[] { new { path = _folder.At("open"), projects = new[] { "vision" } } } })),
        _ => null);
}
