using System.Security.Cryptography;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class OutsideImportTests : IDisposable
{
    private const int PartBytes = 64 * 1024;
    private const int SizeBytes = (16 * PartBytes) + 77;

    private readonly ScratchFolder _folder = new();
    private readonly DepotStore _store;
    private readonly byte[] _content;

    public OutsideImportTests()
    {
        _store = DepotStore.Open(_folder.At("depot"), new LocalDisk());
        var seed = new Seed(11);
        _content = DepotWorld.Bytes(ref seed, SizeBytes);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_large_file_comes_in_parts_and_each_byte_once()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);

        var manifest = await ImportAsync(server);

        Assert.Equal(17, server.Asked.Count);
        Assert.Equal(17, server.Asked.Distinct().Count());
        Assert.Equal(SizeBytes, server.SentBytes);
        AssertHere(manifest);
        var file = Assert.Single(manifest.Entries);
        Assert.Equal(("scene.bin", server.ModifiedAt), (file.Path, file.ModifiedAt));
        Assert.Equal(manifest.Root, (await ImportAsync(server)).Root);
    }

    [Fact]
    public async Task A_server_without_ranges_gives_the_file_in_one_stream()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation, givesRanges: false);

        AssertHere(await ImportAsync(server));

        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task Without_anything_that_tells_versions_apart_no_parts_are_put_together()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        (server.Tag, server.ModifiedAt) = ("W/\"weak\"", null);

        AssertHere(await ImportAsync(server));

        Assert.Equal(["0-65535", null], server.Asked);
    }

    [Fact]
    public async Task A_date_that_is_old_enough_tells_versions_apart()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        server.Tag = null;

        AssertHere(await ImportAsync(server));

        Assert.Equal(17, server.Asked.Count);
    }

    [Theory, InlineData(2), InlineData(9)]
    public async Task A_file_that_changes_while_it_is_read_is_refused_and_nothing_of_it_is_left(int request)
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        server.Before = (number, _) =>
        {
            if (number >= request)
                server.Tag = "\"two\"";
            return Task.FromResult(false);
        };

        Assert.Equal("outside-changed", await FaultAsync(server));

        Assert.Empty(_store.Roots);
    }

    [Fact]
    public async Task A_file_that_changed_its_size_under_the_same_tag_is_refused()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        server.Before = (number, _) =>
        {
            if (number == 5)
                server.Content = _content[..^1];
            return Task.FromResult(false);
        };

        Assert.Equal("outside-changed", await FaultAsync(server));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_cut_line_is_taken_up_again_at_the_byte_where_it_broke(bool givesRanges)
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation, givesRanges);
        server.CutAfter = number => number % 3 == 1 && number < 20 ? 10_000 : null;

        AssertHere(await ImportAsync(server));

        // Kestrel may drop what it has not written yet when a line is cut; such bytes were sent in vain.
        Assert.InRange(server.SentBytes, SizeBytes, givesRanges ? SizeBytes + (7 * 10_000) : SizeBytes + 10_000);
    }

    [Fact]
    public async Task After_a_crash_only_the_parts_come_that_were_not_there()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        server.Before = async (number, http) =>
        {
            if (number <= 8)
                return false;
            await crash.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImportAsync(server, cancellation: crash.Token));
        var importer = Importer();
        Assert.Equal([1], importer.Begun);
        var already = server.SentBytes;
        var askedBefore = server.Asked.Count;
        server.Before = (_, _) => Task.FromResult(false);

        var manifest = await importer.RunAsync(Order(server), Allowing(server), new(), Cancellation);

        AssertHere(manifest);
        Assert.InRange(server.Asked.Count - askedBefore, 9, 16);
        Assert.True(server.SentBytes - already < SizeBytes, $"{server.SentBytes - already} bytes came again");
        Assert.Empty(importer.Begun);
    }

    [Fact]
    public async Task After_a_crash_a_file_that_changed_meanwhile_is_refused()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        server.Before = async (number, _) =>
        {
            if (number == 8)
                await crash.CancelAsync();
            return false;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImportAsync(server, cancellation: crash.Token));
        (server.Tag, server.Before) = ("\"two\"", (_, _) => Task.FromResult(false));

        Assert.Equal("outside-changed", await FaultAsync(server));
        AssertHere(await ImportAsync(server));
    }

    [Theory]
    [InlineData(404, "outside-missing")]
    [InlineData(401, "outside-forbidden")]
    [InlineData(403, "outside-forbidden")]
    [InlineData(400, "outside-refused")]
    [InlineData(503, "outside-unreachable")]
    public async Task What_a_server_refuses_is_said(int status, string code)
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        server.Before = (_, http) => Answer(http, status);

        Assert.Equal(code, await FaultAsync(server));
        Assert.Equal(status == 503 ? 6 : 1, server.Asked.Count);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        var seen = new HashSet<string?>();
        server.Before = (number, http) =>
        {
            lock (seen)
                return seen.Add(server.Asked[number - 1]) ? Answer(http, 429) : Task.FromResult(false);
        };

        AssertHere(await ImportAsync(server));
    }

    [Fact]
    public async Task Empty_files_and_wrong_hashes_are_told_apart()
    {
        await using var server = await OutsideServer.StartAsync([], Cancellation);
        Assert.Equal(DataSize.Zero, (await ImportAsync(server)).Size);
        server.Content = _content;
        var good = Convert.ToHexStringLower(SHA256.HashData(_content));

        Assert.Equal("outside-hash", await FaultAsync(server, Order(server) with { Sha256 = new string('0', 64) }));
        AssertHere(await Importer().RunAsync(Order(server) with { Sha256 = good }, Allowing(server), new(), Cancellation));
    }

    [Fact]
    public async Task A_full_disk_ends_an_import_and_leaves_nothing()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        var importer = new OutsideImport(_store, new SmallDisk(5 * PartBytes), Hasty, TimeProvider.System);

        await Assert.ThrowsAsync<DepotFullException>(() => importer.RunAsync(Order(server), Allowing(server), new(), Cancellation));

        Assert.Empty(importer.Begun);
    }

    [Fact]
    public async Task The_inner_network_is_closed_unless_its_very_host_is_allowed()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        server.Before = (_, http) =>
        {
            if (!http.Request.Path.StartsWithSegments("/away", StringComparison.Ordinal))
                return Task.FromResult(false);
            http.Response.Redirect($"http://localhost:{server.Url.Port}/data/scene.bin");
            return Task.FromResult(true);
        };
        var away = Order(server) with { Url = new(server.Url, "/away/scene.bin") };

        Assert.Equal("outside-denied", await FaultAsync(server, Order(server), OutsideSettings.Default));
        Assert.Empty(server.Asked);
        Assert.Equal("outside-denied", await FaultAsync(server, away));
        Assert.Equal("outside-denied", await FaultAsync(server, Order(server) with { Url = new($"http://localhost:{server.Url.Port}/") }, Settings("""{"allow":["*.localhost","*.0.0.1"]}""")));
        AssertHere(await Importer().RunAsync(away, Settings($$"""{"allow":["127.0.0.1:{{server.Url.Port}}","localhost"]}"""), new(), Cancellation));
    }

    [Fact]
    public async Task A_credential_is_shown_only_to_its_own_store_and_for_its_own_projects()
    {
        await using var server = await OutsideServer.StartAsync(_content, Cancellation);
        var shown = new List<string>();
        server.Before = (_, http) =>
        {
            lock (shown)
                shown.Add(http.Request.Host.Host + " " + http.Request.Headers.Authorization);
            if (!http.Request.Path.StartsWithSegments("/data/away", StringComparison.Ordinal))
                return Task.FromResult(false);
            http.Response.Redirect($"http://localhost:{server.Url.Port}/data/scene.bin");
            return Task.FromResult(true);
        };
        var settings = Settings($$"""
            {"allow":["localhost"],"stores":[{"name":"lab","endpoint":"http://127.0.0.1:{{server.Url.Port}}/data","projects":["vision"],"authorization":"Bearer x"}]}
            """);
        var order = Order(server) with { Store = "lab" };

        Assert.Equal("outside-store", await FaultAsync(server, order with { Project = "other" }, settings));
        Assert.Equal("outside-store", await FaultAsync(server, order with { Url = new(server.Url, "/database") }, settings));
        Assert.Empty(shown);
        AssertHere(await Importer().RunAsync(order, settings, new(), Cancellation));
        Assert.Equal(["127.0.0.1 Bearer x"], shown.Distinct());
        await Importer().RunAsync(order with { Url = new(server.Url, "away") }, settings, new(), Cancellation);
        Assert.Equal(["127.0.0.1 Bearer x", "localhost "], shown.Distinct());
    }

    private static OutsideOptions Hasty { get; } = new() { PartSize = new(PartBytes), BackOffFirst = TimeSpan.Zero, ParallelCount = 4 };

    private OutsideImport Importer() => new(_store, new LocalDisk(), Hasty, TimeProvider.System);

    private static OutsideOrder Order(OutsideServer server) => new(Number: 1, server.Url, Endpoint: null, Store: "", Project: "vision", Sha256: "");

    private OutsideSettings Settings(string json)
    {
        var path = _folder.Write("stores.json", System.Text.Encoding.UTF8.GetBytes(json));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return OutsideSettings.Read(path, _ => null);
    }

    private OutsideSettings Allowing(OutsideServer server) => Settings($$"""{"allow":["127.0.0.1:{{server.Url.Port}}"]}""");

    private Task<DatasetManifest> ImportAsync(OutsideServer server, CancellationToken? cancellation = null) =>
        Importer().RunAsync(Order(server), Allowing(server), new(), cancellation ?? Cancellation);

    /// <summary>The code with which the import fails, leaving nothing behind.</summary>
    private async Task<string> FaultAsync(OutsideServer server, OutsideOrder? order = null, OutsideSettings? settings = null)
    {
        var importer = Importer();
        var fault = await Assert.ThrowsAsync<OutsideException>(
            () => importer.RunAsync(order ?? Order(server), settings ?? Allowing(server), new(), Cancellation));
        Assert.Empty(importer.Begun);
        return fault.Reason.Code;
    }

    private void AssertHere(DatasetManifest manifest)
    {
        Assert.Contains(manifest.Root, _store.Roots);
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(_store.TreePath(manifest.Root), "scene.bin")));
    }

    private static Task<bool> Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.FromResult(true);
    }
}
