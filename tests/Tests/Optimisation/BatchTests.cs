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

        var better = BatchSearch.Improve(problem, first, moveCount: 100);

        Assert.True(problem.IsFeasible(first), $"seed {seed}");
        Assert.True(problem.IsFeasible(better), $"seed {seed}");
        Assert.True(problem.CostOf(better) <= problem.CostOf(first) + 1e-9, $"seed {seed}");
    }, iter: 60);

    [Fact]
    public void The_exact_program_finds_what_trying_every_order_and_mode_finds() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 4, modeCount: 2);
        var first = BatchSearch.Insert(problem, Enumerable.Range(0, 4));
        var (best, _) = BruteForce(problem);

        var exact = BatchProgram.Solve(problem, first, [0, 1, 2, 3], effort: 20);

        Assert.NotNull(exact);
        Assert.True(problem.IsFeasible(exact.Plan), $"seed {seed}");
        Assert.Equal(best, exact.Cost, 1e-6);
        Assert.Equal(best, exact.Bound, 1e-6);
    }, iter: 40);

    [Fact]
    public void No_bound_is_above_the_best_plan_and_no_better_plan_is_ruled_out() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 4, modeCount: 2);
        var (best, plan) = BruteForce(problem);

        foreach (var (slot, slack) in new[] { (1, 0.05), (2, 0.2), (5, 0.0) })
        {
            var limits = BatchBound.Of(problem, best * (1 + slack), slot, finishMax: 200, roundCount: 60);
            Assert.True(limits.Bound <= best + 1e-9, $"seed {seed}, slot {slot}: {limits.Bound} is above {best}");
            for (var i = 0; i < plan.Length; i++)
            {
                if (!plan[i].IsLeftOut)
                    Assert.InRange(plan[i].Start, limits.Starts[i][plan[i].Mode].First, limits.Starts[i][plan[i].Mode].Last);
            }
        }
    }, iter: 60);

    [Fact]
    public void A_bound_is_near_the_best_plan_where_nothing_competes()
    {
        var problem = Draw(seed: 3, activityCount: 5, modeCount: 3) with { Capacities = [1_000, 1_000, 1_000], Taken = [] };
        var plan = BatchSearch.Insert(problem, Enumerable.Range(0, 5));

        var limits = BatchBound.Of(problem, problem.CostOf(plan), slot: 2, finishMax: 100, roundCount: 10);

        Assert.Equal(problem.CostOf(plan), limits.Bound, 1e-9);
    }

    [Fact]
    public void A_small_batch_is_solved_to_the_best_plan_and_proved() => Gen.ULong.Sample(seed =>
    {
        var problem = Draw(seed, activityCount: 4, modeCount: 2);
        var (best, _) = BruteForce(problem);

        var answer = BatchSolver.Solve(problem, BatchSearch.Insert(problem, []), new() { MoveCountEach = 5, ProgramEffort = 20 });

        Assert.True(problem.IsFeasible(answer.Plan), $"seed {seed}");
        Assert.Equal(best, answer.Cost, 1e-6);
        Assert.Equal(best, answer.Bound, 1e-5);
    }, iter: 40);

    [Fact]
    public void The_same_problem_and_seed_give_the_same_plan()
    {
        var problem = Draw(seed: 7, activityCount: 12, modeCount: 3);
        var first = BatchSearch.Insert(problem, Enumerable.Range(0, 12));
        var options = new BatchOptions { MoveCountEach = 30, ProgramModeCountMax = 100, ProgramEffort = 0.1 };

        var (one, other) = (BatchSolver.Solve(problem, first, options), BatchSolver.Solve(problem, first, options));

        Assert.Equal(one.Plan, other.Plan);
        Assert.Equal((one.Cost, one.Bound), (other.Cost, other.Bound));
    }

    /// <summary>Of plans in which nothing could start earlier one is the best; each comes of some order and some modes.</summary>
    private static (double Cost, Choice[] Plan) BruteForce(BatchProblem problem)
    {
        var (best, plan) = (double.PositiveInfinity, Array.Empty<Choice>());
        foreach (var order in Orders([.. Enumerable.Range(0, problem.Activities.Length)]))
        {
            foreach (var modes in Modes(problem, 0, []))
            {
                var (usage, cost, choices) = (new ResourceUsage(problem), 0d, new Choice[problem.Activities.Length]);
                foreach (var index in order)
                {
                    var (activity, mode) = (problem.Activities[index], modes[index]);
                    var start = mode < 0 ? null : usage.Earliest(activity.Modes[mode], activity.FinishMax - activity.Modes[mode].Length);
                    choices[index] = start is { } at ? new(mode, at) : Choice.LeftOut;
                    cost += activity.CostOf(choices[index]);
                    if (start is { } taken)
                        usage.Add(activity.Modes[mode], taken, 1);
                }

                if (cost < best)
                    (best, plan) = (cost, choices);
            }
        }

        return (best, plan);
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
