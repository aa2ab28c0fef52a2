using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class LandingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chunk_that_was_damaged_while_a_transfer_lay_still_is_fetched_again()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        var arrived = await CrashAsync(world, manifest, afterPacks: 2);
        var path = Path.Combine(world.FolderOf("target"), "trees", "." + manifest.Root, "large", "0.bin");
        Unlock(path);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        bytes[17] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancellation);

        using var store = world.OpenStore("target");
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner));
        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        var first = ((ManifestEntry.File)manifest.Find("large/0.bin")!).Chunks[0].Hash.ToString();
        Assert.Contains(first, arrived);
        Assert.Equal([first], line!.Asked.Intersect(arrived));
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Content_that_several_files_share_comes_once_and_survives_a_crash_at_some_of_its_places()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        var seed = new Seed(3);
        var shared = DepotWorld.Bytes(ref seed, 5000);
        foreach (var name in (string[])["a", "b", "d/c"])
            folder.Write(name, shared);
        folder.Write("own", DepotWorld.Bytes(ref seed, 700));
        var manifest = await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
        using (var first = world.OpenStore("target"))
            await first.IngestAsync(folder.Path, progress: null, Cancellation);

        // As if the crash had come between one place and the next, before the tree had its name.
        var trees = Path.Combine(world.FolderOf("target"), "trees");
        Unlock(Path.Combine(trees, manifest.Root.ToString()));
        Directory.Move(Path.Combine(trees, manifest.Root.ToString()), Path.Combine(trees, "." + manifest.Root));
        File.Delete(Path.Combine(trees, "." + manifest.Root, "b"));
        File.Delete(Path.Combine(world.FolderOf("target"), "manifests", manifest.Root.ToString()));

        using var store = world.OpenStore("target");
        using var client = world.Connect();
        var report = await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(shared.Length, report.Sent.Bytes);
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Holes_do_not_travel()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        await using (var sparse = File.Create(folder.At("sparse")))
        {
            sparse.SetLength(Chunk.SizeBytesUsual * 3L);
            sparse.Position = Chunk.SizeBytesUsual * 2L;
            sparse.WriteByte(1);
        }

        var manifest = await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect();
        var report = await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(Chunk.SizeBytesUsual, report.Sent.Bytes);
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task What_an_earlier_dataset_brought_is_not_sent_again()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        folder.Write("kept", "the same in both"u8);
        var before = await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
        folder.Write("added", "only in the second"u8);
        var after = await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect();

        await client.PullAsync(world.ReadTicket(before.Root), before.Root, store, TransferOptions.Unlimited, Cancellation);
        var report = await client.PullAsync(
            world.ReadTicket(after.Root), after.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal("only in the second".Length, report.Sent.Bytes);
        Assert.Equal("the same in both".Length, report.Reused.Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_served_from_where_it_lies_is_not_sent_once_it_has_changed(bool vanishes)
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        var path = folder.Write("a", "before"u8);
        var manifest = await world.Store.AdoptAsync(folder.Path, progress: null, Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect();
        if (vanishes)
            File.Delete(path);
        else
            await File.WriteAllTextAsync(path, "after!", Cancellation);

        await Assert.ThrowsAsync<DepotRefusedException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation));

        Assert.False(store.HasTree(manifest.Root));
        Assert.Empty(world.Store.Roots);
        Assert.Equal(vanishes, !File.Exists(path));
    }

    [Fact]
    public async Task A_folder_served_from_where_it_lies_stays_there_when_the_dataset_is_removed()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        var path = folder.Write("a", "content"u8);
        var manifest = await world.Store.AdoptAsync(folder.Path, progress: null, Cancellation);

        Assert.True(await world.Store.RemoveAsync(manifest.Root, Cancellation));

        Assert.False(world.Store.HasTree(manifest.Root));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Two_transfers_of_the_same_dataset_at_once_bring_it_once()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect();
        var ticket = world.ReadTicket(manifest.Root);

        var reports = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            client.PullAsync(ticket, manifest.Root, store, TransferOptions.Unlimited, Cancellation)));

        Assert.Equal(manifest.Size.Bytes, reports.Sum(report => report.Sent.Bytes));
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Sweeping_leaves_alone_what_is_coming_in_and_what_was_touched_since()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        var landing = Path.Combine(world.FolderOf("target"), "trees", "." + manifest.Root);
        await CrashAsync(world, manifest, afterPacks: 2);
        Directory.SetLastWriteTimeUtc(Path.Combine(landing, "large"), DateTime.UnixEpoch);

        using var store = world.OpenStore("target");
        await store.SweepAsync(DateTimeOffset.UtcNow.AddDays(-1), Cancellation);
        Assert.True(Directory.Exists(landing));

        using var client = world.Connect(inner => new TappedLine(inner)
        {
            // In the middle of the transfer everything there counts as old.
            BeforePack = () => store.SweepAsync(DateTimeOffset.MaxValue, Cancellation).GetAwaiter().GetResult(),
        });
        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Sweeping_takes_a_landing_that_nobody_goes_on_with()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        await CrashAsync(world, manifest, afterPacks: 2);

        using var store = world.OpenStore("target");
        await store.SweepAsync(DateTimeOffset.MaxValue, Cancellation);

        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(world.FolderOf("target"), "trees"), ".*"));
    }

    private static async Task<List<string>> CrashAsync(DepotWorld world, DatasetManifest manifest, int afterPacks)
    {
        using var store = world.OpenStore("target");
        using var crash = new CancellationTokenSource();
        var packCount = 0;
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner)
        {
            BeforePack = () =>
            {
                if (++packCount > afterPacks)
                    crash.Cancel();
            },
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, crash.Token));
        return line!.Arrived;
    }

    private static void Unlock(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task AssertSameAsync(DatasetManifest manifest, DepotStore store)
    {
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
        Assert.Equal(
            manifest.Entries.Select(entry => entry.Path), scanned.Manifest.Entries.Select(entry => entry.Path));
    }
}
