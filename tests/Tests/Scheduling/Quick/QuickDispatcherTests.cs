using CsCheck;
using Meridian.Scheduling.Quick;
using Xunit;

namespace Meridian.Tests.Scheduling.Quick;

public sealed class QuickDispatcherTests
{
    [Fact]
    public void Every_job_is_placed_or_refused_once_and_none_waits_when_nothing_runs_any_more() => Gen.ULong.Sample(seed =>
    {
        var world = new QuickWorld(seed, siteCountMax: 6);
        var told = new Told();
        var dispatcher = new QuickDispatcher(world.Path, told);
        for (var i = 0; i < 300; i++)
        {
            world.Now += world.Next(10_000);
            var job = world.NewJob();
            dispatcher.Submit(job, world.Now);
            Assert.Equal(i + 1, told.Jobs.Count + dispatcher.WaitingCount);
            if (told.Running.Count > 0 && world.Chance(0.3))
                dispatcher.End(told.Take(world.Next(told.Running.Count)), world.Now);
        }

        while (told.Running.Count > 0 || dispatcher.WaitingCount > 0)
        {
            // A job that may only wait for links finds them free in the end.
            world.Now += 3_600_000;
            Assert.True(world.Now < 1_900_000_000_000, $"seed {seed}: {dispatcher.WaitingCount} jobs wait for ever");
            while (told.Running.Count > 0)
                dispatcher.End(told.Take(0), world.Now);
            dispatcher.Sweep(world.Now);
        }

        Assert.Equal(300, told.Jobs.Count);
        Assert.Equal(300, told.Jobs.Distinct().Count());
    }, iter: 50);

    private sealed class Told : IQuickListener
    {
        internal List<long> Jobs { get; } = [];

        internal List<int> Running { get; } = [];

        public void Placed(in QuickJob job, in QuickPlacement placement)
        {
            Jobs.Add(job.Id);
            Running.Add(placement.Holding);
        }

        public void Refused(in QuickJob job) => Jobs.Add(job.Id);

        internal int Take(int at)
        {
            var holding = Running[at];
            Running.RemoveAt(at);
            return holding;
        }
    }
}
