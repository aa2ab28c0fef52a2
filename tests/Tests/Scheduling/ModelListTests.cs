using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Jobs that name several models of accelerators, each of which will do.</summary>
public sealed class ModelListTests
{
    [Theory]
    [InlineData("A100", "dear", 20)]
    [InlineData("[A100, H800]", "cheap", 6)]
    [InlineData("[h800, A100]", "cheap", 6)]
    public void A_job_goes_where_the_models_that_will_do_are_best_and_pays_for_those(string models, string site, int perHour)
    {
        var domain = Fleet();
        var id = domain.Submit(Read(models));

        domain.Schedule();

        var attempt = domain.State.Jobs.Jobs[id].Tasks[0].Live!;
        Assert.Equal(site, attempt.Node.Site.Value);
        Assert.Equal(perHour, Math.Round(attempt.PerSecond.Amount * 3600, 3));
        Assert.Equal(2, attempt.Shares.Length);
    }

    [Fact]
    public void A_pool_with_none_of_the_models_is_refused_by_all_their_names()
    {
        var domain = Fleet();
        var id = domain.Submit(Read("[MI300, B200]"));

        var refused = domain.Explain(id).Explanation!.Candidates;

        Assert.All(refused, c => Assert.Equal(ReasonCodes.NoAccelerator, c.Reason));
        Assert.All(refused, c => Assert.Equal(["2 × MI300 / B200"], c.Particulars));
    }

    [Fact]
    public void Jobs_that_name_other_further_models_are_weighed_apart()
    {
        var domain = Fleet();
        var (first, second) = (domain.Submit(Read("[A100, B200]")), domain.Submit(Read("[A100, H800]")));

        domain.Schedule();

        Assert.Equal("dear", domain.State.Jobs.Jobs[first].Tasks[0].Live!.Node.Site.Value);
        Assert.Equal("cheap", domain.State.Jobs.Jobs[second].Tasks[0].Live!.Node.Site.Value);
    }

    [Fact]
    public void An_empty_list_of_models_is_refused() =>
        Assert.Contains("names no model", Assert.Single(JobFile.Parse(Text("[]"), "job.yaml").Diagnostics).ToString(), StringComparison.Ordinal);

    private static TestDomain Fleet()
    {
        var domain = new TestDomain();
        foreach (var (site, model, price) in new[] { ("dear", "A100", 10m), ("cheap", "H800", 3m) })
        {
            domain.Site(site, power: 0).Do(new DeclarePool(new(
                new(site + "/main"), "process", CpuCoreHour: 0, MemoryGibHour: 0, [new("A100", 10), new("H800", 3), new(model, price)], Speed: 1,
                WattsPerCore: 0, IsDraining: false)));
            domain.Node(site + "/main/n", accelerators: [.. Enumerable.Repeat(new Accelerator(model, "gpu", DataSize.FromGibibytes(40), 0), 2)]);
        }

        return domain;
    }

    private static string Text(string models) =>
        $"name: job\ncommand: [x]\nobjective: cheapest\naccelerators: {{ count: 2, model: {models} }}\n";

    private static JobSpec Read(string models) => JobFile.Parse(Text(models), "job.yaml").Spec!;
}
