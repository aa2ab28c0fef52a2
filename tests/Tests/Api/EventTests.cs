using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class EventTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_follower_that_was_cut_off_gets_what_it_missed()
    {
        await using var world = await ApiWorld.StartAsync();
        var first = world.Submit("vision", "first");
        var seen = world.Domain.Latest.Sequence;
        var second = world.Submit("vision", "second");
        world.Place(second);

        await using var stream = await Stream.OpenAsync(world.Client("lab-viewer"), "jobs", seen.ToString());

        Assert.Equal(("jobs", $"job-submitted {second}"), await stream.NextAsync());
        Assert.Equal(seen + 1, stream.LastId);
        Assert.Equal(("jobs", $"task-placed {second}"), await stream.NextAsync());
        Assert.Equal(("jobs", $"task-started {second}"), await stream.NextAsync());
        Assert.Equal(world.Domain.Latest.Sequence, stream.LastId);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_follower_hears_of_its_own_tenant_and_of_its_topics_only()
    {
        await using var world = await ApiWorld.StartAsync();
        await using var stream = await Stream.OpenAsync(world.Client("lab-viewer"), "jobs,data", lastEventId: null);

        world.Submit("render", "secret");
        world.Register("render", "frames", 'b');
        world.Domain.Do(new Meridian.Domain.Sites.DeclarePool(new(new("west/x"), "process", 0, 0, [], 1, 1, IsDraining: false)));
        world.Register("vision", "set", 'a');
        var mine = world.Submit("vision", "mine");

        Assert.Equal(("data", "dataset-registered vision/set"), await stream.NextAsync());
        Assert.Equal(("jobs", $"job-submitted {mine}"), await stream.NextAsync());
    }

    [Fact]
    public async Task A_follower_of_what_is_no_longer_kept_is_told_to_look_again()
    {
        await using var world = await ApiWorld.StartAsync();
        for (var i = 0; i < 4200; i++)
            world.Domain.Do(new Meridian.Domain.Sites.DeclarePool(new(new("west/x"), "process", i, 0, [], 1, 1, IsDraining: false)));

        await using var stream = await Stream.OpenAsync(world.Client("lab-viewer"), "jobs", lastEventId: "1");

        Assert.Equal(("reset", ""), await stream.NextAsync());
        Assert.Equal(world.Domain.Latest.Sequence, stream.LastId);
    }

    [Fact]
    public async Task A_follower_that_knows_more_than_the_journal_is_told_to_look_again()
    {
        await using var world = await ApiWorld.StartAsync();

        await using var stream = await Stream.OpenAsync(world.Client("lab-viewer"), "jobs", lastEventId: "999999");
        var next = world.Submit("vision", "next");

        Assert.Equal(("reset", ""), await stream.NextAsync());
        Assert.Equal(("jobs", $"job-submitted {next}"), await stream.NextAsync());
    }

    [Fact]
    public async Task A_silent_stream_says_that_it_lives_and_how_far_it_is()
    {
        await using var world = await ApiWorld.StartAsync();
        await using var stream = await Stream.OpenAsync(world.Client("lab-viewer"), "jobs", lastEventId: null);
        world.Domain.Do(new Meridian.Domain.Sites.DeclarePool(new(new("west/x"), "process", 0, 0, [], 1, 1, IsDraining: false)));

        while (stream.LastId < world.Domain.Latest.Sequence)
            await stream.NextLineAsync();

        Assert.True(stream.Heartbeats > 0);
    }

    /// <summary>Reads server-sent events as the specification says.</summary>
    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public long LastId { get; private set; }

        public int Heartbeats { get; private set; }

        public static async Task<Stream> OpenAsync(MeridianClient client, string topics, string? lastEventId)
        {
            var response = await client.OpenEventsAsync(topics, lastEventId, Cancellation);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new(response, new(await response.Content.ReadAsStreamAsync(Cancellation)));
        }

        public async Task<(string Name, string Text)> NextAsync()
        {
            var name = "";
            while (true)
            {
                var line = await NextLineAsync();
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                var data = System.Text.Json.JsonDocument.Parse(line[6..]).RootElement;
                return (name, data.TryGetProperty("kind", out var kind) ? $"{kind} {data.GetProperty("subject")}" : "");
            }
        }

        public async Task<string> NextLineAsync()
        {
            var line = await reader.ReadLineAsync(Cancellation) ?? throw new EndOfStreamException();
            Heartbeats += line == ": heartbeat" ? 1 : 0;
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastId = long.Parse(line[4..]);
            return line;
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
