using System.Net;
using System.Net.Http.Json;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Meridian.Tests.Datasets;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class TicketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_served_without_a_ticket()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 0);
        using var http = new HttpClient(world.Trust.CreateHandler()) { BaseAddress = world.Url };
        var root = manifest.Root.ToString();
        (HttpMethod, string)[] requests =
        [
            (HttpMethod.Get, "manifests/" + root), (HttpMethod.Post, "packs"), (HttpMethod.Put, "packs"),
            (HttpMethod.Put, "chunks/" + root), (HttpMethod.Put, "manifests/" + root), (HttpMethod.Post, "missing"),
            (HttpMethod.Get, "files/" + root + "/empty"),
        ];

        foreach (var (method, path) in requests)
        {
            using var request = new HttpRequestMessage(method, "/depot/v1/" + path);
            using var response = await http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_ticket_that_is_expired_of_another_site_dataset_or_operation_is_refused()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 0);
        var good = DepotTicket.ForReading(DepotWorld.Site, manifest.Root, Manifests.Noon.AddHours(1));
        (DepotTicket, HttpStatusCode)[] cases =
        [
            (good with { ExpiresAt = Manifests.Noon }, HttpStatusCode.Unauthorized),
            (good with { Site = "west" }, HttpStatusCode.Forbidden),
            (good with { Root = new(ChunkHash.Of("other"u8)) }, HttpStatusCode.Forbidden),
            (good with { Operation = DepotOperation.Write }, HttpStatusCode.Forbidden),
        ];

        foreach (var (ticket, status) in cases)
        {
            using var client = world.Connect();
            var fault = await Assert.ThrowsAsync<DepotRefusedException>(
                () => client.FetchManifestAsync(world.Sign(ticket), manifest.Root, Cancellation));
            Assert.Equal(status, fault.Status);
            Assert.DoesNotContain(world.Sign(ticket)[..20], fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_read_ticket_opens_no_chunk_of_another_dataset()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var mine = await world.IngestAsync(Cancellation, largeCount: 0);
        var theirs = await world.IngestAsync(Cancellation, largeCount: 1);
        using var http = Http(world, world.ReadTicket(mine.Root));
        var stolen = theirs.Chunks.First(chunk => !mine.TryGetChunk(chunk.Hash, out _)).Hash.ToString();

        var list = new { chunks = new[] { stolen } };
        using var response = await http.PostAsJsonAsync("/depot/v1/packs", list, Cancellation);

        // The body's length is not stated by this client, and a depot reads no list of unknown length.
        Assert.Equal(HttpStatusCode.LengthRequired, response.StatusCode);

        using var body = JsonContent.Create(list);
        await body.LoadIntoBufferAsync(Cancellation);
        using var refused = await http.PostAsync("/depot/v1/packs", body, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task One_file_can_be_fetched_by_its_path_also_through_a_link()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var manifest = await world.IngestAsync(Cancellation, largeCount: 1);
        using var http = Http(world, world.ReadTicket(manifest.Root));
        var files = "/depot/v1/files/" + manifest.Root + "/";

        var direct = await http.GetByteArrayAsync(files + "large/0.bin", Cancellation);
        var linked = await http.GetByteArrayAsync(files + "first", Cancellation);
        using var absent = await http.GetAsync(files + "large", Cancellation);

        Assert.Equal(Chunk.SizeBytesUsual + 1000, direct.Length);
        Assert.Equal(direct, linked);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task A_write_ticket_stores_no_more_than_it_permits()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        using var folder = new ScratchFolder();
        folder.Write("a", new byte[1000]);
        folder.Write("b", new byte[1001]);
        var tree = await LocalTree.ScanAsync(folder.Path, progress: null, Cancellation);
        using var client = world.Connect();

        var fault = await Assert.ThrowsAsync<DepotRefusedException>(() => client.PushAsync(
            world.WriteTicket(tree.Manifest.Root, new DataSize(2000)),
            tree.Manifest,
            tree,
            TransferOptions.Unlimited,
            Cancellation));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, fault.Status);
        Assert.Empty(world.Store.Roots);
    }

    [Fact]
    public async Task Requests_beyond_their_limits_are_refused()
    {
        await using var world = await DepotWorld.StartAsync(Cancellation);
        var root = new ManifestRoot(ChunkHash.Of("x"u8));
        using var http = Http(world, world.WriteTicket(root, DataSize.FromGibibytes(1)));
        var hash = ChunkHash.Of("x"u8);

        using var large = new ByteArrayContent(new byte[Chunk.SizeBytesMax + 1]);
        using var tooLarge = await http.PutAsync("/depot/v1/chunks/" + hash, large, Cancellation);
        using var lie = new ByteArrayContent("not x"u8.ToArray());
        using var damaged = await http.PutAsync("/depot/v1/chunks/" + hash, lie, Cancellation);
        using var nonsense = new ByteArrayContent("not a manifest"u8.ToArray());
        using var malformed = await http.PutAsync("/depot/v1/manifests/" + root, nonsense, Cancellation);
        using var fine = new ByteArrayContent("x"u8.ToArray());
        using var stored = await http.PutAsync("/depot/v1/chunks/" + hash, fine, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, damaged.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, stored.StatusCode);
    }

    private static HttpClient Http(DepotWorld world, string ticket)
    {
        var http = new HttpClient(world.Trust.CreateHandler()) { BaseAddress = world.Url };
        http.DefaultRequestHeaders.Authorization = new("Depot", ticket);
        return http;
    }
}
