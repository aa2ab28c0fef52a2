using CsCheck;
using Meridian.Optimisation.Linear;
using Meridian.Optimisation.Packing;
using Xunit;

namespace Meridian.Tests.Optimisation;

public class PackingTests
{
    private const int ResourceCount = 8;

    private static readonly Gen<PackingProblem> Problems = Gen.Select(
        Gen.Double[1, 10].Array[ResourceCount],
        Gen.Select(Gen.Double[0, 8], Gen.Int[1, (1 << ResourceCount) - 1].Array[1, 4]).Array[1, 20]).Select(Problem);

    [Fact]
    public void A_total_packing_fits_is_near_the_exact_optimum_and_under_its_bound()
    {
        Problems.Sample(problem =>
        {
            var result = TotalPacking.Solve(problem);

            var best = ExactTotal(problem);
            AssertFits(problem, result.Amounts);
            Assert.Equal(result.Amounts.Sum(), result.Value, 9);
            Assert.InRange(result.Value, (best * 0.98) - 1e-6, best + 1e-6);
            Assert.True(result.Bound >= best - 1e-6, $"bound {result.Bound} under the optimum {best}");
        }, iter: 60);
    }

    [Fact]
    public void A_least_load_is_complete_near_the_exact_optimum_and_over_its_bound()
    {
        Problems.Where(problem => problem.LoadsOf(Evenly(problem)).Sum() > 0).Sample(problem =>
        {
            var result = LeastLoad.Solve(problem);

            var best = ExactLoad(problem);
            for (var group = 0; group < problem.GroupCount; group++)
                Assert.Equal(problem.Amounts[group], Taken(problem, result.Amounts, group), tolerance: 1e-6);
            Assert.InRange(result.Value, best - 1e-6, (best * 1.02) + 1e-6);
            Assert.True(result.Bound <= best + 1e-6, $"bound {result.Bound} over the optimum {best}");
        }, iter: 60);
    }

    [Fact]
    public void The_same_problem_gives_the_same_answer_to_the_last_bit()
    {
        Problems.Sample(problem =>
        {
            Assert.Equal(TotalPacking.Solve(problem).Amounts, TotalPacking.Solve(problem).Amounts);
            Assert.Equal(LeastLoad.Solve(problem).Amounts, LeastLoad.Solve(problem).Amounts);
        }, iter: 10);
    }

    private static PackingProblem Problem(double[] capacities, (double Amount, int[] Columns)[] groups)
    {
        var columns = new List<int> { 0 };
        var offsets = new List<int> { 0 };
        var resources = new List<int>();
        foreach (var (_, masks) in groups)
        {
            foreach (var mask in masks)
            {
                resources.AddRange(Enumerable.Range(0, ResourceCount).Where(resource => (mask >> resource & 1) == 1));
                offsets.Add(resources.Count);
            }

            columns.Add(offsets.Count - 1);
        }

        return new(capacities, [.. groups.Select(group => group.Amount)], [.. columns], [.. offsets], [.. resources]);
    }

    private static double[] Evenly(PackingProblem problem)
    {
        var amounts = new double[problem.ColumnCount];
        for (var group = 0; group < problem.GroupCount; group++)
            amounts[problem.ColumnOffsets[group]] = problem.Amounts[group];
        return amounts;
    }

    private static double Taken(PackingProblem problem, double[] amounts, int group) =>
        amounts[problem.ColumnOffsets[group]..problem.ColumnOffsets[group + 1]].Sum();

    private static void AssertFits(PackingProblem problem, double[] amounts)
    {
        var loads = problem.LoadsOf(amounts);
        for (var resource = 0; resource < loads.Length; resource++)
            Assert.True(loads[resource] <= problem.Capacities[resource] + 1e-7);
        for (var group = 0; group < problem.GroupCount; group++)
            Assert.True(Taken(problem, amounts, group) <= problem.Amounts[group] + 1e-7);
        Assert.DoesNotContain(amounts, amount => amount < 0);
    }

    private static double ExactTotal(PackingProblem problem)
    {
        var program = new LinearProgram(maximise: true);
        var rows = problem.Capacities.Select(capacity => program.AddRow(double.NegativeInfinity, capacity)).ToArray();
        AddColumns(program, problem, rows, low: double.NegativeInfinity, objective: 1);
        return program.Solve()!.Objective;
    }

    private static double ExactLoad(PackingProblem problem)
    {
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var rows = problem.Capacities.Select(_ => program.AddRow(double.NegativeInfinity, 0)).ToArray();
        for (var resource = 0; resource < rows.Length; resource++)
            program.SetCoefficient(rows[resource], level, -problem.Capacities[resource]);
        AddColumns(program, problem, rows, low: null, objective: 0);
        return program.Solve()!.Objective;
    }

    private static void AddColumns(LinearProgram program, PackingProblem problem, int[] rows, double? low, double objective)
    {
        for (var group = 0; group < problem.GroupCount; group++)
        {
            var row = program.AddRow(low ?? problem.Amounts[group], problem.Amounts[group]);
            for (var column = problem.ColumnOffsets[group]; column < problem.ColumnOffsets[group + 1]; column++)
            {
                var variable = program.AddVariable(0, double.PositiveInfinity, objective);
                program.SetCoefficient(row, variable, 1);
                foreach (var resource in problem.ResourcesOf(column))
                    program.SetCoefficient(rows[resource], variable, 1);
            }
        }
    }
}
