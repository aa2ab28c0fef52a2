using CsCheck;
using Meridian.Optimisation.Linear;
using Meridian.Optimisation.Stock;
using Xunit;

namespace Meridian.Tests.Optimisation;

public sealed class CuttingStockTests
{
    private const int Bar = 20;

    private static readonly Gen<Piece[]> Pieces = Gen.Select(Gen.Int[1, Bar], Gen.Int[1, 50])
        .Array[1, 5]
        .Select(drawn => drawn.GroupBy(d => d.Item1).OrderBy(g => g.Key).Select(g => new Piece(g.Key, g.Sum(d => d.Item2))).ToArray());

    [Fact]
    public void Two_just_below_a_half_cost_half_a_bar_each_and_what_fills_a_gap_for_nothing_costs_nothing()
    {
        var plan = CuttingStock.Solve(barLength: 100, [new(16, 5), new(47, 30), new(81, 40)]);

        Assert.Equal(55, plan.BarCount, 1e-6);
        Assert.Equal([0, 0.5, 1], plan.Prices.Select(price => Math.Round(price, 6)));
    }

    [Fact]
    public void The_plan_is_as_good_as_the_linear_program_over_every_pattern() => Pieces.Sample(pieces =>
    {
        var program = new LinearProgram(maximise: false);
        var rows = pieces.Select(piece => program.AddRow(piece.Demand, double.PositiveInfinity)).ToArray();
        foreach (var pattern in Patterns(pieces, 0, Bar))
        {
            var variable = program.AddVariable(0, double.PositiveInfinity, objective: 1);
            for (var i = 0; i < rows.Length; i++)
                program.SetCoefficient(rows[i], variable, pattern[i]);
        }

        Assert.Equal(program.Solve()!.Objective, CuttingStock.Solve(Bar, pieces).BarCount, 1e-3);
    }, iter: 100);

    [Fact]
    public void No_pattern_is_worth_more_than_a_bar() => Pieces.Sample(pieces =>
    {
        var plan = CuttingStock.Solve(Bar, pieces);
        var values = new double[Bar + 1];
        CuttingStock.BestValues(Bar, [.. pieces.Zip(plan.Prices, (piece, price) => (piece.Length, price))], values);

        Assert.All(
            Patterns(pieces, 0, Bar),
            pattern => Assert.True(pattern.Zip(plan.Prices, (count, price) => count * price).Sum() <= values[Bar] + 1e-9));
        Assert.InRange(values[Bar], 0, 1 + 1e-6);
    }, iter: 100);

    [Fact]
    public void Nothing_wanted_takes_no_bar() => Assert.Equal(0, CuttingStock.Solve(Bar, []).BarCount);

    /// <summary>Every way to cut a bar into pieces, waste allowed.</summary>
    private static IEnumerable<int[]> Patterns(Piece[] pieces, int from, int left)
    {
        if (from == pieces.Length)
        {
            yield return [];
            yield break;
        }

        for (var count = 0; count * pieces[from].Length <= left; count++)
        {
            foreach (var rest in Patterns(pieces, from + 1, left - (count * pieces[from].Length)))
                yield return [count, .. rest];
        }
    }
}
