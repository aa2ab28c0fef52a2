using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class ReservationApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reservation_is_quoted_made_used_seen_by_its_tenant_alone_and_cancelled()
    {
        await using var world = await ApiWorld.StartAsync();
        var (client, wish) = (world.Client("lab-member"), Wish(world, count: 10));

        var quote = await client.QuoteReservationAsync(wish, Cancellation);
        var made = await client.MakeReservationAsync(wish, Cancellation);
        world.Time.Ahead = TimeSpan.FromHours(1);
        var spec = JobFile.Parse(ApiWorld.JobText("inside") + "reservation: night\n", "job.yaml").Spec!;
        world.Place(world.Domain.Do(new SubmitJob(new("vision"), "someone", spec, Money.Zero(), new(""))));
        var seen = await client.GetReservationAsync(made.Id, Cancellation);
        var ofOthers = await world.Client("film-member").GetReservationsAsync(state: null, PageRequest.First, Cancellation);
        await client.CancelReservationAsync(made.Id, Cancellation);
        var ended = await client.GetReservationAsync(made.Id, Cancellation);

        Assert.Equal((quote.Price, "waiting", 10), (made.Price, made.State, made.Count));
        Assert.Equal(("active", 40_000L, 1_000L), (seen.State, seen.Holdings[0].CpuMillicores, seen.Holdings[0].UsedCpuMillicores));
        Assert.Empty(ofOthers.Items);
        Assert.Equal("cancelled", ended.State);
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_with_what_could_be()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("lab-member");
        await client.MakeReservationAsync(Wish(world, count: 10), Cancellation);

        var again = await Assert.ThrowsAsync<RefusedException>(() => client.MakeReservationAsync(Wish(world, count: 1), Cancellation));
        var full = await Assert.ThrowsAsync<RefusedException>(() => client.MakeReservationAsync(Wish(world, count: 8) with { Name = "more" }, Cancellation));

        Assert.Equal("urn:meridian:problem:reservation-exists", again.Problem.Type);
        Assert.Equal("urn:meridian:problem:reservation-full", full.Problem.Type);
        Assert.Contains("6 of 8", full.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_nodes_name_no_amounts()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("lab-member");

        var whole = await client.QuoteReservationAsync(Wish(world, count: 1) with { WholeNodes = true, CpuMillicores = null }, Cancellation);
        var both = await Assert.ThrowsAsync<RefusedException>(
            () => client.QuoteReservationAsync(Wish(world, count: 1) with { WholeNodes = true }, Cancellation));

        Assert.Equal(64_000, whole.Holdings[0].CpuMillicores);
        Assert.Equal("urn:meridian:problem:bad-request", both.Problem.Type);
    }

    private static ReservationWish Wish(ApiWorld world, int count) => new(
        "night", Project: null, "west/cpu", world.Time.GetUtcNow().AddHours(1), world.Time.GetUtcNow().AddHours(3), count, WholeNodes: null,
        CpuMillicores: 4_000, MemoryBytes: null, DiskBytes: null, Accelerators: null);
}
