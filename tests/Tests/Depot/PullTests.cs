using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class PullTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pulled_dataset_is_the_same_on_the_other_side()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect(
            DepotWorld.Impatient with { ParallelCount = 4 }, TimeProvider.System, wrap: null);

        var report = await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(manifest.Size, report.Sent);
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
        Assert.Equal(
            manifest.Entries.Select(entry => entry.Path),
            scanned.Manifest.Entries.Select(entry => entry.Path));

        var again = await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);
        Assert.Equal(DataSize.Zero, again.Sent);
    }

    [Fact]
    public async Task Towards_the_end_ever_less_is_asked_for_at_once()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        var seed = new Seed(21);
        folder.Write("long.bin", DepotWorld.Bytes(ref seed, 12 * Chunk.SizeBytesUsual));
        var manifest = await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
        using var store = world.OpenStore("target");
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner));

        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal([4, 4, 2, 1, 1], line!.AskedCounts);
        Assert.Equal(12, line.Asked.Distinct().Count());
    }

    [Fact]
    public async Task A_depot_that_is_far_is_asked_for_more_at_once()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var meeting = new Barrier(2);
        var (clock, count, metCount) = (new LeapingClock(), 0, 0);
        using var client = world.Connect(
            DepotWorld.Impatient with { ParallelCountFar = 2, PackSize = new(1) },
            clock,
            inner => new TappedLine(inner)
            {
                BeforePack = () =>
                {
                    clock.Leap(TimeSpan.FromMilliseconds(60));

                    // One after another they would never meet here.
                    if (Interlocked.Increment(ref count) is 10 or 11 && meeting.SignalAndWait(TimeSpan.FromSeconds(20), Cancellation))
                        Interlocked.Increment(ref metCount);
                },
            });

        var report = await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(2, metCount);
        Assert.Equal(manifest.Size, report.Sent);
    }

    [Fact]
    public async Task After_a_crash_only_what_is_missing_is_sent()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        var store = world.OpenStore("target");
        using var crash = new CancellationTokenSource();
        TappedLine? line = null;
        using (var client = world.Connect(inner => line = new(inner)
        {
            BeforeRequest = count =>
            {
                if (count == 4)
                    crash.Cancel();
            },
        }))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PullAsync(
                world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, crash.Token));
        }

        Assert.Empty(store.Roots);
        store.Dispose();
        using var reopened = world.OpenStore("target");
        var present = line!.Arrived.ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(present);

        using var second = world.Connect(inner => line = new(inner));
        var report = await second.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, reopened, TransferOptions.Unlimited, Cancellation);

        Assert.DoesNotContain(line!.Asked, present.Contains);
        Assert.Equal(manifest.Chunks.Length - present.Count, line.Asked.Count);
        Assert.Equal(manifest.Size, report.Sent + report.Reused);
        Assert.True(reopened.HasTree(manifest.Root));
    }

    [Fact]
    public async Task A_chunk_damaged_on_the_way_is_asked_for_again()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner)
        {
            SpoilPack = (count, body) => body[^1] ^= (byte)(count == 1 ? 1 : 0),
        });

        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.Equal(manifest.Chunks.Length + 1, line!.Asked.Count);
    }

    [Fact]
    public async Task A_source_that_keeps_sending_damage_is_named_after_a_bounded_number_of_attempts()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner) { SpoilPack = (_, body) => body[^1] ^= 1 });

        var fault = await Assert.ThrowsAsync<DepotSourceCorruptException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation));

        Assert.Contains(world.Url.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Equal(3, line!.Asked.Count(asked => asked == fault.Hash.ToString()));
        Assert.Empty(store.Roots);
        Assert.False(store.HasTree(manifest.Root));
    }

    [Fact]
    public async Task A_source_whose_disk_lost_a_chunk_says_so()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        var path = Path.Combine(world.Store.TreePath(manifest.Root), "large", "0.bin");
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        bytes[0] ^= 1;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect();

        var fault = await Assert.ThrowsAsync<DepotRefusedException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation));

        Assert.Contains(world.Url.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.False(store.HasTree(manifest.Root));
        Assert.False(world.Store.HasTree(manifest.Root));
        Assert.Empty(world.Store.Roots);
    }

    [Fact]
    public async Task A_line_that_breaks_now_and_then_is_put_up_with()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        using var client = world.Connect(inner => new TappedLine(inner)
        {
            BeforeRequest = count =>
            {
                if (count % 2 == 1)
                    throw new HttpRequestException("the line broke");
            },
        });

        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation);

        Assert.True(store.HasTree(manifest.Root));
    }

    [Fact]
    public async Task A_depot_that_is_not_there_is_given_up_after_a_bounded_number_of_attempts()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        TappedLine? line = null;
        using var client = world.Connect(inner => line = new(inner)
        {
            BeforeRequest = _ => throw new HttpRequestException("the line is dead"),
        });

        var fault = await Assert.ThrowsAsync<DepotUnreachableException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation));

        Assert.Contains("the line is dead", fault.Message, StringComparison.Ordinal);
        Assert.Equal(DepotWorld.Impatient.FailureCountMax, line!.Requests.Count);
    }

    [Fact]
    public async Task A_full_disk_ends_the_pull_with_its_own_words()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var folder = new ScratchFolder();
        using var store = DepotStore.Open(folder.Path, new SmallDisk(roomBytes: Chunk.SizeBytesUsual + 10));
        using var client = world.Connect();

        await Assert.ThrowsAsync<DepotFullException>(() => client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, TransferOptions.Unlimited, Cancellation));

        Assert.False(store.HasTree(manifest.Root));
        Assert.Empty(store.Roots);
    }

    [Fact]
    public async Task A_pull_takes_the_time_that_its_rate_allows()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        using var store = world.OpenStore("target");
        var clock = new LeapingClock();
        var rate = Bandwidth.FromMbps(16);
        using var client = world.Connect(DepotWorld.Impatient, clock, wrap: null);

        await client.PullAsync(
            world.ReadTicket(manifest.Root), manifest.Root, store, new(rate, Progress: null), Cancellation);

        var expected = manifest.Size / rate;
        Assert.InRange(clock.Elapsed / expected, 0.95, 1.05);
    }

    [Fact]
    public async Task A_caller_that_shows_a_certificate_is_judged_by_it()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 0);
        using var known = world.Issue(DepotWorld.CallerIdentity);
        using var unknown = world.Issue("spiffe://test/agent/stranger");
        var ticket = world.ReadTicket(manifest.Root);

        using var client = Connect(known);
        Assert.Equal(manifest.Root, (await client.FetchManifestAsync(ticket, manifest.Root, Cancellation)).Root);

        using var stranger = Connect(unknown);
        await Assert.ThrowsAnyAsync<DepotException>(
            () => stranger.FetchManifestAsync(ticket, manifest.Root, Cancellation));

        DepotClient Connect(System.Security.Cryptography.X509Certificates.X509Certificate2 own) =>
            DepotClient.Connect(
                world.Url, world.Trust with { OwnCertificate = own }, DepotWorld.Impatient, TimeProvider.System);
    }

    [Fact]
    public async Task Only_the_expected_depot_of_the_own_domain_is_trusted()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        await using var stranger = new DepotWorld();
        var manifest = await world.IngestAsync(Cancellation);
        DepotTrust[] mistrusting =
        [
            world.Trust with { ExpectedIdentity = "spiffe://test/agent/other" },
            world.Trust with { Authority = stranger.Authority },
        ];

        foreach (var trust in mistrusting)
        {
            using var client = DepotClient.Connect(world.Url, trust, DepotWorld.Impatient, TimeProvider.System);
            await Assert.ThrowsAsync<DepotUntrustedException>(
                () => client.FetchManifestAsync(world.ReadTicket(manifest.Root), manifest.Root, Cancellation));
        }
    }
}
