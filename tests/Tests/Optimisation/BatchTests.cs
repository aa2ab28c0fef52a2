using System.Collections.Immutable;
using CsCheck;
using Meridian.Optimisation.Batches;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Optimisation;

public sealed class BatchTests
{
    [Fact]
    public void Every_plan_is_feasible_and_a_search_never_makes_one_worse() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 8, modeCount: 3);
        var first = BatchSearch.Insert(problem, Enumerable.Range(0, 8));

        var better = BatchSearch.Improve(problem, first, new() { MoveCount = 100, ProgramCount = 2, OpenCount = 4 });

        Assert.True(problem.IsFeasible(first), $"seed {seed}");
        Assert.True(problem.IsFeasible(better), $"seed {seed}");
        Assert.True(problem.CostOf(better) <= problem.CostOf(first) + 1e-9, $"seed {seed}");
    }, iter: 60);

    [Fact]
    public void The_exact_program_finds_what_trying_every_order_and_mode_finds() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 4, modeCount: 2);
        var first = BatchSearch.Insert(problem, Enumerable.Range(0, 4));
        var best = BruteForce(problem);

        var exact = BatchProgram.Solve(problem, first, [0, 1, 2, 3], effort: 20);

        Assert.NotNull(exact);
        Assert.True(problem.IsFeasible(exact.Plan), $"seed {seed}");
        Assert.Equal(best, exact.Cost, 1e-6);
        Assert.Equal(best, exact.Bound, 1e-6);
    }, iter: 40);

    [Fact]
    public void No_bound_is_above_the_best_plan() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 4, modeCount: 2);
        var best = BruteForce(problem);

        foreach (var slot in new[] { 1, 2, 5 })
        {
            var bound = BatchBound.Of(problem, best * 1.1, slot, finishMax: 200, roundCount: 40);
            Assert.True(bound <= best + 1e-9, $"seed {seed}, slot {slot}: {bound} is above {best}");
        }
    }, iter: 60);

    [Fact]
    public void The_same_problem_and_seed_give_the_same_plan()
    {
        var problem = Draw(seed: 7, activityCount: 12, modeCount: 3);
        var first = BatchSearch.Insert(problem, Enumerable.Range(0, 12));
        var options = new BatchSearchOptions { MoveCount = 300, ProgramCount = 3, OpenCount = 4 };

        Assert.Equal(BatchSearch.Improve(problem, first, options), BatchSearch.Improve(problem, first, options));
    }

    /// <summary>Of plans in which nothing could start earlier one is the best; each comes of some order and some modes.</summary>
    private static double BruteForce(BatchProblem problem)
    {
        var best = double.PositiveInfinity;
        foreach (var order in Orders([.. Enumerable.Range(0, problem.Activities.Length)]))
        {
            foreach (var modes in Modes(problem, 0, []))
            {
                var (usage, cost) = (new ResourceUsage(problem), 0d);
                foreach (var index in order)
                {
                    var (activity, mode) = (problem.Activities[index], modes[index]);
                    var start = mode < 0 ? null : usage.Earliest(activity.Modes[mode], activity.FinishMax - activity.Modes[mode].Length);
                    cost += activity.CostOf(start is { } at ? new(mode, at) : Choice.LeftOut);
                    if (start is { } taken)
                        usage.Add(activity.Modes[mode], taken, 1);
                }

                best = Math.Min(best, cost);
            }
        }

        return best;
    }

    private static IEnumerable<ImmutableList<int>> Orders(ImmutableList<int> left) => left.IsEmpty
        ? [[]]
        : left.SelectMany(first => Orders(left.Remove(first)).Select(rest => rest.Insert(0, first)));

    private static IEnumerable<ImmutableList<int>> Modes(BatchProblem problem, int index, ImmutableList<int> before) =>
        index == problem.Activities.Length
            ? [before]
            : Enumerable.Range(-1, problem.Activities[index].Modes.Length + 1).SelectMany(mode => Modes(problem, index + 1, before.Add(mode)));

    private static BatchProblem Draw(ulong seed, int activityCount, int modeCount)
    {
        var draw = new Seed(seed);
        long[] capacities = [4 + draw.Next(4), 4 + draw.Next(4), 5];
        var taken = Enumerable.Range(0, 3)
            .Where(_ => draw.Chance(0.5)).Select(r => new Taken(r, draw.Next(6), 6 + draw.Next(8), 1 + draw.Next(4))).ToImmutableArray();
        Mode Mode()
        {
            var (hold, run) = (draw.Next(5), 1 + draw.Next(9));
            return new(hold + run, draw.Next(20), [new(draw.Next(2), 0, hold + run, 1 + draw.Next(4)), new(2, 0, hold, 1 + draw.Next(5))]);
        }

        return new([.. capacities], taken,
        [
            .. Enumerable.Range(0, activityCount).Select(_ => new Activity(
                [.. Enumerable.Range(0, modeCount).Select(_ => Mode())], CostPerTime: 0.5 + draw.Next(4),
                FinishMax: draw.Chance(0.3) ? 10 + draw.Next(20) : 10_000, CostLeftOut: 100 + draw.Next(100))),
        ]);
    }
}
