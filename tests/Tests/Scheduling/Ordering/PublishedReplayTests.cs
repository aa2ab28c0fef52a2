using Meridian.Benches.Swf;
using Meridian.Scheduling.Ordering;
using Xunit;

namespace Meridian.Tests.Scheduling.Ordering;

/// <summary>The replay of the benchmark <c>swf</c> on a trace small enough to work out by hand.</summary>
public sealed class PublishedReplayTests
{
    /// <summary>
    /// Four processors. Job 1 takes three until 100. Job 2 wants all four. Job 3 is short and could pass it; job 4 is too
    /// long. Job 5 has no run time and is left out; job 6 has an unknown one, so it runs for ten seconds.
    /// </summary>
    private const string Trace =
        """
        ; Version: 2
        ; MaxNodes: 4
        1   0 -1 100 3 -1 -1 -1 100 -1 1  7 1 -1 1 -1 -1 -1
        2  10 -1  50 4 -1 -1 -1  60 -1 1  8 1 -1 1 -1 -1 -1
        3  20 -1  30 1 -1 -1 -1  40 -1 1  7 1 -1 1 -1 -1 -1
        4  30 -1 200 1 -1 -1 -1 200 -1 1  8 1 -1 1 -1 -1 -1
        5  40 -1   0 1 -1 -1 -1  10 -1 1  8 1 -1 1 -1 -1 -1
        6 500 -1  -1 1 -1 -1  2  -1 -1 1 -1 1 -1 1 -1 -1 -1
        """;

    private static readonly SwfTrace Read = SwfTrace.Read(new StringReader(Trace));

    [Fact]
    public void Jobs_are_read_as_the_published_experiments_read_them()
    {
        Assert.Equal(4, Read.Processors);
        Assert.Equal([1, 2, 3, 4, 6], Read.Jobs.Select(job => job.Id));
        Assert.Equal(new(6, 500, 10, 2, -1, -1, 1, -1, 1), Read.Jobs[^1] with { RequestedSeconds = -1 });
    }

    [Fact]
    public void Without_backfill_the_head_blocks_the_queue() =>
        Assert.Equal([(1, 0), (2, 100), (3, 150), (4, 150), (6, 500)], Starts(backfills: false, PublishedRow.Submission));

    [Fact]
    public void With_backfill_what_ends_before_the_heads_expected_start_passes_it() =>
        Assert.Equal([(1, 0), (3, 20), (2, 100), (4, 150), (6, 500)], Starts(backfills: true, PublishedRow.Submission));

    [Fact]
    public void The_shortest_is_chosen_only_among_those_that_wait_when_a_job_is_chosen() =>
        Assert.Equal([(1, 0), (2, 100), (3, 150), (4, 150), (6, 500)], Starts(backfills: false, PublishedRow.ShortestFirst));

    [Fact]
    public void Slowdown_counts_short_jobs_as_of_ten_seconds_and_utilisation_ends_with_the_last_start()
    {
        var window = PublishedReplay.Run(Read, new(0, 5), PublishedRow.Submission, backfills: true);
        var outcome = SwfOutcome.Of(Read, [window]);

        Assert.Equal(((1 + ((90 + 50) / 50.0) + 1 + ((120 + 200) / 200.0) + 1) / 5), outcome.BoundedSlowdown, precision: 9);
        Assert.Equal(((300 + 200 + 30 + 200 + 20) / (4 * 500.0)), outcome.Utilisation, precision: 9);
        Assert.Equal(120, outcome.LongestWaitSeconds);
    }

    [Fact]
    public void Our_own_order_lets_the_short_job_pass_and_gives_the_same_for_the_same_seed()
    {
        var first = OwnReplay.Run(Read, new(0, 5), new BatchOptions(), seed: 3);

        Assert.Equal(20, first.Single(job => job.Job.Id == 3).StartSeconds);
        Assert.Equal(first, OwnReplay.Run(Read, new(0, 5), new BatchOptions(), seed: 3));
        Assert.Equal(5, first.Count);
    }

    private static IEnumerable<(int, int)> Starts(bool backfills, Func<SwfJob, double> score) =>
        PublishedReplay.Run(Read, new(0, 5), score, backfills).Select(job => (job.Job.Id, (int)job.StartSeconds));
}
