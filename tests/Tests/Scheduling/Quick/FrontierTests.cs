using CsCheck;
using Meridian.Scheduling.Quick;
using Xunit;

namespace Meridian.Tests.Scheduling.Quick;

public sealed class FrontierTests
{
    [Fact]
    public void What_was_put_in_comes_out_once_and_by_its_bound() => Gen.Int[0, 20].Select(Gen.Int[0, 3]).List[0, 400].Sample(drawn =>
    {
        var frontier = new Frontier();
        frontier.Clear();
        for (var node = 0; node < drawn.Count; node++)
            frontier.Add(node, new(drawn[node].Item1, drawn[node].Item2));

        var taken = new List<(int Node, Bound Bound)>();
        while (frontier.TryTake(out var node, out var bound))
        {
            Assert.False(frontier.Precedes(bound));
            taken.Add((node, bound));
        }

        Assert.Equal(drawn.Select((d, node) => (node, new Bound(d.Item1, d.Item2))), taken.OrderBy(t => t.Node));
        Assert.Equal(taken.OrderBy(t => t.Bound.Score).ThenBy(t => t.Bound.Price).Select(t => t.Bound), taken.Select(t => t.Bound));
    }, iter: 200);
}
