using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>A task costs what the accelerators cost that it gets, whatever the job named them by.</summary>
public sealed class AcceleratorPriceTests
{
    [Theory]
    [InlineData("A100", "", "A100", 30)]
    [InlineData("", "gpu", "A100", 30)]
    [InlineData("t4", "", "T4", 5)]
    [InlineData("", "gpu", "T4", 5)]
    [InlineData("", "", "T4", 5)]
    [InlineData("L40", "", "L40", 30)] // Not on the list.
    [InlineData("", "gpu", "L40", 30)]
    public void A_task_is_charged_by_the_model_that_it_gets(string model, string kind, string there, int perHour)
    {
        var domain = Lab(there);
        var id = domain.Submit(Job(model, kind));

        domain.Schedule();

        Assert.Equal(perHour * 2, PerHour(domain, id), 1e-6);
    }

    [Fact]
    public void A_quote_by_class_covers_the_dearest_that_may_be_given_and_no_other_is_charged()
    {
        var domain = Lab("T4", "A100");

        Assert.True(domain.Quote(Job("", "gpu")).HoldAtMost >= Money.Cny(2 * 30m));
        var ids = new[] { domain.Submit(Job("", "gpu")), domain.Submit(Job("", "gpu")) };
        domain.Schedule();

        Assert.Equal([10, 60], ids.Select(id => Math.Round(PerHour(domain, id))).Order());
    }

    private static TestDomain Lab(params string[] models)
    {
        var domain = new TestDomain().Site("lab", power: 0).Pool("lab/gpu", coreHour: 0);
        domain.Do(new DeclarePool(domain.State.Sites.Pools[new("lab/gpu")] with { AcceleratorHour = [new("A100", 30), new("T4", 5)] }));
        foreach (var model in models)
        {
            var one = new Accelerator(model, "gpu", DataSize.FromGibibytes(40), UsedMilli: 0);
            domain.Node($"lab/gpu/{model.ToLowerInvariant()}", cores: 64, accelerators: [one, one]);
        }

        return domain;
    }

    private static JobSpec Job(string model, string kind) => TestDomain.Job() with
    {
        Timeout = TimeSpan.FromHours(1),
        Resources = new() { CpuMillicores = 1000, Accelerators = new() { Count = 2, Model = model, Class = kind } },
    };

    private static double PerHour(TestDomain domain, long job) =>
        (double)domain.State.Jobs.Jobs[job].Tasks[0].Live!.PerSecond.Amount * 3600;
}
