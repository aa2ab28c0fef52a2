using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class PlacementTests
{
    [Fact]
    public void Over_a_thin_link_the_job_goes_to_the_data()
    {
        var domain = EastAndWest(mbps: 10).Data("wells", mebibytes: 4_000, "east/main/n00");

        Assert.Equal("east", domain.SiteAfterRound(TestDomain.Job(inputs: "wells")));
    }

    [Fact]
    public void Over_a_fat_link_the_data_goes_to_the_cheap_site()
    {
        var domain = EastAndWest(mbps: 10_000).Data("wells", mebibytes: 4_000, "east/main/n00");

        Assert.Equal("west", domain.SiteAfterRound(TestDomain.Job(inputs: "wells")));
        var transfer = Assert.Single(domain.State.Data.Transfers.Values);
        Assert.Equal("east-west", Assert.Single(transfer.Hops[0].Windows[0].Sources[0].Links).Value);
    }

    [Fact]
    public void A_near_deadline_sends_the_render_job_from_the_cheap_west_to_the_fast_east()
    {
        JobSpec Render(TimeSpan deadline) =>
            TestDomain.Job("render", Objective.Cheapest, tasks: 4, minutes: 10, deadline: deadline, inputs: "scene");

        var relaxed = EastAndWest(mbps: 50, eastSpeed: 2).Data("scene", mebibytes: 2_000, "east/main/n00");
        var hurried = EastAndWest(mbps: 50, eastSpeed: 2).Data("scene", mebibytes: 2_000, "east/main/n00");

        Assert.Equal("west", relaxed.SiteAfterRound(Render(TimeSpan.FromHours(1))));
        Assert.Equal("east", hurried.SiteAfterRound(Render(TimeSpan.FromMinutes(12))));
        Assert.Contains(hurried.State.Jobs.Jobs[1].Explanation!.Candidates, c => c.Reason == ReasonCodes.Deadline);
    }

    [Fact]
    public void An_array_takes_the_dear_pool_only_for_what_the_cheap_one_cannot_finish_in_time()
    {
        var domain = new TestDomain().Centre("cheap", coreHour: 1).Centre("dear", coreHour: 5, nodes: 4);

        // Four slots at the cheap pool finish two waves of ten minutes within 25 minutes: eight tasks of twelve.
        var id = domain.Submit(TestDomain.Job("array", Objective.Cheapest, tasks: 12, minutes: 10, deadline: TimeSpan.FromMinutes(25)));
        domain.Schedule();

        var sites = domain.State.Jobs.Jobs[id].Tasks.Values.Select(t => t.Live!.Node.Site.Value).ToList();
        Assert.Equal(4, sites.Count(s => s == "cheap"));
        Assert.Equal(4, sites.Count(s => s == "dear"));
    }

    [Fact]
    public void A_service_with_a_latency_target_lands_on_the_edge()
    {
        var domain = new TestDomain().Centre("core").Centre("edge", coreHour: 9)
            .Link("core", "edge", mbps: 1_000, latencyMicroseconds: 30_000);
        var spec = TestDomain.Job("web", Objective.Cheapest) with { Service = new() { Latency = new("edge", 5_000) } };

        Assert.Equal("edge", domain.SiteAfterRound(spec));
        var core = domain.State.Jobs.Jobs[1].Explanation!.Candidates.Single(c => c.Pool.Value == "core/main");
        Assert.Equal((ReasonCodes.TooFar, 30_000), (core.Reason, core.LatencyMicroseconds));
    }

    [Fact]
    public void Data_under_a_law_stays_where_the_law_holds()
    {
        var domain = new TestDomain().Centre("home").Centre("abroad", coreHour: 0.1m, sovereignty: "sg")
            .Link("home", "abroad", mbps: 10_000).Data("records", mebibytes: 1, "home/main/n00", sovereignty: "cn");

        Assert.Equal("home", domain.SiteAfterRound(TestDomain.Job(objective: Objective.Cheapest, inputs: "records")));
        Assert.Equal("abroad", domain.SiteAfterRound(TestDomain.Job(objective: Objective.Cheapest)));
    }

    [Fact]
    public void A_job_waits_for_a_fast_pool_that_is_free_soon()
    {
        var domain = new TestDomain().Centre("fast", speed: 10, cores: 1).Centre("slow", cores: 1);
        domain.Submit(TestDomain.Job("first", Objective.Fastest, minutes: 60));
        domain.Schedule();

        var second = domain.Submit(TestDomain.Job("second", Objective.Fastest, minutes: 60));
        var round = domain.Schedule();

        Assert.Empty(round.Commands);
        Assert.Equal((second, ReasonCodes.WaitsForCapacity), (round.Pending[0].Job, round.Pending[0].Reason.Code));
        Assert.Equal("fast/main", domain.Explain(second).Explanation!.Chosen.Value);
        Assert.NotNull(round.NextLook);
    }

    [Fact]
    public void A_gang_starts_whole_on_one_pool_or_waits()
    {
        var domain = new TestDomain().Centre("small", coreHour: 0.1m, nodes: 2, cores: 2).Centre("large", nodes: 3, cores: 2);
        var gang = TestDomain.Job("gang", Objective.Cheapest, tasks: 6) with { IsGang = true };

        var first = domain.Submit(gang);
        var second = domain.Submit(gang with { Name = "next" });
        var round = domain.Schedule();

        Assert.All(domain.State.Jobs.Jobs[first].Tasks.Values, t => Assert.Equal("large", t.Live!.Node.Site.Value));
        Assert.Equal(6, domain.State.Jobs.Jobs[first].LiveCount);
        Assert.Equal((second, ReasonCodes.WaitsForCapacity), (round.Pending[0].Job, round.Pending[0].Reason.Code));
    }

    [Fact]
    public void Content_crosses_to_a_site_once_and_is_copied_there()
    {
        var domain = new TestDomain().Centre("east", coreHour: 90).Centre("west", nodes: 3, cores: 1)
            .Link("east", "west", mbps: 1_000, price: 1).Data("scene", mebibytes: 100, "east/main/n00");
        domain.Submit(TestDomain.Job("frames", Objective.Cheapest, tasks: 3, inputs: "scene"));

        var round = domain.Schedule();

        Assert.Equal(ReasonCodes.WaitsForData, round.Pending[0].Reason.Code);
        var crossing = Assert.Single(domain.State.Data.Transfers.Values);
        domain.Do(new ReportFetch(crossing.Hops[0].Fetch, crossing.Hops[0].To, Succeeded: true, crossing.Size.Bytes, ""));
        domain.Schedule();
        Assert.Equal(2, domain.State.Data.Transfers.Values.Count(t => t.Hops[0].Windows[0].Sources[0] is { Links.IsEmpty: true } source && source.From == crossing.Hops[0].To));
        Assert.Equal(3, domain.State.Jobs.Jobs[1].LiveCount);
    }

    [Fact]
    public void Transfers_that_cannot_begin_now_book_a_later_window()
    {
        var domain = new TestDomain().Centre("east", coreHour: 9, cores: 8).Centre("west", cores: 8).Link("east", "west", mbps: 100)
            .Data("a", mebibytes: 400, "east/main/n00").Data("b", mebibytes: 400, "east/main/n00");
        domain.Submit(TestDomain.Job("a", Objective.Cheapest, inputs: "a"));
        domain.Submit(TestDomain.Job("b", Objective.Cheapest, inputs: "b"));

        domain.Schedule();

        var transfers = domain.State.Data.Transfers.Values.ToList();
        Assert.Equal(2, transfers.Count);
        Assert.True(transfers[1].Hops[0].Start >= transfers[0].Hops[0].Finish);
    }

    [Fact]
    public void Results_are_brought_to_the_site_that_asked_for_them()
    {
        var domain = new TestDomain().Centre("east", coreHour: 9).Centre("west").Link("east", "west", mbps: 1_000, price: 0.1m);
        var spec = TestDomain.Job("film", Objective.Cheapest) with { Outputs = [new("film", "out", "east")] };
        domain.Submit(spec);
        domain.Schedule();
        var attempt = domain.State.Jobs.Jobs[1].Tasks[0].Live!;
        domain.Do(new ReportStarted(attempt.Id, attempt.Node, IsSandboxed: true, ""));
        domain.Do(new ReportEnded(attempt.Id, attempt.Node, AttemptEnd.Succeeded, new(
            0, Reason: null, TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, [new("film", new(new("r"), DataSize.FromMebibytes(10), 1))])));

        var round = domain.Schedule();

        Assert.IsType<OrderTransfer>(Assert.Single(round.Commands));
        var transfer = Assert.Single(domain.State.Data.Transfers.Values);
        Assert.Equal(("west", "east"), (transfer.Hops[0].Windows[0].Sources[0].From.Site.Value, transfer.Hops[0].To.Site.Value));
        Assert.Empty(domain.Schedule().Commands);
    }

    [Fact]
    public void Shares_of_accelerators_are_packed_and_never_cross_a_whole()
    {
        Accelerator Gpu() => new("A100", "gpu", DataSize.FromGibibytes(40), UsedMilli: 0);
        var domain = new TestDomain().Site("lab").Pool("lab/gpu").Node("lab/gpu/n", cores: 64, accelerators: [Gpu(), Gpu()]);
        var spec = TestDomain.Job("share", tasks: 7) with
        {
            Resources = new() { Accelerators = new() { Model = "a100", FractionMilli = 300 } },
        };

        domain.Submit(spec);
        domain.Schedule();

        Assert.Equal([900, 900], domain.State.Sites.Nodes.Values.Single().Accelerators.Select(a => a.UsedMilli));
    }

    private static TestDomain EastAndWest(double mbps, double eastSpeed = 1) => new TestDomain()
        .Centre("east", coreHour: 2, speed: eastSpeed).Centre("west", coreHour: 0.5m).Link("east", "west", mbps);
}
