using CsCheck;
using MemoryPack;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Scheduling.Fleets;

public sealed class SharePackingTests
{
    private static readonly Gen<(int Cores, int Count, int Milli, string Model)[]> Jobs =
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 2], Gen.Int[1, 20], Gen.OneOf(Gen.Const(""), Gen.Const("A100"), Gen.Const("T4")))
            .Select(drawn => (drawn.Item1, drawn.Item2, drawn.Item3 * 50, drawn.Item4))
            .Array[1, 40];

    [Fact]
    public void No_accelerator_is_ever_given_away_beyond_its_whole() => Jobs.Sample(jobs =>
    {
        var domain = Submitted(jobs);

        domain.Schedule();

        foreach (var node in domain.State.Sites.Nodes.Values)
        {
            var shares = domain.State.Jobs.ByNode.GetValueOrDefault(node.Id, [])
                .SelectMany(id => domain.State.Jobs.Current(id)!.Live!.Shares).ToList();
            Assert.All(node.Accelerators.Select((a, i) => (a, i)), one =>
            {
                Assert.Equal(one.a.UsedMilli, shares.Where(s => s.Index == one.i).Sum(s => s.Milli));
                Assert.InRange(one.a.UsedMilli, 0, 1_000);
            });
            Assert.True(node.Used.FitsIn(node.Total));
        }
    }, iter: 100);

    [Fact]
    public void The_same_jobs_get_the_same_accelerators() => Jobs.Sample(jobs =>
    {
        var (one, other) = (Submitted(jobs), Submitted(jobs));
        one.Schedule();
        other.Schedule();

        Assert.Equal(MemoryPackSerializer.Serialize(one.State.Jobs), MemoryPackSerializer.Serialize(other.State.Jobs));
    }, iter: 50);

    [Fact]
    public void A_job_for_accelerators_never_waits_while_a_node_has_room_for_it() => Jobs.Sample(jobs =>
    {
        var domain = Submitted(jobs);

        domain.Schedule();

        foreach (var job in domain.State.Jobs.Jobs.Values.Where(j => j.WaitingCount > 0))
        {
            Assert.DoesNotContain(domain.State.Sites.Nodes.Values, node => HasRoom(node, job.Spec.Resources));
        }
    }, iter: 100);

    [Fact]
    public void A_share_waits_on_an_accelerator_of_its_own_for_the_one_that_it_fits()
    {
        // By the tightest fit alone, 320 would join 470, and neither the other 470 nor 650 would find a partner.
        var domain = Submitted([(1, 1, 470, ""), (1, 1, 320, ""), (1, 1, 650, ""), (1, 1, 470, "")], nodeCount: 1);

        domain.Schedule();

        var used = domain.State.Sites.Nodes.Values.SelectMany(n => n.Accelerators).Select(a => a.UsedMilli);
        Assert.Equal([940, 970], used.Where(milli => milli > 0).Order());
    }

    private static bool HasRoom(Node node, ResourceDemand need) =>
        new Capacity(need.CpuMillicores, need.Memory, need.Disk).FitsIn(node.Total - node.Used)
        && node.Accelerators.Count(a => need.Accelerators is { } wanted && (wanted.Model.Length == 0 || wanted.Model == a.Model)
            && 1_000 - a.UsedMilli >= wanted.FractionMilli) >= (need.Accelerators?.Count ?? 0);

    private static TestDomain Submitted((int Cores, int Count, int Milli, string Model)[] jobs, int nodeCount = 3)
    {
        var domain = new TestDomain().Site("s").Pool("s/main");
        for (var i = 0; i < nodeCount; i++)
        {
            var model = i % 2 == 0 ? "A100" : "T4";
            domain.Node($"s/main/n{i}", cores: 8, accelerators: [.. Enumerable.Repeat(new Accelerator(model, "gpu", DataSize.Zero, 0), 4)]);
        }

        foreach (var (cores, count, milli, model) in jobs)
        {
            domain.Submit(TestDomain.Job() with
            {
                Resources = new()
                {
                    CpuMillicores = cores * 1_000,
                    Accelerators = count == 0 ? null : new() { Count = count, FractionMilli = milli, Model = model },
                },
            });
        }

        return domain;
    }
}
