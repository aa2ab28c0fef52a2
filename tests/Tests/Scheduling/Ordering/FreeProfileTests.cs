using CsCheck;
using Meridian.Scheduling.Ordering;
using Xunit;

namespace Meridian.Tests.Scheduling.Ordering;

public sealed class FreeProfileTests
{
    private const int Horizon = 400;

    [Fact]
    public void A_job_takes_the_first_place_that_trying_every_second_would_find() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 40]).Array[1, 12].Select(Gen.Select(Gen.Int[1, 30], Gen.Int[1, 3]).Array[0, 4]).Sample(
            (jobs, running) =>
            {
                var free = 12 - running.Sum(r => r.Item2);
                var profile = FreeProfile.Of(0, free, running.Select(r => ((double)r.Item1, r.Item2)));
                var seconds = Enumerable.Range(0, Horizon + 100)
                    .Select(at => free + running.Where(r => r.Item1 <= at).Sum(r => r.Item2)).ToArray();
                foreach (var (processors, length) in jobs)
                {
                    var first = Enumerable.Range(0, Horizon).First(at => seconds.Skip(at).Take(length).All(f => f >= processors));
                    Assert.Equal(seconds.Take(length).All(f => f >= processors), profile.Fits(processors, length));
                    Assert.Equal(first, profile.TakeEarliest(processors, length));
                    for (var at = first; at < first + length; at++)
                        seconds[at] -= processors;
                }
            });

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var profile = FreeProfile.Of(0, 4, [(10, 4)]);
        profile.Take(8, start: 20, end: 30);
        Assert.Equal(30, profile.TakeEarliest(8, 25));

        profile.Take(-8, start: 20, end: 30);

        Assert.Equal(10, profile.TakeEarliest(8, 15));
    }
}
