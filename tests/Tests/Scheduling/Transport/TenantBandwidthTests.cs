using System.Collections.Immutable;
using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Transport;
using Meridian.Simulation.Checks;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

/// <summary>A tenant's bandwidth binds whatever moves for it, the inputs of its jobs as well, and may differ by hour.</summary>
public sealed class TenantBandwidthTests
{
    [Fact]
    public void Inputs_of_jobs_come_within_the_tenants_bandwidth()
    {
        var domain = Pair(Quota(20)).Data("scene", mebibytes: 100, "east/main/n00");

        domain.Submit(TestDomain.Job(inputs: "scene"));
        domain.Schedule();

        var transfer = domain.State.Data.Transfers[1];
        Assert.Equal(TransferPurpose.Staging, transfer.Request.Purpose);
        Assert.InRange(transfer.Hops[0].Windows[0].Sources[0].Rate.BitsPerSecond, 1, 20_000_000);
    }

    [Fact]
    public void A_job_whose_data_has_to_wait_for_the_tenants_bandwidth_takes_no_cores_and_says_so()
    {
        var domain = Pair(Quota(20)).Data("film", mebibytes: 1_000, "east/main/n00").Data("scene", mebibytes: 100, "east/main/n00");
        var send = domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 20));
        var id = domain.Submit(TestDomain.Job(inputs: "scene"));

        var round = domain.Schedule();

        var finish = domain.State.Data.Transfers[send].Hops[0].Finish;
        Assert.Empty(round.Commands);
        var (_, reason) = Assert.Single(round.Pending);
        Assert.Equal(ReasonCodes.WaitsForBandwidth, reason.Code);
        Assert.Equal(["studio", Written(finish)], reason.Particulars);
        Assert.InRange(round.NextLook!.Value, domain.Now, finish);
        var why = domain.Explain(id);
        Assert.Equal(ReasonCodes.WaitsForBandwidth, why.PendingReason!.Code);
        Assert.Contains(why.Changes, c => c.Code == ReasonCodes.LargerQuota && c.Particulars[0] == "bandwidth");
    }

    [Fact]
    public void What_another_tenant_holds_of_the_link_is_not_called_the_tenants_bandwidth()
    {
        var domain = Pair(Quota(20)).Data("scene", mebibytes: 100, "east/main/n00");
        domain.Do(new DeclareTenant(new("rival"), "Rival", Meridian.Domain.Accounts.Quota.Default, [new("rival")]));
        domain.Do(new GrantCredit(new("rival"), Money.Cny(1_000), "test"));
        domain.Do(new RegisterDataset(DatasetId.Of(new("rival"), "film"), new(new("root-film"), DataSize.FromMebibytes(1_000), 1), "", new("east/main/n00")));
        domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 100) with { Project = new("rival"), Dataset = DatasetId.Of(new("rival"), "film") });

        domain.Submit(TestDomain.Job(inputs: "scene"));

        Assert.DoesNotContain(domain.Schedule().Pending, p => p.Reason.Code == ReasonCodes.WaitsForBandwidth);
    }

    [Fact]
    public void A_job_placed_when_the_bandwidth_is_free_again_has_waited_no_longer_than_it_was_told()
    {
        var domain = Pair(Quota(20)).Data("film", mebibytes: 100, "east/main/n00").Data("scene", mebibytes: 100, "east/main/n00");
        domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 20));
        var id = domain.Submit(TestDomain.Job(inputs: "scene"));

        domain.Now = domain.Schedule().NextLook!.Value;
        domain.Schedule();

        Assert.Equal(0, domain.State.Jobs.Jobs[id].WaitingCount);
    }

    [Fact]
    public void Inputs_wait_for_the_hours_in_which_the_tenant_has_bandwidth()
    {
        var domain = Pair(Quota(0, new BandwidthHours(22, 6, 50_000_000))).Data("scene", mebibytes: 100, "east/main/n00");
        domain.Submit(TestDomain.Job(inputs: "scene"));

        var round = domain.Schedule();

        var night = TestDomain.Noon.AddHours(10);
        Assert.Equal((ReasonCodes.WaitsForBandwidth, Written(night)), (round.Pending[0].Reason.Code, round.Pending[0].Reason.Particulars[1]));
        Assert.Equal(night, round.NextLook);
        domain.Now = night;
        domain.Schedule();
        Assert.Equal((night, 50_000_000), (domain.State.Data.Transfers[1].Hops[0].Start, domain.State.Data.Transfers[1].Hops[0].Windows[0].Sources[0].Rate.BitsPerSecond));
    }

    [Fact]
    public void What_is_there_sooner_at_the_narrow_rate_of_the_day_does_not_wait_for_the_night()
    {
        var domain = Pair(Quota(10, new BandwidthHours(22, 6, 80_000_000))).Data("scene", mebibytes: 100, "east/main/n00");

        var plan = TransferPlanner.Plan(domain.State, Errands.Wish("scene", TransferMode.Dedicated, ["west"]), domain.Now);

        Assert.Equal((domain.Now, 10_000_000), (plan.Hops[0].Windows[0].Start, plan.Hops[0].Windows[0].Sources[0].Rate.BitsPerSecond));
    }

    [Fact]
    public void Without_bandwidth_at_any_hour_the_quota_is_the_reason()
    {
        var domain = Pair(Quota(0)).Data("scene", mebibytes: 100, "east/main/n00");
        var id = domain.Submit(TestDomain.Job(inputs: "scene"));

        var reason = Assert.Single(domain.Schedule().Pending).Reason;

        Assert.Equal((ReasonCodes.Quota, "studio", "bandwidth"), (reason.Code, reason.Particulars[0], reason.Particulars[1]));
        Assert.Equal(reason.Code, domain.Explain(id).PendingReason!.Code);
    }

    [Fact]
    public void The_writer_refuses_inputs_beyond_the_tenants_bandwidth()
    {
        var domain = Pair(Quota(1_000)).Data("scene", mebibytes: 100, "east/main/n00");
        domain.Submit(TestDomain.Job(inputs: "scene"));
        var planned = domain.Plan().Commands;
        domain.Do(new DeclareTenant(TestDomain.Tenant, "Studio", Quota(20), []));

        var fault = Assert.Single(planned.Select(c => DomainMachine.Decide(domain.State, c, domain.Now).Fault));

        Assert.Equal(("quota", "bandwidth"), (fault!.Code, fault.Particulars[1]));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(-1, 5)]
    [InlineData(3, 25)]
    [InlineData(24, 3)]
    public void Hours_that_cannot_be_are_refused(int from, int to)
    {
        var domain = new TestDomain();

        var decision = DomainMachine.Decide(domain.State, new DeclareTenant(TestDomain.Tenant, "", Quota(1, new BandwidthHours(from, to, 5)), []), domain.Now);

        Assert.Equal("bad-bandwidth-hours", decision.Fault?.Code);
    }

    [Fact]
    public void Whatever_moves_for_a_tenant_and_whenever_it_stays_within_the_bandwidth_of_the_hour() => Gen.ULong.Sample(seed =>
    {
        var luck = new Seed(seed);
        var hours = new BandwidthHours(luck.Next(12), luck.Next(12) + 12, (luck.Next(60) + 1) * 1_000_000);
        var domain = new TestDomain(quota: Quota(luck.Next(60), hours));
        string[] sites = ["a", "b", "c"];
        foreach (var site in sites)
            domain.Centre(site, nodes: 2);
        domain.Link("a", "b", mbps: 100).Link("b", "c", mbps: 40).Link("a", "c", mbps: 20);
        for (var i = 0; i < 12; i++)
        {
            domain.Now += TimeSpan.FromSeconds(luck.Next(10_000));
            domain.Data("d" + i, luck.Next(20_000) + 1, sites[luck.Next(3)] + "/main/n00");
            if (luck.Chance(0.5))
                domain.Submit(TestDomain.Job(minutes: 1, inputs: "d" + i));
            else
                Send(domain, luck, "d" + i, [.. sites.Where(_ => luck.Chance(0.6)).DefaultIfEmpty("a")]);
            Assert.DoesNotContain(domain.Schedule().Pending, p => p.Reason.Code == ReasonCodes.WriterRefused);
        }

        Assert.Empty(StateRules.Broken(domain.State, domain.Now));
    }, iter: 60);

    private static void Send(TestDomain domain, Seed luck, string dataset, ImmutableArray<string> to)
    {
        var request = Errands.Wish(dataset, (TransferMode)luck.Next(3), to, deadline: domain.Now + TimeSpan.FromHours(luck.Next(60) + 1));
        var plan = TransferPlanner.Plan(domain.State, request, domain.Now);
        if (plan.Fault is null)
            domain.Do(new OrderTransfer(request, plan.Hops));
    }

    private static Quota Quota(int mbps, params ImmutableArray<BandwidthHours> hours) =>
        Meridian.Domain.Accounts.Quota.Default with { BitsPerSecond = mbps * 1_000_000L, BandwidthHours = hours };

    /// <summary>A centre that has the data and no free cores, and one that has cores.</summary>
    private static TestDomain Pair(Quota quota) => new TestDomain(quota: quota)
        .Site("east").Pool("east/main", isDraining: true).Node("east/main/n00").Centre("west").Link("east", "west", mbps: 100);

    private static string Written(DateTimeOffset at) => at.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
