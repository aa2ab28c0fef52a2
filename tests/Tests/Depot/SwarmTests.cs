using Meridian.Datasets;
using Meridian.Depot;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class SwarmTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_still_coming_in_is_passed_on()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        await using var relay = await DepotWorld.StartAsync(Cancellation);
        var manifest = await origin.IngestAsync(Cancellation);
        using var held = new SemaphoreSlim(0);
        var packCount = 0;
        using var slow = origin.Connect(inner => new TappedLine(inner)
        {
            // The relay gets its first pack, and the next one only when somebody has got the first from it.
            BeforePack = () =>
            {
                if (++packCount == 2)
                    held.Wait(Cancellation);
            },
        });
        var pull = slow.PullAsync(
            origin.ReadTicket(manifest.Root), manifest.Root, relay.Store, TransferOptions.Unlimited, Cancellation);

        using var store = relay.OpenStore("target");
        using var client = relay.Connect(Brisk, TimeProvider.System, wrap: null);
        var report = await DepotClient.PullAsync(
            [], manifest.Root, store,
            new(Rate: null, new FirstChunk(() => held.Release()))
            {
                Swarm = new([(client, relay.ReadTicket(manifest.Root))], Index: 0, Count: 1),
            },
            Cancellation);

        await pull;
        Assert.Equal(manifest.Size, report.Sent);
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Receivers_give_each_other_what_the_original_sent_to_only_one_of_them()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        await using var first = await DepotWorld.StartAsync(Cancellation);
        await using var second = await DepotWorld.StartAsync(Cancellation);
        var manifest = await origin.IngestAsync(Cancellation, largeCount: 6);
        DepotWorld[] receivers = [first, second];
        var lines = new TappedLine[2];

        await Task.WhenAll(Enumerable.Range(0, 2).Select(async index =>
        {
            using var source = origin.Connect(Brisk, TimeProvider.System, inner => lines[index] = new(inner));
            var other = receivers[1 - index];
            using var peer = other.Connect(Brisk, TimeProvider.System, wrap: null);
            await DepotClient.PullAsync(
                [(source, origin.ReadTicket(manifest.Root))], manifest.Root, receivers[index].Store,
                TransferOptions.Unlimited with { Swarm = new([(peer, other.ReadTicket(manifest.Root))], index, Count: 2) },
                Cancellation);
        }));

        foreach (var receiver in receivers)
            await AssertSameAsync(manifest, receiver.Store);
        var all = manifest.Chunks.Select(chunk => chunk.Hash.ToString()).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(lines[0].Asked.ToHashSet(StringComparer.Ordinal), all);
        Assert.True(lines[0].Asked.Count < all.Count && lines[1].Asked.Count < all.Count);
    }

    [Fact]
    public async Task A_peer_that_lies_is_left_out_and_the_original_helps()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        await using var liar = await DepotWorld.StartAsync(Cancellation);
        var manifest = await origin.IngestAsync(Cancellation);
        await liar.IngestAsync(Cancellation);
        using var store = origin.OpenStore("target");
        using var source = origin.Connect();
        using var peer = liar.Connect(inner => new TappedLine(inner) { SpoilPack = (_, body) => body[^1] ^= 1 });

        await DepotClient.PullAsync(
            [(source, origin.ReadTicket(manifest.Root))], manifest.Root, store,
            TransferOptions.Unlimited with { Swarm = new([(peer, liar.ReadTicket(manifest.Root))], Index: 0, Count: 2) },
            Cancellation);

        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Peers_that_never_get_the_rest_are_given_up()
    {
        await using var origin = await DepotWorld.StartAsync(Cancellation);
        await using var relay = await DepotWorld.StartAsync(Cancellation);
        var manifest = await origin.IngestAsync(Cancellation);
        using var end = new CancellationTokenSource();
        using var stuck = origin.Connect(inner => new TappedLine(inner) { BeforePack = () => end.Token.WaitHandle.WaitOne() });
        var pull = stuck.PullAsync(
            origin.ReadTicket(manifest.Root), manifest.Root, relay.Store, TransferOptions.Unlimited, end.Token);
        var clock = new LeapingClock();
        using var store = relay.OpenStore("target");
        using var peer = relay.Connect(Brisk, clock, wrap: null);

        await Assert.ThrowsAsync<PeersSilentException>(() => DepotClient.PullAsync(
            [], manifest.Root, store,
            TransferOptions.Unlimited with { Swarm = new([(peer, relay.ReadTicket(manifest.Root))], Index: 0, Count: 1) },
            Cancellation));

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.False(store.HasTree(manifest.Root));
    }

    private static DepotClientOptions Brisk { get; } = new() { BackOffFirst = TimeSpan.FromMilliseconds(10) };

    private static async Task AssertSameAsync(DatasetManifest manifest, DepotStore store)
    {
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
    }

    /// <summary>Acts when the first chunk has come.</summary>
    private sealed class FirstChunk(Action act) : IProgress<TransferProgress>
    {
        private int _count;

        public void Report(TransferProgress value)
        {
            // The first report is what was there before.
            if (Interlocked.Increment(ref _count) == 2)
                act();
        }
    }
}
