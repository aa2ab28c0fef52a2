using Meridian.Simulation;
using Xunit;

namespace Meridian.Tests.Simulation;

public sealed class SimulatorTests
{
    private const int SeedsMax = 20;

    [Fact]
    public void Two_hundred_and_forty_worlds_break_no_rule()
    {
        var report = Simulator.Run(first: 1, seeds: 240, new());

        Assert.Empty(report.Violations);
        Assert.True(report.Faults > 240 * 20, $"only {report.Faults} faults");
    }

    [Fact]
    public void Worlds_are_full_of_what_may_happen()
    {
        var happened = Simulator.Run(first: 1, seeds: 40, new()).Happened;

        string[] expected =
        [
            "DatasetRemoved", "ReplicasForgotten", "DatasetRegistered", "ExchangeOrdered", "ExchangeEnded", "HopStarted", "CircuitBooked",
            "TaskStopOrdered", "NodeBanned", "NodeLost", "service lease-over", "task timeout", "task exit-code", "task succeeded",
        ];
        Assert.All(expected, what => Assert.True(happened.GetValueOrDefault(what) > 0, $"{what} never happened: {string.Join(", ", happened.Keys)}"));
        Assert.Contains(happened.Keys, what => what.StartsWith("service ", StringComparison.Ordinal) && what.EndsWith("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_seed_gives_the_same_world()
    {
        var once = Simulator.Run(first: 7, seeds: 3, new());
        var again = Simulator.Run(first: 7, seeds: 3, new());

        Assert.Equal((once.Steps, once.Faults, once.TraceHash), (again.Steps, again.Faults, again.TraceHash));
        Assert.NotEqual(once.TraceHash, Simulator.Run(first: 8, seeds: 3, new()).TraceHash);
    }

    [Fact]
    public void A_journal_without_fencing_is_found() =>
        Assert.NotNull(Simulator.FindFirst(first: 1, SeedsMax, new() { WithoutFencing = true }));

    [Fact]
    public void An_acknowledgement_before_the_flush_is_found()
    {
        var found = Simulator.FindFirst(first: 1, SeedsMax, new() { AcknowledgesBeforeFlush = true });

        Assert.NotNull(found);
        Assert.Contains("acknowledged", found.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_refund_is_found() =>
        Assert.NotNull(Simulator.FindFirst(first: 1, SeedsMax, new() { LosesRefunds = true }));

    [Fact]
    public void A_start_before_its_record_is_on_the_disk_is_found()
    {
        var found = Simulator.FindFirst(first: 1, 3 * SeedsMax, new() { LaunchesBeforeRecord = true, Transfers = 0 });

        Assert.NotNull(found);
        Assert.Matches("started twice|run at once", found.Rule);
    }

    [Fact]
    public void The_bench_ends_with_its_figures_as_json()
    {
        using var output = new StringWriter();

        Assert.Equal(0, new Meridian.Benches.Worlds.SimulateBench().Run(["--seeds", "1", "--first", "1", "--json"], output));

        var last = output.ToString().TrimEnd().Split('\n')[^1];
        using var figures = System.Text.Json.JsonDocument.Parse(last);
        Assert.Equal(1, figures.RootElement.GetProperty("seeds").GetInt32());
        Assert.Equal(0, figures.RootElement.GetProperty("violations").GetInt32());
    }
}
