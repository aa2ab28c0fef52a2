using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class ReservationCommandTests
{
    private static readonly HoldingView Held = new("west/gpu/n1", 32_000, 1L << 36, 1L << 30, 4_000, 8_000, 1L << 34, 1_000);

    private static readonly ReservationView View = new(
        7, "nightly", "demo", "west/gpu", "active", Samples.At, Samples.At.AddHours(8), 4, WholeNodes: false, "64.00 CNY", "64.00 CNY", "0 CNY",
        "ann", Samples.At, EndedAt: null, [Held]);

    [Fact]
    public async Task What_is_asked_for_reaches_the_server_in_its_units()
    {
        using var run = new CliRun(new FakeServer().On("POST reservations", View));

        var code = await run.RunAsync(
            "reservation", "add", "nightly", "--pool", "west/gpu", "--from", "2026-12-01T20:00+08:00", "--to", "8h", "--count", "4", "--cpu", "8",
            "--memory", "16GiB", "--accelerators", "1", "--model", "A100");

        Assert.Equal((0, "7\n"), (code, run.Out));
        Assert.Contains("\"from\":\"2026-12-01T12:00:00+00:00\",\"to\":\"2026-12-01T20:00:00+00:00\",\"count\":4", run.Server.Bodies[0], StringComparison.Ordinal);
        Assert.Contains("\"cpuMillicores\":8000,\"memoryBytes\":17179869184", run.Server.Bodies[0], StringComparison.Ordinal);
        Assert.Contains("held at west/gpu", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_found_by_its_name_and_shown_with_its_nodes()
    {
        using var run = new CliRun(new FakeServer().On("GET reservations", new Page<ReservationView>([View], NextCursor: null)));

        var (shown, unknown) = (await run.RunAsync("reservation", "show", "nightly"), await run.RunAsync("reservation", "show", "other"));

        Assert.Equal((0, 4), (shown, unknown));
        Assert.Contains("8/32", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_nodes_and_amounts_exclude_each_other()
    {
        using var run = new CliRun(new FakeServer());

        Assert.Equal(2, await run.RunAsync("reservation", "add", "x", "--pool", "p/q", "--to", "1h", "--nodes", "2", "--cpu", "4"));
    }
}
