using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Tests.Scheduling;
using Xunit;

namespace Meridian.Tests.Domain;

public sealed class SiteRuleTests
{
    private static readonly NodeId Id = new("east/main/n00");

    [Fact]
    public void A_node_that_shrinks_keeps_its_tasks_and_takes_no_more_until_they_fit()
    {
        var domain = new TestDomain().Centre("east", cores: 4);
        var running = domain.Submit(TestDomain.Job(cores: 2, tasks: 2));
        domain.Schedule();

        domain.Do(Report(cores: 3, []));
        var waiting = domain.Submit(TestDomain.Job("small"));
        domain.Schedule();

        Assert.Equal(4000, The(domain).Used.CpuMillicores);
        Assert.All(domain.State.Jobs.Jobs[running].Tasks.Values, task => Assert.NotNull(task.Live));
        Assert.False(IsPlaced(domain, waiting));

        domain.End(count: 1);
        domain.Schedule();

        Assert.True(IsPlaced(domain, waiting));
    }

    [Fact]
    public void An_accelerator_that_is_told_no_more_stays_held_and_is_given_to_nobody()
    {
        var gpu = new Accelerator("A100", "gpu", DataSize.FromGibibytes(40), UsedMilli: 0);
        var domain = new TestDomain().Site("east").Pool("east/main").Node(Id.Value, accelerators: [gpu, gpu]);
        domain.Submit(Accelerated(count: 2, milli: 500));
        domain.Schedule();

        domain.Do(Report(cores: 4, [gpu]));
        Assert.Equal([500, 500], The(domain).Accelerators.Select(a => a.UsedMilli));
        Assert.Equal([true, false], The(domain).Accelerators.Select(a => a.IsThere));
        var pair = domain.Submit(Accelerated(count: 2, milli: 500));
        domain.Schedule();
        Assert.False(IsPlaced(domain, pair));

        domain.Do(Report(cores: 4, [gpu, gpu]));
        Assert.Equal([500, 500], The(domain).Accelerators.Select(a => a.UsedMilli));
        domain.Schedule();
        Assert.True(IsPlaced(domain, pair));

        domain.End(count: 2);
        domain.Do(Report(cores: 4, [gpu]));
        Assert.Equal([gpu], The(domain).Accelerators);
    }

    [Theory]
    [InlineData("east")]
    [InlineData("middle")]
    [InlineData("west")]
    public void A_site_stays_while_data_is_on_its_way_through_it(string site)
    {
        var domain = new TestDomain().Site("middle").Site("west").Pool("west/main").Node("west/main/n00")
            .Site("east").Pool("east/main").Node("east/main/n00", cores: 1)
            .Link("east", "middle", mbps: 100).Link("middle", "west", mbps: 100).Data("scene", mebibytes: 100, "east/main/n00");
        domain.Submit(TestDomain.Job(cores: 4, inputs: "scene"));
        domain.Schedule();
        Assert.Single(domain.State.Data.Open);

        var refused = DomainMachine.Decide(domain.State, new RemoveSite(new(site)), domain.Now);

        Assert.Equal("site-carries-data", refused.Fault?.Code);
        if (site == "middle")
        {
            domain.Do(new ReportFetch(Fetch: 1, new("west/main/n00"), Succeeded: true, BytesMoved: 1, ""));
            domain.Do(new RemoveSite(new(site)));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public void A_price_out_of_bounds_is_refused_wherever_it_stands(int price)
    {
        var domain = new TestDomain().Centre("east").Centre("west");
        var site = domain.State.Sites.Sites[new("east")];
        var pool = domain.State.Sites.Pools[new("east/main")];
        DomainCommand[] commands =
        [
            new DeclareSite(site with { PowerPriceByHour = site.PowerPriceByHour.SetItem(5, price) }),
            new DeclarePool(pool with { CpuCoreHour = price }),
            new DeclarePool(pool with { MemoryGibHour = price }),
            new DeclarePool(pool with { AcceleratorHour = [new("A100", price)] }),
            new DeclareLink(new(new("l"), new("east"), new("west"), Bandwidth.FromMbps(1), LatencyMicroseconds: 1, price)),
        ];

        Assert.All(commands, command => Assert.Matches("bad-(price|link)", DomainMachine.Decide(domain.State, command, domain.Now).Fault?.Code));
    }

    private static Node The(TestDomain domain) => domain.State.Sites.Nodes[Id];

    private static bool IsPlaced(TestDomain domain, long job) =>
        domain.State.Jobs.Jobs[job].Tasks.TryGet(0, out var task) && task.Live is not null;

    private static JobSpec Accelerated(int count, int milli) => TestDomain.Job() with
    {
        Resources = new() { CpuMillicores = 1000, Accelerators = new() { Count = count, FractionMilli = milli } },
    };

    private static ReportNode Report(int cores, ImmutableArray<Accelerator> accelerators) => new(
        Id, new(cores * 1000, DataSize.FromGibibytes(16), DataSize.FromGibibytes(100)), accelerators,
        "https://" + Id, CanSandbox: true, "", "linux", TimeSpan.FromDays(30));
}
