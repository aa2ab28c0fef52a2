using CsCheck;
using Meridian.Scheduling.Ordering;
using Xunit;

namespace Meridian.Tests.Scheduling.Ordering;

public sealed class RunTimeHistoryTests
{
    private static readonly Family Train = new("lab", "train");

    [Fact]
    public void Exact_requests_are_soon_believed()
    {
        var history = new RunTimeHistory();
        for (var i = 0; i < 500; i++)
            history.Learn(new("", "any"), requestedSeconds: 1000 + i, runSeconds: 1000 + i);

        Assert.InRange(history.Beliefs([]).Of(new("", "other"), 7200).MeanSeconds, 7100, 7200);
    }

    [Fact]
    public void An_owner_who_asks_for_far_too_much_is_believed_less_than_the_others()
    {
        var history = new RunTimeHistory();
        for (var i = 0; i < 20; i++)
        {
            history.Learn(Train, requestedSeconds: 36_000, runSeconds: 60);
            history.Learn(new("other", "train"), requestedSeconds: 36_000, runSeconds: 36_000);
        }

        var beliefs = history.Beliefs([]);

        Assert.True(beliefs.Of(Train, 36_000).MeanSeconds < 1_000);
        Assert.True(beliefs.Of(new("other", "train"), 36_000).MeanSeconds > 30_000);
        Assert.True(beliefs.Of(Train, 36_000).MeanPerSecond > beliefs.Of(new("other", "train"), 36_000).MeanPerSecond);
    }

    [Fact]
    public void The_kind_of_job_counts_more_than_the_owner()
    {
        var history = new RunTimeHistory();
        for (var i = 0; i < 10; i++)
        {
            history.Learn(Train, requestedSeconds: 36_000, runSeconds: 30_000);
            history.Learn(new("lab", "test"), requestedSeconds: 36_000, runSeconds: 60);
        }

        Assert.True(history.Beliefs([]).Of(Train, 36_000).MeanSeconds > 20_000);
        Assert.True(history.Beliefs([]).Of(new("lab", "test"), 36_000).MeanSeconds < 10_000);
    }

    [Fact]
    public void What_runs_for_long_already_makes_long_run_times_likelier()
    {
        var history = new RunTimeHistory();
        var before = history.Beliefs([]).Of(Train, 36_000);
        var after = history.Beliefs([new(Train, 36_000, ElapsedSeconds: 18_000)]).Of(Train, 36_000);

        Assert.True(after.MeanSeconds > before.MeanSeconds);
    }

    [Fact]
    public void A_belief_is_never_longer_than_the_request_and_its_inverse_never_smaller_than_the_mean_implies() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 100_000], Gen.Int[1, 100_000]).Array[0, 60].Select(Gen.Int[1, 50_000]).Sample((jobs, requested) =>
        {
            var history = new RunTimeHistory();
            foreach (var (owner, asked, ran) in jobs)
                history.Learn(new(owner == 0 ? "" : $"{owner}", "job"), asked, Math.Min(asked, ran));
            var belief = history.Beliefs([]).Of(new("1", "job"), requested);

            Assert.InRange(belief.MeanSeconds, 0, requested + 1e-6);
            Assert.True(belief.MeanPerSecond >= (1 / Math.Max(10, belief.MeanSeconds)) - 1e-9 || belief.MeanSeconds < 10);
        });
}
