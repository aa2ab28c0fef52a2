using CsCheck;
using Meridian.Depot;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Depot;

public sealed class PacerTests
{
    [Fact]
    public async Task A_flow_keeps_its_rate_within_five_percent()
    {
        var flows = Gen.Select(Gen.Double[0.1, 40_000], Gen.Int[1, Pacer.SliceBytes]);
        await flows.SampleAsync(async (megabits, sliceBytes) =>
        {
            var clock = new LeapingClock();
            var rate = Bandwidth.FromMbps(megabits);
            var pacer = new Pacer(rate, clock);
            long sentBytes = 0;
            for (var slice = 0; slice < 400 || clock.Elapsed < TimeSpan.FromMilliseconds(100); slice++)
            {
                await pacer.TakeAsync(sliceBytes, TestContext.Current.CancellationToken);
                sentBytes += sliceBytes;
            }

            var kept = sentBytes / rate.BytesPerSecond / clock.Elapsed.TotalSeconds;
            Assert.InRange(kept, 0.95, 1.05);
        }, iter: 50);
    }

    [Fact]
    public async Task Idling_saves_up_no_more_than_a_tenth_of_a_second()
    {
        var clock = new LeapingClock();
        var pacer = new Pacer(Bandwidth.FromMbps(8), clock);
        clock.Leap(TimeSpan.FromHours(1));
        var began = clock.Elapsed;

        for (var slice = 0; slice < 1000; slice++)
            await pacer.TakeAsync(1000, TestContext.Current.CancellationToken);

        Assert.InRange((clock.Elapsed - began).TotalSeconds, 0.89, 1);
    }

    [Fact]
    public void No_rate_is_no_pace()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pacer(Bandwidth.Zero, new LeapingClock()));
    }
}
