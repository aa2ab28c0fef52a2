using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Meridian.Tests.Datasets;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class PushTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pushed_folder_is_a_dataset_of_the_depot_and_is_sent_once()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = Folder();
        var upload = DepotTicket.ForUpload(
            DepotWorld.Site, "u1", Manifests.Noon.AddHours(1), DataSize.FromMebibytes(64));
        using var client = world.Connect();

        var first = await client.PushFolderAsync(
            world.Sign(upload), folder.Path, TransferOptions.Unlimited, Cancellation);
        folder.Write("added", "more"u8);
        var second = await client.PushFolderAsync(
            world.Sign(upload), folder.Path, TransferOptions.Unlimited, Cancellation);

        Assert.Contains(first.Root, world.Store.Roots);
        Assert.Contains(second.Root, world.Store.Roots);
        Assert.Equal(4, second.Sent.Bytes);
        await world.Store.MaterialiseAsync(second.Root, Cancellation);
    }

    [Fact]
    public async Task A_push_takes_the_time_that_its_rate_allows()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = Folder();
        var tree = await LocalTree.ScanAsync(folder.Path, progress: null, Cancellation);
        var clock = new LeapingClock();
        var rate = Bandwidth.FromMbps(16);
        using var client = world.Connect(DepotWorld.Impatient, clock, wrap: null);

        await client.PushAsync(
            world.WriteTicket(tree.Manifest.Root, DataSize.FromMebibytes(64)),
            tree.Manifest,
            tree,
            new(rate, Progress: null),
            Cancellation);

        Assert.InRange(clock.Elapsed / (tree.Manifest.Size / rate), 0.95, 1.05);
    }

    [Fact]
    public async Task A_download_keeps_equal_files_and_refuses_to_replace_others_unless_forced()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 1);
        using var folder = new ScratchFolder();
        folder.Write("small/3.txt", "mine"u8);
        folder.Write("unrelated", "mine"u8);
        using var client = world.Connect();
        var ticket = world.ReadTicket(manifest.Root);

        var fault = await Assert.ThrowsAsync<DownloadConflictException>(() => client.DownloadAsync(
            ticket, manifest.Root, new(folder.Path, Force: false), TransferOptions.Unlimited, Cancellation));
        Assert.Equal(["small/3.txt"], fault.Paths);
        Assert.False(File.Exists(folder.At("empty")));

        await client.DownloadAsync(
            ticket, manifest.Root, new(folder.Path, Force: true), TransferOptions.Unlimited, Cancellation);
        Assert.True(File.Exists(folder.At("unrelated")));
        Assert.False(Directory.Exists(folder.At(".meridian-download")));
        File.Delete(folder.At("unrelated"));
        var scanned = await LocalTree.ScanAsync(folder.Path, progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);

        var again = await client.DownloadAsync(
            ticket, manifest.Root, new(folder.Path, Force: false), TransferOptions.Unlimited, Cancellation);
        Assert.Equal(DataSize.Zero, again.Sent);
    }

    [Fact]
    public async Task A_download_never_writes_through_a_link_in_its_way()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 0);
        using var folder = new ScratchFolder();
        using var elsewhere = new ScratchFolder();
        File.CreateSymbolicLink(folder.At("small"), elsewhere.Path);
        using var client = world.Connect();

        await Assert.ThrowsAsync<DownloadConflictException>(() => client.DownloadAsync(
            world.ReadTicket(manifest.Root),
            manifest.Root,
            new(folder.Path, Force: true),
            TransferOptions.Unlimited,
            Cancellation));

        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    private static ScratchFolder Folder()
    {
        var folder = new ScratchFolder();
        var seed = new Seed(11);
        folder.Write("large.bin", DepotWorld.Bytes(ref seed, Chunk.SizeBytesUsual + 77));
        for (var index = 0; index < 20; index++)
            folder.Write($"d/{index}", DepotWorld.Bytes(ref seed, 100));
        return folder;
    }
}
