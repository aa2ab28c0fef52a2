using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class ManySourcesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_replicas_share_the_work_and_send_at_most_the_last_pack_twice()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        var both = new CountdownEvent(2);
        TappedLine? first = null, second = null;
        using var one = world.Connect(inner => first = Meeting(inner, both));
        using var two = world.Connect(inner => second = Meeting(inner, both));

        var report = await PullAsync(world, manifest, store, one, two);

        Assert.NotEmpty(first!.Asked);
        Assert.NotEmpty(second!.Asked);

        // Whoever is free at the end and was faster takes over from the other, and the two may meet.
        var twice = first.Asked.Intersect(second.Asked).ToHashSet(StringComparer.Ordinal);
        var twiceBytes = manifest.Chunks.Where(chunk => twice.Contains(chunk.Hash.ToString())).Sum(chunk => (long)chunk.SizeBytes);
        Assert.InRange(twiceBytes, 0, DepotWorld.Impatient.PackSize.Bytes);
        Assert.InRange(report.Sent.Bytes, manifest.Size.Bytes, manifest.Size.Bytes + twiceBytes);
        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task A_replica_that_fails_for_good_is_done_without()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var dead = world.Connect(inner => new TappedLine(inner)
        {
            BeforeRequest = _ => throw new HttpRequestException("the line is dead"),
        });
        using var good = world.Connect();

        await PullAsync(world, manifest, store, dead, good);

        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task A_replica_that_lies_is_left_out_and_no_wrong_byte_gets_a_name()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var liar = world.Connect(inner => new TappedLine(inner) { SpoilPack = (_, body) => body[^1] ^= 1 });
        using var good = world.Connect();

        await PullAsync(world, manifest, store, liar, good);

        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task Work_moves_away_from_a_replica_that_is_stuck()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        StuckLine? line = null;
        using var stuck = world.Connect(inner => line = new(inner));
        using var good = world.Connect(inner => new TappedLine(inner)
        {
            // The stuck one must have taken a pack, or there would be nothing to take over.
            BeforeRequest = _ => line!.IsStuck.Wait(Cancellation),
        });

        await PullAsync(world, manifest, store, stuck, good);

        await AssertSameAsync(manifest, store);
    }

    [Fact]
    public async Task When_no_replica_is_left_the_fault_of_one_is_told()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var one = world.Connect(inner => new TappedLine(inner) { SpoilPack = (_, body) => body[^1] ^= 1 });
        using var two = world.Connect(inner => new TappedLine(inner) { SpoilPack = (_, body) => body[^1] ^= 1 });

        await Assert.ThrowsAsync<DepotSourceCorruptException>(() => PullAsync(world, manifest, store, one, two));

        Assert.False(store.HasTree(manifest.Root));
        Assert.Empty(store.Roots);
    }

    [Fact]
    public async Task The_rate_of_a_replica_that_fails_is_not_given_to_another()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var dead = world.Connect(DepotWorld.Impatient with { Rate = Bandwidth.FromMbps(8_000) }, TimeProvider.System, inner => new TappedLine(inner)
        {
            BeforeRequest = _ => throw new HttpRequestException("the line is dead"),
        });
        using var slow = world.Connect(DepotWorld.Impatient with { Rate = Bandwidth.FromMbps(64) }, TimeProvider.System, wrap: null);
        var began = TimeProvider.System.GetTimestamp();

        await PullAsync(world, manifest, store, dead, slow);

        Assert.True(TimeProvider.System.GetElapsedTime(began) > manifest.Size / Bandwidth.FromMbps(64) * 0.9);
        await AssertSameAsync(manifest, store);
    }

    private static TappedLine Meeting(HttpMessageHandler inner, CountdownEvent both)
    {
        var isFirst = true;
        var line = new TappedLine(inner);
        line.BeforePack = () =>
        {
            if (!isFirst)
                return;
            isFirst = false;
            both.Signal();
            both.Wait(Cancellation);
        };
        return line;
    }

    private static Task<TransferReport> PullAsync(
        DepotWorld world, DatasetManifest manifest, DepotStore store, params DepotClient[] clients)
    {
        var ticket = world.ReadTicket(manifest.Root);
        return DepotClient.PullAsync(
            [.. clients.Select(client => (client, ticket))], manifest.Root, store, TransferOptions.Unlimited, Cancellation);
    }

    private static async Task AssertSameAsync(DatasetManifest manifest, DepotStore store)
    {
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
    }

    /// <summary>A line on which packs never come.</summary>
    private sealed class StuckLine(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public ManualResetEventSlim IsStuck { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
            {
                IsStuck.Set();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
