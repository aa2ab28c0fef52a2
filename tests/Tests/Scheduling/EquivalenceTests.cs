using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Accelerators that the operator declared equal for a workload are taken in place of those that a job names.</summary>
public sealed class EquivalenceTests
{
    private const string Training = "llm-training";

    [Theory]
    [InlineData(8, 1000, "0.67", 12, 1000)]
    [InlineData(8, 1000, "1", 8, 1000)]
    [InlineData(8, 1000, "2.5", 4, 1000)]
    [InlineData(1, 500, "0.5", 1, 1000)]
    [InlineData(1, 500, "2", 1, 250)]
    [InlineData(1, 500, "0.4", 2, 1000)]
    [InlineData(2, 333, "0.7", 2, 476)]
    public void As_much_is_taken_as_was_asked_for(int count, int milli, string factor, int taken, int takenMilli)
    {
        var equal = new Equivalence(new(Training, "A100", "Ascend 910B"), decimal.Parse(factor, System.Globalization.CultureInfo.InvariantCulture));

        var instead = equal.Instead(new() { Model = "A100", Count = count, FractionMilli = milli, Workload = Training })!;

        Assert.Equal(("Ascend 910B", taken, takenMilli), (instead.Model, instead.Count, instead.FractionMilli));
    }

    [Fact]
    public void Never_less_is_taken_than_was_asked_for()
    {
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 1000], Gen.Int[1, 10_000]).Sample((count, milli, thousandths) =>
        {
            var equal = new Equivalence(new(Training, "A100", "other"), thousandths / 1000m);
            if (equal.Instead(new() { Model = "A100", Count = count, FractionMilli = milli }) is { } instead)
                Assert.True(instead.Count * instead.FractionMilli * equal.Factor >= count * milli);
            else
                Assert.True(count * milli / 1000m / equal.Factor > 1000);
        });
    }

    [Fact]
    public void A_job_that_names_its_workload_gets_more_of_the_weaker_model_and_pays_for_what_it_gets()
    {
        var domain = Fleet(declared: 0.5m);
        var (first, second) = (domain.Submit(Job(count: 2)), domain.Submit(Job(count: 2)));

        domain.Schedule();

        var (own, instead) = (Attempt(domain, first), Attempt(domain, second));
        Assert.Equal(("a100/main", 2), (own.Node.Pool.Value, own.Shares.Length));
        Assert.Equal(("ascend/main", 4), (instead.Node.Pool.Value, instead.Shares.Length));
        Assert.Equal(40m, Math.Round(instead.PerSecond.Amount * 3600, 3)); // Four at ten an hour; processors cost nothing here.
        var record = domain.State.Jobs.Jobs[second].Explanation!.Candidates.Single(c => c.Verdict == "chosen");
        Assert.Equal(new AcceleratorsInstead(4, new(new(Training, "A100", "Ascend 910B"), 0.5m)), record.Instead);
    }

    [Fact]
    public void Nothing_is_taken_instead_that_nobody_declared_or_the_job_does_not_allow()
    {
        var undeclared = Fleet(declared: null);
        var silent = Fleet(declared: 0.5m);
        var other = Fleet(declared: 0.5m);

        Assert.Equal(["a100"], SitesOf(undeclared, Job(count: 2), Job(count: 2)));
        Assert.Equal(["a100"], SitesOf(silent, Job(count: 2, workload: ""), Job(count: 2, workload: "")));
        Assert.Equal(["a100"], SitesOf(other, Job(count: 2, workload: "inference"), Job(count: 2, workload: "inference")));
        Assert.Equal(
            ReasonCodes.NoAccelerator,
            undeclared.Explain(undeclared.Submit(Job(count: 2))).Explanation!.Candidates.Single(c => c.Pool.Value == "ascend/main").Reason);
    }

    [Fact]
    public void The_writer_refuses_fewer_than_the_equivalence_asks_for_and_any_where_there_is_none()
    {
        var domain = Fleet(declared: 0.5m);
        var job = domain.Submit(Job(count: 2));
        Decision Place(int shares) => DomainMachine.Decide(
            domain.State, new PlaceTasks(job, [new(0, new("ascend/main/n"), [.. Enumerable.Range(0, shares).Select(i => new AcceleratorShare(i, 1000))], domain.Now)], [], explanation: null),
            domain.Now);

        Assert.Equal("bad-shares", Place(2).Fault?.Code);
        Assert.Null(Place(4).Fault);
        domain.Do(new RemoveEquivalence(new(Training, "A100", "Ascend 910B")));
        Assert.NotNull(Place(4).Fault);
        Assert.NotNull(Place(2).Fault);
    }

    [Theory]
    [InlineData("", "A100", "B", 1.0), InlineData("train", "A100", "a100", 1.0), InlineData("train", "A100", "B", 0.0),
     InlineData("train", "A100", "x/y", 1.0), InlineData("train", "A100", "B", 1001.0)]
    public void What_makes_no_sense_is_refused(string workload, string model, string instead, double factor)
    {
        var decision = DomainMachine.Decide(
            new TestDomain().State, new DeclareEquivalence(new(new(workload, model, instead), (decimal)factor)), TestDomain.Noon);

        Assert.Equal("bad-equivalence", decision.Fault?.Code);
    }

    private static TestDomain Fleet(decimal? declared)
    {
        var domain = new TestDomain()
            .Site("a100").Pool("a100/main", coreHour: 0, watts: 0, acceleratorHour: 1)
            .Node("a100/main/n", accelerators: [.. Enumerable.Repeat(new Accelerator("A100", "gpu", DataSize.FromGibibytes(40), 0), 2)])
            .Site("ascend");
        domain.Do(new DeclarePool(new(
            new("ascend/main"), "process", CpuCoreHour: 0, MemoryGibHour: 0, [new("Ascend 910B", 10)], Speed: 1, WattsPerCore: 0, IsDraining: false)));
        domain.Node("ascend/main/n", accelerators: [.. Enumerable.Repeat(new Accelerator("Ascend 910B", "npu", DataSize.FromGibibytes(64), 0), 5)]);
        if (declared is { } factor)
            domain.Do(new DeclareEquivalence(new(new(Training, "A100", "Ascend 910B"), factor)));
        return domain;
    }

    private static JobSpec Job(int count, string workload = Training) => TestDomain.Job(objective: Objective.Fastest) with
    {
        Resources = new() { CpuMillicores = 1000, Accelerators = new() { Model = "A100", Count = count, Workload = workload } },
    };

    private static Attempt Attempt(TestDomain domain, long job) => domain.State.Jobs.Jobs[job].Tasks[0].Live!;

    private static IEnumerable<string> SitesOf(TestDomain domain, params IEnumerable<JobSpec> specs)
    {
        var ids = specs.Select(domain.Submit).ToList();
        domain.Schedule();
        return ids.Select(id => domain.State.Jobs.Jobs[id].Tasks.TryGet(0, out var task) ? task.Live?.Node.Site.Value : null).OfType<string>();
    }
}
