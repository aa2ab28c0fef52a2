using CsCheck;
using Meridian.Scheduling.Ordering;
using Xunit;

namespace Meridian.Tests.Scheduling.Ordering;

public sealed class BatchPlannerTests
{
    private const int Processors = 16;
    private static readonly BatchOptions Options = new() { PromiseAfterSeconds = 500, SearchDepth = 8, SearchTries = 20 };

    private static readonly Gen<BatchWork[]> Streams = Gen
        .Select(Gen.Int[1, Processors], Gen.Int[0, 60], Gen.Int[1, 300], Gen.Int[1, 100])
        .Array[1, 80]
        .Select(draws =>
        {
            var at = 0L;
            return draws.Select((draw, index) => new BatchWork(
                index, draw.Item1, at += draw.Item2, draw.Item3, Math.Max(1, draw.Item3 * draw.Item4 / 100))).ToArray();
        });

    [Fact]
    public void A_promised_start_is_kept_and_never_postponed() => Streams.Sample(stream =>
    {
        var machine = new BatchMachine(Processors, Options, seed: 1);
        machine.Run(stream);

        Assert.Equal(stream.Length, machine.Starts.Count);
        Assert.Empty(machine.Postponed);
        Assert.All(machine.FirstPromises, promise => Assert.True(machine.Starts[promise.Key] <= promise.Value.Start));
    }, iter: 300);

    [Fact]
    public void A_job_is_promised_a_start_once_it_has_waited_for_so_long() => Streams.Sample(stream =>
    {
        var machine = new BatchMachine(Processors, Options, seed: 1);
        machine.Run(stream);

        foreach (var work in stream.Where(work => machine.Starts[work.Id] - work.SubmittedSeconds > Options.PromiseAfterSeconds))
        {
            // At the first event after the bound, of which there is one at least every 300 seconds, the longest request.
            Assert.True(
                machine.FirstPromises.TryGetValue(work.Id, out var promise)
                    ? promise.At - work.SubmittedSeconds <= Options.PromiseAfterSeconds + 300
                    : machine.Starts[work.Id] - work.SubmittedSeconds <= Options.PromiseAfterSeconds + 300,
                $"job {work.Id} started at {machine.Starts[work.Id]}");
        }
    }, iter: 300);

    [Fact]
    public void The_streams_of_these_tests_do_lead_to_promises()
    {
        var machine = new BatchMachine(Processors, Options, seed: 1);
        machine.Run(AWideJobAmongSmallOnes());

        Assert.Contains(1, machine.FirstPromises.Keys);
    }

    [Fact]
    public void A_job_of_the_whole_machine_starts_though_small_ones_never_stop_coming()
    {
        var machine = new BatchMachine(Processors, Options, seed: 1);
        machine.Run(AWideJobAmongSmallOnes());

        Assert.InRange(machine.Starts[1], 0, (long)Options.PromiseAfterSeconds + 200);
    }

    [Fact]
    public void Without_a_bound_the_same_job_would_wait_until_the_small_ones_end()
    {
        var machine = new BatchMachine(Processors, Options with { PromiseAfterSeconds = double.MaxValue, SearchTries = 0 }, seed: 1);
        machine.Run(AWideJobAmongSmallOnes());

        Assert.True(machine.Starts[1] > 5_000);
    }

    [Fact]
    public void What_is_probably_short_and_narrow_goes_first()
    {
        var picture = new BatchPicture(0, 4, [], [Waiting(1, 4, mean: 1000), Waiting(2, 4, mean: 20), Waiting(3, 4, mean: 500)]);

        Assert.Equal([2L], BatchPlanner.Decide(picture, Options, new(1)).Starts);
    }

    [Fact]
    public void A_small_job_fills_the_gap_before_a_wide_one_and_a_long_one_does_not_delay_it()
    {
        RunningJob[] running = [new(Processors: 3, StartedSeconds: 0, RequestedSeconds: 100, ExpectedSeconds: 100)];
        var picture = new BatchPicture(
            10, 1, running, [Waiting(1, 4, mean: 20), Waiting(2, 1, mean: 90), Waiting(3, 1, mean: 95)]);

        Assert.Equal([2L], BatchPlanner.Decide(picture, Options with { SearchTries = 0 }, new(1)).Starts);
    }

    /// <summary>Jobs of half the machine overlap for ten thousand seconds, so that it is never wholly free by chance.</summary>
    private static BatchWork[] AWideJobAmongSmallOnes() =>
    [
        new(0, 8, 0, 100, 100), new(1, Processors, 1, 100, 100),
        .. Enumerable.Range(1, 200).Select(i => new BatchWork(i + 1, 8, i * 50, 100, 100)),
    ];

    private static WaitingJob Waiting(long id, int processors, double mean) => new(
        id, processors, SubmittedSeconds: 0, RequestedSeconds: mean, new(mean, 1 / mean), PromisedSeconds: null);
}
