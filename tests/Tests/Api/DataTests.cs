using System.Net;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class DataTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_becomes_a_dataset_when_its_depot_holds_it()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("lab-member");
        var root = ApiWorld.RootOf('c');
        var ticket = await client.BeginUploadAsync(new("set", "vision", "west", root.Value, 1000, 2, "cn"), Cancellation);
        var commit = new UploadCommit("set", "vision", "west", root.Value, 1000, 2, "cn");

        var early = await Assert.ThrowsAsync<RefusedException>(() => client.CommitUploadAsync(commit, Cancellation));
        world.Seams.Held[(ApiWorld.Node, root)] = true;
        var dataset = await client.CommitUploadAsync(commit, Cancellation);
        using var http = world.As("lab-viewer");
        using var download = await http.PostAsync("datasets/vision/set/download", content: null, Cancellation);
        var parts = await ApiWorld.ReadAsync<DownloadTicket[]>(download);

        Assert.Equal($"write {root} at west/cpu/n1 up to 1000", ticket.Ticket);
        Assert.Equal("urn:meridian:problem:upload-incomplete", early.Problem.Type);
        Assert.Equal(("set", 1, 1000L, "cn"), (dataset.Name, dataset.Version, dataset.Bytes, dataset.Sovereignty));
        Assert.Equal(["west"], dataset.Sites);
        Assert.Equal([$"read {root} at west/cpu/n1"], parts.Select(p => p.Ticket));
    }

    [Fact]
    public async Task Nobody_names_content_that_they_were_given_no_ticket_for()
    {
        await using var world = await ApiWorld.StartAsync();
        var root = ApiWorld.RootOf('b');
        world.Register("render", "frames", 'b');
        world.Seams.Held[(ApiWorld.Node, root)] = true;

        var refused = await Assert.ThrowsAsync<RefusedException>(() => world.Client("lab-member").CommitUploadAsync(
            new("mine", "vision", "west", root.Value, 1, 1, ""), Cancellation));

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("urn:meridian:problem:upload-unknown", refused.Problem.Type);
    }

    [Fact]
    public async Task An_upload_needs_a_ready_depot_at_its_site()
    {
        await using var world = await ApiWorld.StartAsync();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => world.Client("lab-member").BeginUploadAsync(
            new("set", "vision", "east", ApiWorld.RootOf('c').Value, 1, 1, ""), Cancellation));

        Assert.Equal("urn:meridian:problem:no-depot", refused.Problem.Type);
    }

    [Fact]
    public async Task Datasets_are_sorted_by_what_is_asked_for()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Register("vision", "b", 'b');
        world.Register("vision", "a", 'a');
        world.Register("vision", "c", 'c');
        var client = world.Client("lab-viewer");

        var first = await client.GetDatasetsAsync(project: null, new(Limit: 2, Sort: "-name"), Cancellation);
        var rest = await client.GetDatasetsAsync(project: null, new(first.NextCursor, Limit: 2, Sort: "-name"), Cancellation);
        var oldest = await client.GetDatasetsAsync("vision", new(Sort: "createdAt"), Cancellation);

        Assert.Equal(["c", "b", "a"], first.Items.Concat(rest.Items).Select(d => d.Name));
        Assert.Equal(["b", "a", "c"], oldest.Items.Select(d => d.Name));
    }
}
