using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;
using ZstdSharp;

namespace Meridian.Tests.Depot;

public sealed class CompressionTests
{
    private static readonly DepotClientOptions Always = DepotWorld.Impatient with { Compression = CompressionUse.Always };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_that_compresses_comes_in_fewer_bytes_and_is_the_same()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);

        var small = await PullAsync(world, manifest, Always);
        var plain = await PullAsync(world, manifest, Always with { Compression = CompressionUse.Never });

        Assert.Equal((manifest.Size, manifest.Size), (small.Sent, plain.Sent));
        Assert.InRange(small.OnLine.Bytes, 1, manifest.Size.Bytes / 2);
        Assert.True(plain.OnLine >= manifest.Size);
    }

    [Fact]
    public async Task Content_that_does_not_compress_travels_as_it_is()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation);
        var line = new Coded();

        var report = await PullAsync(world, manifest, Always, inner => line.Around(inner));

        Assert.True(report.OnLine >= report.Sent);
        Assert.All(line.Codings, coding => Assert.Empty(coding));
    }

    [Fact]
    public async Task A_depot_that_knows_no_compression_is_understood()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var line = new Coded { Ask = list => list.Remove("codings") };

        var report = await PullAsync(world, manifest, Always, inner => line.Around(inner));

        Assert.True(report.OnLine >= manifest.Size);
    }

    [Fact]
    public async Task What_nobody_asked_for_is_not_decompressed_and_other_forms_are_refused()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var unasked = new Coded { Ask = list => list["codings"] = new JsonArray("zstd") };
        var strange = new Coded { Answer = (content, _) => content.Headers.ContentEncoding.Add("br") };

        await Assert.ThrowsAsync<DepotUnreachableException>(
            () => PullAsync(world, manifest, Always with { Compression = CompressionUse.Never }, inner => unasked.Around(inner)));
        await Assert.ThrowsAsync<DepotUnreachableException>(() => PullAsync(world, manifest, Always, inner => strange.Around(inner)));
    }

    [Fact]
    public async Task A_body_that_unfolds_without_end_is_read_no_further_than_what_was_asked_for()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var first = manifest.Chunks[0];
        using var compressor = new Compressor(3);
        var bomb = new byte[256 * 1024 * 1024];
        first.Hash.CopyTo(bomb);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(ChunkHash.SizeBytes), (uint)first.SizeBytes);
        var packed = compressor.Wrap(bomb).ToArray();
        Assert.True(packed.Length < 100_000);
        var line = new Coded { Replace = _ => packed };

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAnyAsync<DepotException>(() => PullAsync(world, manifest, Always, inner => line.Around(inner)));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, bomb.Length / 2);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Damage_inside_a_compressed_body_is_found(bool isCut)
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var count = 0;
        var line = new Coded
        {
            Replace = body =>
            {
                if (++count > 2)
                    return body;
                if (isCut)
                    return body[..(body.Length / 2)];
                body[body.Length / 2] ^= 0x55;
                return body;
            },
        };

        var report = await PullAsync(world, manifest, Always, inner => line.Around(inner));

        Assert.True(report.Sent >= manifest.Size);
        Assert.True(count > 2);
    }

    [Fact]
    public async Task Sealed_content_is_never_asked_for_compressed()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var seal = new DatasetSeal(new byte[32]);
        var root = await world.Store.SealAsync(manifest.Root, seal, Cancellation);
        var line = new Coded();
        using var store = world.OpenStore("sealed");
        using var client = world.Connect(Always, TimeProvider.System, inner => line.Around(inner));

        await DepotClient.PullSealedAsync(
            [(client, world.ReadTicket(root))], new(root, seal), store, TransferOptions.Unlimited, Cancellation);

        Assert.NotEmpty(line.Codings);
        Assert.All(line.Asked, list => Assert.Null(list["codings"]));
        Assert.All(line.Codings, coding => Assert.Empty(coding));
    }

    [Fact]
    public async Task A_held_rate_counts_what_is_on_the_line()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await TextAsync(world);
        var rate = Bandwidth.FromMbps(8);
        var (small, plain) = (new LeapingClock(), new LeapingClock());

        var report = await PullAsync(world, manifest, Always, clock: small, rate: rate);
        await PullAsync(world, manifest, Always with { Compression = CompressionUse.Never }, clock: plain, rate: rate);

        Assert.True(plain.Elapsed >= 0.9 * (manifest.Size / rate), $"{plain.Elapsed} for {manifest.Size}");
        Assert.True(small.Elapsed >= 0.8 * (report.OnLine / rate), $"{small.Elapsed} for {report.OnLine}");
        Assert.True(small.Elapsed < plain.Elapsed / 2, $"{small.Elapsed} and {plain.Elapsed}");
    }

    [Fact]
    public void The_form_that_brings_more_is_kept_and_the_other_one_tried_ever_more_seldom()
    {
        var slowLine = new CodingChoice();
        var coded = Asked(slowLine, plainBytesPerSecond: 1_000_000, codedBytesPerSecond: 3_000_000);
        var fastLine = new CodingChoice();
        var plain = Asked(fastLine, plainBytesPerSecond: 300_000_000, codedBytesPerSecond: 90_000_000);
        var equal = Asked(new CodingChoice(), plainBytesPerSecond: 1_000_000, codedBytesPerSecond: 1_050_000);

        Assert.InRange(coded, 180, 196);
        Assert.InRange(plain, 4, 20);
        Assert.InRange(equal, 4, 20);

        // The line gets better: the choice follows.
        Assert.InRange(Asked(slowLine, plainBytesPerSecond: 300_000_000, codedBytesPerSecond: 90_000_000), 1, 120);
    }

    /// <summary>How many of 200 packs are asked for compressed.</summary>
    private static int Asked(CodingChoice choice, double plainBytesPerSecond, double codedBytesPerSecond)
    {
        const long packBytes = 8 << 20;
        var count = 0;
        for (var pack = 0; pack < 200; pack++)
        {
            var isCoded = choice.Next(CompressionUse.Adaptive);
            count += isCoded ? 1 : 0;
            choice.Note(isCoded, packBytes, TimeSpan.FromSeconds(packBytes / (isCoded ? codedBytesPerSecond : plainBytesPerSecond)));
        }

        return count;
    }

    /// <summary>Lines as of a log, in one long file and many short ones.</summary>
    private static async Task<DatasetManifest> TextAsync(DepotWorld world)
    {
        using var folder = new ScratchFolder();
        var text = new StringBuilder();
        var seed = new Seed(2);
        while (text.Length < 10_000_000)
            text.Append("2026-11-23T17:00:00Z site=").Append(seed.Next(40)).Append(" node=n").Append(seed.Next(1000)).Append(" state=ready load=").Append(seed.Next(10_000)).Append('\n');
        folder.Write("log", Encoding.UTF8.GetBytes(text.ToString()));
        for (var index = 0; index < 300; index++)
            folder.Write($"short/{index}", Encoding.UTF8.GetBytes(text.ToString(index * 997, 3000)));
        return await world.Store.IngestAsync(folder.Path, progress: null, Cancellation);
    }

    private static async Task<TransferReport> PullAsync(
        DepotWorld world, DatasetManifest manifest, DepotClientOptions options, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null,
        TimeProvider? clock = null, Bandwidth? rate = null)
    {
        using var store = world.OpenStore(Guid.NewGuid().ToString("n"));
        using var client = world.Connect(options, clock ?? TimeProvider.System, wrap);
        var report = await client.PullAsync(world.ReadTicket(manifest.Root), manifest.Root, store, new(rate, Progress: null), Cancellation);
        var scanned = await LocalTree.ScanAsync(store.TreePath(manifest.Root), progress: null, Cancellation);
        Assert.Equal(manifest.Chunks, scanned.Manifest.Chunks);
        return report;
    }

    /// <summary>A line on which a test sees how packs travel, and which it may change.</summary>
    private sealed class Coded
    {
        public List<JsonObject> Asked { get; } = [];

        public List<string> Codings { get; } = [];

        public Action<JsonObject> Ask { get; init; } = _ => { };

        public Action<HttpContent, byte[]> Answer { get; init; } = (_, _) => { };

        public Func<byte[], byte[]>? Replace { get; init; }

        public HttpMessageHandler Around(HttpMessageHandler inner) => new Line(this) { InnerHandler = inner };

        private sealed class Line(Coded coded) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (!request.RequestUri!.AbsolutePath.EndsWith("/packs", StringComparison.Ordinal))
                    return await base.SendAsync(request, cancellationToken);
                var list = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
                coded.Asked.Add(list.DeepClone().AsObject());
                if (coded.Asked[^1]["codings"] is null)
                    coded.Asked[^1].Remove("codings");
                coded.Ask(list);
                request.Content = new StringContent(list.ToJsonString(), Encoding.UTF8, "application/json");
                var response = await base.SendAsync(request, cancellationToken);
                if (response.StatusCode != HttpStatusCode.OK)
                    return response;
                coded.Codings.Add(string.Join(',', response.Content.Headers.ContentEncoding));
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                var content = new ByteArrayContent(coded.Replace is { } replace ? replace(body) : body);
                foreach (var coding in response.Content.Headers.ContentEncoding)
                    content.Headers.ContentEncoding.Add(coding);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                coded.Answer(content, body);
                response.Content = content;
                return response;
            }
        }
    }
}
