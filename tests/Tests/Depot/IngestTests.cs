using System.Diagnostics;
using Meridian.Datasets;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class IngestTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ScratchFolder _depot = new();
    private readonly DepotStore _store;

    public IngestTests() => _store = DepotStore.Open(_depot.Path, new LocalDisk());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_folder_gives_the_same_root()
    {
        _folder.Write("a/b", "x"u8);
        _folder.Write("c", new byte[Chunk.SizeBytesUsual + 1]);

        var first = await IngestAsync();
        var second = await LocalTree.ScanAsync(_folder.Path, progress: null, Cancellation);

        Assert.Equal(first.Root, second.Manifest.Root);
        Assert.Equal(2, ((ManifestEntry.File)first.Find("c")!).Chunks.Length);
    }

    [Theory]
    [InlineData("1933-12-05T01:02:03.456Z")]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("2033-12-05T01:02:03.456Z")]
    public async Task A_file_keeps_the_time_of_its_last_change(string at)
    {
        var time = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        File.SetLastWriteTimeUtc(_folder.Write("old", "content"u8), time.UtcDateTime);

        var manifest = await _store.IngestAsync(_folder.Path, progress: null, Cancellation);

        Assert.Equal(time, manifest.Find("old")!.ModifiedAt);
        Assert.Equal(time.UtcDateTime, File.GetLastWriteTimeUtc(Path.Combine(_store.TreePath(manifest.Root), "old")));
    }

    [Fact]
    public async Task A_single_file_is_a_dataset_too()
    {
        _folder.Write("weights.bin", "x"u8);

        var manifest = await _store.IngestAsync(_folder.At("weights.bin"), progress: null, Cancellation);

        Assert.Equal("weights.bin", Assert.Single(manifest.Entries).Path);
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_is_noticed()
    {
        var path = _folder.Write("log", new byte[100]);

        var fault = await Assert.ThrowsAsync<IngestException>(
            () => IngestAsync(() => File.AppendAllText(path, "more")));

        Assert.Contains("changed while it was read", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_store.Roots);
    }

    [Fact]
    public async Task A_file_that_is_rewritten_in_place_while_it_is_read_is_noticed()
    {
        var path = _folder.Write("data", new byte[100]);
        File.SetLastWriteTimeUtc(path, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await Assert.ThrowsAsync<IngestException>(() => IngestAsync(() => File.WriteAllBytes(path, new byte[100])));
    }

    [Fact]
    public async Task A_file_that_vanishes_is_named()
    {
        _folder.Write("a", "x"u8);
        var path = _folder.Write("b", "y"u8);

        var fault = await Assert.ThrowsAsync<IngestException>(() => IngestAsync(() => File.Delete(path)));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains("vanished", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        await Assert.ThrowsAsync<IngestException>(
            () => _store.IngestAsync(_folder.At("nowhere"), progress: null, Cancellation));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../elsewhere")]
    public async Task A_link_that_leads_out_is_refused(string target)
    {
        File.CreateSymbolicLink(_folder.At("link"), target);

        var fault = await Assert.ThrowsAsync<IngestException>(() => IngestAsync());

        Assert.Contains("link", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_folder_is_kept_as_a_link_and_not_walked()
    {
        _folder.Write("d/f", "x"u8);
        File.CreateSymbolicLink(_folder.At("l"), "d");

        var manifest = await IngestAsync();

        Assert.Equal(["d", "d/f", "l"], manifest.Entries.Select(entry => entry.Path));
    }

    [Fact]
    public async Task A_pipe_is_refused_and_not_waited_for()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using (var make = Process.Start("mkfifo", [_folder.At("pipe")]))
            await make.WaitForExitAsync(Cancellation);

        var fault = await Assert.ThrowsAsync<IngestException>(() => IngestAsync());

        Assert.Contains("pipe", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_cannot_travel_is_refused()
    {
        _folder.Write("bad\nname", "x"u8);

        await Assert.ThrowsAsync<IngestException>(() => IngestAsync());
    }

    [Fact]
    public async Task A_chunk_that_changed_since_the_scan_is_not_sent()
    {
        var path = _folder.Write("a", "before"u8);
        var tree = await LocalTree.ScanAsync(_folder.Path, progress: null, Cancellation);
        await File.WriteAllTextAsync(path, "after!", Cancellation);

        Assert.Throws<IngestException>(() => tree.ReadChunk(tree.Manifest.Chunks[0], new byte[100]));
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
        _depot.Dispose();
    }

    private Task<DatasetManifest> IngestAsync(Action? whenFirstChunkIsRead = null) =>
        _store.IngestAsync(_folder.Path, new Once(whenFirstChunkIsRead), Cancellation);

    /// <summary>Acts in the middle of the scan, on its own thread, so that nothing depends on timing.</summary>
    private sealed class Once(Action? act) : IProgress<ScanProgress>
    {
        private Action? _act = act;

        public void Report(ScanProgress value) => Interlocked.Exchange(ref _act, null)?.Invoke();
    }
}
