using Meridian.Datasets;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class SealTests
{
    private static readonly DatasetSeal Seal = new(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_chunk_gives_the_same_bytes_under_one_key_and_others_under_another()
    {
        var content = "what nobody in between is to read"u8.ToArray();
        var chunk = new Chunk(ChunkHash.Of(content), content.Length);
        var (first, second, other) = (Room(chunk), Room(chunk), Room(chunk));

        Assert.Equal(Seal.Seal(chunk, content, first), Seal.Seal(chunk, content, second));
        new DatasetSeal(new byte[32]).Seal(chunk, content, other);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.True(Seal.TryOpen(first, content));
        Assert.False(Seal.TryOpen(other, content));
    }

    [Fact]
    public void A_sealed_chunk_of_which_any_byte_was_changed_does_not_open()
    {
        var content = "0123456789"u8.ToArray();
        var chunk = new Chunk(ChunkHash.Of(content), content.Length);
        var whole = Room(chunk);
        Seal.Seal(chunk, content, whole);

        for (var index = 0; index < whole.Length; index++)
        {
            whole[index] ^= 1;
            Assert.False(Seal.TryOpen(whole, new byte[content.Length]));
            whole[index] ^= 1;
        }
    }

    [Fact]
    public async Task A_relay_passes_on_what_it_cannot_read()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        await using var relay = await DepotWorld.StartAsync(Cancellation);
        var (manifest, secretText) = await IngestAsync(origin);
        var whole = await origin.Store.SealAsync(manifest.Root, Seal, Cancellation);
        using (var upstream = origin.Connect())
        {
            await upstream.PullAsync(
                origin.ReadTicket(whole), whole, relay.Store, TransferOptions.Unlimited, Cancellation);
        }

        using var store = relay.OpenStore("target");
        using var client = relay.Connect();
        var report = await DepotClient.PullSealedAsync(
            [(client, relay.ReadTicket(whole))], new(whole, Seal), store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(manifest.Root, report.Root);
        await AssertSameAsync(manifest, store);
        foreach (var path in Directory.EnumerateFiles(relay.Store.Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) == "lock")
                continue;
            var bytes = await File.ReadAllBytesAsync(path, Cancellation);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(secretText));
            Assert.Equal(-1, bytes.AsSpan().IndexOf("small/7.txt"u8));
        }
    }

    [Fact]
    public async Task A_relay_that_changes_what_it_carries_is_found_out_and_another_way_taken()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        var (manifest, _) = await IngestAsync(origin);
        var whole = await origin.Store.SealAsync(manifest.Root, Seal, Cancellation);
        using var store = origin.OpenStore("target");
        using var liar = origin.Connect(inner => new TappedLine(inner)
        {
            SpoilPack = (_, body) => body[^1] ^= 1,
        });
        using var good = origin.Connect();
        var ticket = origin.ReadTicket(whole);

        await DepotClient.PullSealedAsync(
            [(liar, ticket), (good, ticket)], new(whole, Seal), store, TransferOptions.Unlimited, Cancellation);

        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Another_key_opens_nothing_and_nothing_gets_a_name()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        var (manifest, _) = await IngestAsync(origin);
        var whole = await origin.Store.SealAsync(manifest.Root, Seal, Cancellation);
        using var store = origin.OpenStore("target");
        using var client = origin.Connect();

        await Assert.ThrowsAsync<SealBrokenException>(() => DepotClient.PullSealedAsync(
            [(client, origin.ReadTicket(whole))], new(whole, new(new byte[32])), store, TransferOptions.Unlimited, Cancellation));

        Assert.Empty(store.Roots);
        Assert.False(store.HasTree(manifest.Root));
    }

    [Fact]
    public async Task A_sealed_transfer_goes_on_where_it_was_cut()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        var (manifest, _) = await IngestAsync(origin);
        var whole = await origin.Store.SealAsync(manifest.Root, Seal, Cancellation);
        var ticket = origin.ReadTicket(whole);
        TappedLine? line = null;
        using (var store = origin.OpenStore("target"))
        {
            using var cut = new CancellationTokenSource();
            var packCount = 0;
            using var client = origin.Connect(inner => line = new(inner)
            {
                BeforePack = () =>
                {
                    if (++packCount == 3)
                        cut.Cancel();
                },
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DepotClient.PullSealedAsync(
                [(client, ticket)], new(whole, Seal), store, TransferOptions.Unlimited, cut.Token));
        }

        var arrived = line!.Arrived;
        using var reopened = origin.OpenStore("target");
        using var again = origin.Connect(inner => line = new(inner));
        await DepotClient.PullSealedAsync(
            [(again, ticket)], new(whole, Seal), reopened, TransferOptions.Unlimited, Cancellation);

        Assert.NotEmpty(arrived);
        Assert.Empty(line.Asked.Intersect(arrived));
        await AssertSameAsync(manifest, reopened);
    }

    [Fact]
    public async Task Removing_a_dataset_forgets_its_keys()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        var (manifest, _) = await IngestAsync(origin);
        await origin.Store.SealAsync(manifest.Root, Seal, Cancellation);

        await origin.Store.RemoveAsync(manifest.Root, Cancellation);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(origin.Store.Folder, "seals")));
    }

    private static async Task<(DatasetManifest Manifest, byte[] Text)> IngestAsync(DepotWorld world)
    {
        var manifest = await world.IngestAsync(Cancellation);
        var path = Path.Combine(world.Store.TreePath(manifest.Root), "small", "7.txt");
        return (manifest, await File.ReadAllBytesAsync(path, Cancellation));
    }

    private static byte[] Room(Chunk chunk) => new byte[DatasetSeal.SealedBytes(chunk)];

    private static async Task AssertSameAsync(DatasetManifest manifest, DepotStore store)
    {
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
        Assert.Equal(manifest.Entries.Select(entry => entry.Path), scanned.Manifest.Entries.Select(entry => entry.Path));
    }
}
