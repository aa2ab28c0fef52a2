using Meridian.JobFiles;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>A service with users in several places has replicas near each of them.</summary>
public sealed class UserPlaceTests
{
    [Fact]
    public void Each_place_has_replicas_within_its_target_though_another_site_is_cheaper()
    {
        var domain = Country();

        var job = domain.Submit(Web(replicas: 5));
        domain.Schedule();

        var sites = domain.State.Jobs.Jobs[job].Tasks.Values.ToDictionary(t => t.Live!.Id.Task, t => t.Live!.Node.Site.Value);
        Assert.Equal(5, sites.Count);
        Assert.All(sites, task => Assert.Equal(task.Key % 2 == 0 ? "east" : "west", task.Value));
    }

    [Fact]
    public void Where_one_place_cannot_be_served_the_others_are_and_the_reason_names_it()
    {
        var domain = Country();
        var spec = Web(replicas: 4) with { Service = new() { Users = [new("east", 5_000), new("north", 5_000)] } };

        var job = domain.Submit(spec);
        domain.Schedule();

        Assert.Equal([0, 2], domain.State.Jobs.Jobs[job].Tasks.Values.Select(t => t.Live!.Id.Task).Order());
        var why = domain.Explain(job);
        Assert.Equal(ReasonCodes.NoCandidate, why.PendingReason!.Code);
        Assert.All(why.Explanation!.Candidates, c => Assert.Equal(ReasonCodes.TooFar, c.Reason));
        Assert.Equal(ReasonCodes.NoCandidate, domain.Quote(spec).PendingReason?.Code);
    }

    [Fact]
    public void A_quote_is_the_sum_of_the_places()
    {
        var domain = Country();

        var (both, east) = (domain.Quote(Web(replicas: 3)), domain.Quote(Web(replicas: 2) with { Service = new() { Latency = new("east", 5_000) } }));
        var west = domain.Quote(Web(replicas: 1) with { Service = new() { Latency = new("west", 5_000) } });

        Assert.Equal(east.Expected + west.Expected, both.Expected);
        Assert.Equal(east.HoldAtMost + west.HoldAtMost, both.HoldAtMost);
    }

    [Fact]
    public void Replicas_of_a_place_are_spread_with_those_of_the_others()
    {
        var domain = Country().Node("east/main/n09").Node("west/main/n09");

        var job = domain.Submit(Web(replicas: 6) with { Constraints = new() { Spread = new(FailureDomain.Node, 1) } });
        domain.Schedule();

        Assert.Equal(4, domain.State.Jobs.Jobs[job].LiveCount);
        Assert.Equal(4, domain.State.Jobs.Jobs[job].Tasks.Values.Select(t => t.Live!.Node).Distinct().Count());
    }

    /// <summary>Two sites with users of their own, a cheap one in the middle, and a place with users and no site near it.</summary>
    private static TestDomain Country() => new TestDomain()
        .Centre("east", coreHour: 5, cores: 8).Centre("west", coreHour: 4, cores: 8).Centre("middle").Site("north")
        .Link("east", "middle", mbps: 1_000, latencyMicroseconds: 10_000)
        .Link("middle", "west", mbps: 1_000, latencyMicroseconds: 10_000)
        .Link("middle", "north", mbps: 1_000, latencyMicroseconds: 20_000);

    private static JobSpec Web(int replicas) => TestDomain.Job("web", Objective.Cheapest, replicas) with
    {
        Service = new() { Users = [new("east", 5_000), new("west", 5_000)] },
    };
}
