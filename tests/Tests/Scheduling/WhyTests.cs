using Meridian.Domain.Accounts;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class WhyTests
{
    [Fact]
    public void A_budget_that_is_too_small_names_the_least_raise_and_the_raise_suffices()
    {
        var domain = new TestDomain().Centre("cheap", coreHour: 2).Centre("dear", coreHour: 9);
        var spec = TestDomain.Job() with { Constraints = new() { Budget = Money.Cny(3) } };

        var why = domain.Explain(domain.Submit(spec));

        Assert.Equal(ReasonCodes.Budget, why.PendingReason!.Code);
        var change = Assert.Single(why.Changes);
        Assert.Equal((ReasonCodes.RaiseBudget, "cheap/main"), (change.Code, change.Particulars[1]));
        Assert.True(Money.TryParse(change.Particulars[0], out var raise));
        Assert.NotNull(domain.SiteAfterRound(spec with { Constraints = new() { Budget = Money.Cny(3) + raise } }));
    }

    [Fact]
    public void A_deadline_that_no_pool_keeps_names_the_least_delay()
    {
        var domain = new TestDomain().Centre("slow").Centre("fast", speed: 2);

        var why = domain.Explain(domain.Submit(TestDomain.Job(minutes: 60, deadline: TimeSpan.FromMinutes(20))));

        Assert.Equal(ReasonCodes.Deadline, why.PendingReason!.Code);
        Assert.Equal(["10m", "fast/main"], Assert.Single(why.Changes).Particulars);
    }

    [Fact]
    public void Each_constraint_that_alone_refuses_a_pool_is_suggested_for_change()
    {
        var domain = new TestDomain().Centre("west", region: "west").Centre("east", region: "east");
        var spec = TestDomain.Job() with { Constraints = new() { Regions = ["north"] } };

        var why = domain.Explain(domain.Submit(spec));

        Assert.Equal((ReasonCodes.NoCandidate, ReasonCodes.RegionNotAllowed), (why.PendingReason!.Code, why.PendingReason.Particulars[1]));
        Assert.Equal(["east", "west"], why.Changes.Select(c => c.Particulars[0]).Order());
        Assert.All(why.Changes, c => Assert.Equal(ReasonCodes.AllowRegion, c.Code));
    }

    [Fact]
    public void Too_many_cores_name_the_most_that_a_node_has()
    {
        var domain = new TestDomain().Centre("a", cores: 4).Centre("b", cores: 8);

        var why = domain.Explain(domain.Submit(TestDomain.Job(cores: 16)));

        Assert.Equal([ReasonCodes.FewerCores], why.Changes.Select(c => c.Code));
        Assert.Equal(["8", "b/main"], why.Changes[0].Particulars);
    }

    [Fact]
    public void A_quota_that_is_reached_is_the_reason()
    {
        var domain = new TestDomain(quota: Quota.Default with { Tasks = 1 }).Centre("a");
        domain.Submit(TestDomain.Job("first"));
        domain.Schedule();

        var why = domain.Explain(domain.Submit(TestDomain.Job("second")));

        Assert.Equal(["studio", "tasks"], why.PendingReason!.Particulars);
        Assert.Contains(why.Changes, c => c.Code == ReasonCodes.LargerQuota);
    }

    [Fact]
    public void A_tenant_without_money_is_told_how_much_is_missing()
    {
        var domain = new TestDomain(credit: 1).Centre("a", coreHour: 1);

        var why = domain.Explain(domain.Submit(TestDomain.Job()));

        Assert.Equal(ReasonCodes.Funds, why.PendingReason!.Code);
        Assert.Equal(ReasonCodes.AddCredit, Assert.Single(why.Changes).Code);
    }

    [Fact]
    public void A_job_behind_another_names_it()
    {
        var domain = new TestDomain().Centre("a");
        domain.Submit(TestDomain.Job("first"));

        var why = domain.Explain(domain.Submit(TestDomain.Job("second") with { After = ["first"] }));

        Assert.Equal((ReasonCodes.WaitsForJobs, "1"), (why.PendingReason!.Code, why.PendingReason.Particulars[0]));
    }

    [Fact]
    public void Plain_nodes_take_isolated_tasks_only_when_the_job_accepts_it()
    {
        var domain = new TestDomain().Site("a").Pool("a/p").Node("a/p/n", canSandbox: false);

        var why = domain.Explain(domain.Submit(TestDomain.Job()));

        Assert.Equal(ReasonCodes.AllowPlain, Assert.Single(why.Changes).Code);
        var plain = TestDomain.Job() with { Constraints = new() { Isolation = Isolation.Plain } };
        Assert.Equal("a", domain.SiteAfterRound(plain));
    }

    [Fact]
    public void A_quote_holds_the_whole_price_of_every_task_and_transfer()
    {
        var domain = new TestDomain().Centre("far", coreHour: 90).Centre("near", coreHour: 3.6m, power: 0)
            .Link("far", "near", mbps: 1_000, price: 2).Data("scene", mebibytes: 1_000, "far/main/n00");

        var quote = domain.Quote(TestDomain.Job(objective: Objective.Cheapest, tasks: 3, minutes: 10, inputs: "scene"));

        var transport = 2 * 1_048_576_000 / 1e9m;
        Assert.Equal("near/main", quote.Explanation.Chosen.Value);
        Assert.Equal((3 * 0.6m) + transport, quote.Expected.Amount);
        Assert.Equal((3 * 7.2m) + transport, quote.HoldAtMost.Amount);
        Assert.Single(quote.Transfers);
        Assert.Null(quote.PendingReason);
    }

    [Fact]
    public void A_missing_input_is_named_before_anything_else()
    {
        var domain = new TestDomain().Centre("a");

        var quote = domain.Quote(TestDomain.Job(inputs: "nowhere"));

        Assert.Equal((ReasonCodes.InputMissing, "nowhere"), (quote.PendingReason!.Code, quote.PendingReason.Particulars[0]));
    }
}
