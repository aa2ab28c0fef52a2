using System.Text;
using Meridian.Datasets;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class StoreTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("some content");
    private static readonly Chunk Known = new(ChunkHash.Of(Content), Content.Length);

    private readonly ScratchFolder _folder = new();
    private readonly List<DepotStore> _opened = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chunk_is_stored_once_and_read_back()
    {
        var store = Open(new LocalDisk());

        Assert.True(await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation));
        Assert.False(await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation));

        var read = new byte[Content.Length];
        store.ReadChunk(Known, read);
        Assert.Equal(Content, read);
    }

    [Fact]
    public async Task Content_that_is_not_what_its_name_says_is_refused_and_leaves_nothing()
    {
        var store = Open(new LocalDisk());

        await Assert.ThrowsAsync<ChunkCorruptException>(
            () => store.WriteChunkAsync(Known.Hash, Content.AsMemory(1), "a test", Cancellation));

        Assert.False(store.HasChunk(Known.Hash));
        Assert.Empty(FilesIn("tmp"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_chunk_that_the_disk_damaged_is_noticed_and_counts_as_missing(int lengthBytes)
    {
        var store = Open(new LocalDisk());
        await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation);
        var damaged = Content.ToArray();
        damaged[3] ^= 1;
        await File.WriteAllBytesAsync(FilesIn("chunks").Single(), damaged.AsMemory(lengthBytes), Cancellation);

        Assert.Throws<ChunkCorruptException>(() => store.ReadChunk(Known, new byte[Content.Length]));

        Assert.False(store.HasChunk(Known));
        Assert.Throws<ChunkMissingException>(() => store.ReadChunk(Known, new byte[Content.Length]));
    }

    [Fact]
    public void A_chunk_that_was_torn_off_counts_as_missing()
    {
        var store = Open(new LocalDisk());
        var name = Known.Hash.ToString();
        _folder.Write(Path.Combine("store", "chunks", name[..2], name[2..]), Content.AsSpan(0, 4));

        Assert.False(store.HasChunk(Known));
    }

    [Fact]
    public void What_a_crash_left_half_done_is_swept_away()
    {
        _folder.Write("store/tmp/half", Content);
        _folder.Write("store/trees/.half/file", Content);

        Open(new LocalDisk());

        Assert.Empty(FilesIn("tmp"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.At("store", "trees")));
    }

    [Fact]
    public async Task A_full_disk_is_named_and_leaves_no_partial_chunk()
    {
        var disk = new SmallDisk(roomBytes: 5);
        var store = Open(disk);

        var fault = await Assert.ThrowsAsync<DepotFullException>(
            () => store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation));

        Assert.Equal(Content.Length, fault.Needed.Bytes);
        Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Remove datasets", fault.Message, StringComparison.Ordinal);
        Assert.Empty(FilesIn("tmp"));
        Assert.Empty(FilesIn("chunks"));

        disk.RoomBytes = 1000;
        Assert.True(await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation));
    }

    [Fact]
    public async Task A_full_disk_leaves_no_partial_tree()
    {
        _folder.Write("in/a", Content);
        _folder.Write("in/b", "other content"u8);
        var disk = new SmallDisk(roomBytes: Content.Length + 3);
        var store = Open(disk);

        await Assert.ThrowsAsync<DepotFullException>(
            () => store.IngestAsync(_folder.At("in"), progress: null, Cancellation));

        Assert.Empty(store.Roots);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.At("store", "trees")));

        disk.RoomBytes = 1000;
        await store.IngestAsync(_folder.At("in"), progress: null, Cancellation);
    }

    [Fact]
    public async Task Work_that_cannot_fit_is_refused_before_it_begins()
    {
        _folder.Write("in/a", Content);
        var store = Open(new SmallDisk(roomBytes: 1000) { ClaimedBytes = 4 });

        await Assert.ThrowsAsync<DepotFullException>(
            () => store.IngestAsync(_folder.At("in"), progress: null, Cancellation));
    }

    [Fact]
    public async Task The_system_s_own_words_for_a_full_disk_are_understood()
    {
        if (!File.Exists("/dev/full"))
            return;

        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);

        var fault = await Assert.ThrowsAsync<IOException>(async () => await full.WriteAsync(Content, Cancellation));

        Assert.True(DepotFullException.IsMeantBy(fault));
    }

    [Fact]
    public async Task A_tree_has_every_name_and_cannot_be_written()
    {
        _folder.Write("in/d/run.sh", Content);
        _folder.Write("in/empty", []);
        Directory.CreateDirectory(_folder.At("in", "hollow"));
        File.CreateSymbolicLink(_folder.At("in", "link"), "d/run.sh");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.At("in", "d", "run.sh"), (UnixFileMode)0x1C0);
        var store = Open(new LocalDisk());
        var manifest = await store.IngestAsync(_folder.At("in"), progress: null, Cancellation);

        var tree = await store.MaterialiseAsync(manifest.Root, Cancellation);
        var again = await store.MaterialiseAsync(manifest.Root, Cancellation);

        Assert.Equal(tree, again);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(tree, "link"), Cancellation));
        Assert.Empty(await File.ReadAllBytesAsync(Path.Combine(tree, "empty"), Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(tree, "hollow")));
        Assert.Equal(
            File.GetLastWriteTimeUtc(_folder.At("in", "empty")),
            File.GetLastWriteTimeUtc(Path.Combine(tree, "empty")),
            TimeSpan.FromMilliseconds(1));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal((UnixFileMode)0x164, File.GetUnixFileMode(Path.Combine(tree, "d", "run.sh"))); // r-xr--r--
        Assert.Equal((UnixFileMode)0x16D, File.GetUnixFileMode(tree)); // r-xr-xr-x
        Assert.Equal((UnixFileMode)0x16D, File.GetUnixFileMode(Path.Combine(tree, "d")));
    }

    [Fact]
    public async Task A_dataset_is_not_known_before_all_of_its_chunks_are_here()
    {
        _folder.Write("in/a", Content);
        var store = Open(new LocalDisk());
        var scanned = await LocalTree.ScanAsync(_folder.At("in"), progress: null, Cancellation);

        Assert.Equal([Known], await store.PublishAsync(scanned.Manifest, Cancellation));
        Assert.Empty(store.Roots);

        await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation);
        Assert.Empty(await store.PublishAsync(scanned.Manifest, Cancellation));
        Assert.Equal([scanned.Manifest.Root], store.Roots);
    }

    [Fact]
    public async Task Removing_a_dataset_keeps_what_others_use()
    {
        _folder.Write("one/shared", Content);
        _folder.Write("one/own", "only in one"u8);
        _folder.Write("two/shared", Content);
        var store = Open(new LocalDisk());
        var one = await store.IngestAsync(_folder.At("one"), progress: null, Cancellation);
        var two = await store.IngestAsync(_folder.At("two"), progress: null, Cancellation);
        await store.MaterialiseAsync(one.Root, Cancellation);

        Assert.True(await store.RemoveAsync(one.Root, Cancellation));
        Assert.False(await store.RemoveAsync(one.Root, Cancellation));

        Assert.False(store.HasTree(one.Root));
        Assert.False(Directory.Exists(store.TreePath(one.Root)));
        await store.MaterialiseAsync(two.Root, Cancellation);
    }

    [Fact]
    public async Task Sweeping_takes_old_chunks_of_no_dataset_and_nothing_else()
    {
        _folder.Write("in/a", Content);
        var store = Open(new LocalDisk());
        await store.WriteChunkAsync(Known.Hash, Content, "a test", Cancellation);
        var scanned = await LocalTree.ScanAsync(_folder.At("in"), progress: null, Cancellation);
        Assert.Empty(await store.PublishAsync(scanned.Manifest, Cancellation));
        var orphan = "left behind"u8.ToArray();
        await store.WriteChunkAsync(ChunkHash.Of(orphan), orphan, "a test", Cancellation);

        Assert.Equal(0, (await store.SweepAsync(DateTimeOffset.UnixEpoch, Cancellation)).Bytes);
        Assert.Equal(orphan.Length, (await store.SweepAsync(DateTimeOffset.MaxValue, Cancellation)).Bytes);

        Assert.True(store.HasChunk(Known));
    }

    [Fact]
    public async Task A_damaged_manifest_counts_as_missing()
    {
        _folder.Write("in/a", Content);
        var store = Open(new LocalDisk());
        var manifest = await store.IngestAsync(_folder.At("in"), progress: null, Cancellation);
        store.Dispose();
        await File.WriteAllTextAsync(FilesIn("manifests").Single(), "damaged", Cancellation);

        Assert.Null(await Open(new LocalDisk()).FindManifestAsync(manifest.Root, Cancellation));
    }

    [Fact]
    public void A_folder_belongs_to_one_store_at_a_time()
    {
        var store = Open(new LocalDisk());
        Assert.Throws<DepotInUseException>(() => Open(new LocalDisk()));

        store.Dispose();
        Open(new LocalDisk());
    }

    public void Dispose()
    {
        _opened.ForEach(store => store.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void What_the_system_refuses_for_want_of_room_is_told_as_such()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var device = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

        var fault = Assert.Throws<IOException>(() => new LocalDisk().Write(device, new byte[10], offset: 0));

        Assert.True(DepotFullException.IsMeantBy(fault));
    }

    private DepotStore Open(IDepotDisk disk)
    {
        var store = DepotStore.Open(_folder.At("store"), disk);
        _opened.Add(store);
        return store;
    }

    private string[] FilesIn(string name) =>
        Directory.GetFiles(_folder.At("store", name), "*", SearchOption.AllDirectories);
}
