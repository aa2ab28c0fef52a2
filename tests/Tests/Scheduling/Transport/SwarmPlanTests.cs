using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

public sealed class SwarmPlanTests
{
    private static readonly ImmutableArray<string> Targets = ["a", "b", "c", "d"];

    [Fact]
    public void Targets_give_each_other_what_the_original_sends_about_once()
    {
        var domain = Star();
        var toOne = TransferPlanner.Plan(domain.State, Errands.Wish("model", TransferMode.Aggregated, ["a"]), domain.Now);

        var plan = TransferPlanner.Plan(domain.State, Errands.Wish("model", TransferMode.Aggregated, Targets), domain.Now);

        Assert.True(plan.Arrival - domain.Now < 1.1 * (toOne.Arrival - domain.Now));
        Assert.Equal(4, plan.Hops.Length);
        foreach (var sources in plan.Hops.Select(h => Assert.Single(h.Windows).Sources))
            Assert.Equal((4, "hub/main/n00"), (sources.Length, sources[0].From.Value));
        Assert.All(Loads(plan.Hops), load => Assert.InRange(load.Value, 1, Bandwidth.FromMbps(100).BitsPerSecond));
        var uplink = plan.Hops.Sum(h => h.Windows[0].Sources[0].Rate.BitsPerSecond * (h.Finish - h.Windows[0].Start).TotalSeconds) / 8;
        Assert.InRange(uplink / DataSize.FromMebibytes(100).Bytes, 1, 1.1);
    }

    [Fact]
    public void All_targets_begin_at_once_and_one_that_fails_is_planned_anew_while_the_others_go_on()
    {
        var domain = Star();
        var id = domain.Order(Errands.Wish("model", TransferMode.Aggregated, Targets));
        Assert.Equal(4, domain.State.Data.Fetches.Count);

        var failed = domain.State.Data.Transfers[id].Hops.Single(h => h.To.Site == new SiteId("b"));
        domain.Do(new ReportFetch(failed.Fetch, failed.To, Succeeded: false, 0, "the disk is full"));
        Assert.Equal(3, domain.State.Data.Fetches.Count);
        foreach (var command in TransferPlanner.Replan(domain.State, domain.State.Data.Transfers[id], domain.Now) is { Fault: null } plan
            ? [new ReplanTransfer(id, plan.Hops, IsResumed: false)]
            : Array.Empty<ReplanTransfer>())
            domain.Do(command);
        domain.Flow(TimeSpan.FromMinutes(10));

        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
        Assert.Equal(5, domain.State.Data.HoldersOf(new("root-model")).Count);
        Assert.All(domain.State.Network.Links.Keys, link =>
            Assert.Equal(0, domain.State.Network.HeldOn(link).MaxIn(domain.Now, DateTimeOffset.MaxValue)));
    }

    [Fact]
    public void A_target_is_a_peer_only_while_the_part_comes_in_there()
    {
        var domain = Star();
        var id = domain.Order(Errands.Wish("model", TransferMode.Aggregated, Targets));
        var transfer = domain.State.Data.Transfers[id];
        var (hop, other) = (transfer.Hops[0], transfer.Hops[1]);
        var source = hop.Windows[0].Sources.Single(s => s.From == other.To);
        Assert.True(transfer.IsPeer(domain.State.Data, hop, hop.Windows[0], source));
        Assert.False(transfer.IsPeer(domain.State.Data, hop, hop.Windows[0], hop.Windows[0].Sources[0]));

        domain.Do(new ReportFetch(other.Fetch, other.To, Succeeded: true, other.Size.Bytes, ""));

        transfer = domain.State.Data.Transfers[id];
        Assert.False(transfer.IsPeer(domain.State.Data, transfer.Hops[0], transfer.Hops[0].Windows[0], source));
    }

    [Fact]
    public void Peers_among_whom_nobody_has_the_content_are_refused()
    {
        var domain = Star();
        var wish = Errands.Wish("model", TransferMode.Aggregated, Targets);
        var plan = TransferPlanner.Plan(domain.State, wish, domain.Now);
        var orphans = plan.Hops.Select(h => h with { Windows = [h.Windows[0] with { Sources = h.Windows[0].Sources.RemoveAt(0) }] });

        Assert.Equal("no-replica", DomainMachine.Decide(domain.State, new OrderTransfer(wish, [.. orphans]), domain.Now).Fault?.Code);
    }

    [Fact]
    public void More_targets_than_one_window_takes_are_served_group_by_group_within_the_tenants_bandwidth()
    {
        var sites = Enumerable.Range(0, 20).Select(i => $"s{i:00}").ToImmutableArray();
        var domain = new TestDomain(quota: Quota.Default with { BitsPerSecond = Bandwidth.FromMbps(400).BitsPerSecond })
            .Centre("hub").Site("core").Link("hub", "core", mbps: 100);
        foreach (var site in sites)
            domain.Centre(site).Link(site, "core", mbps: 100);
        domain.Data("model", mebibytes: 100, "hub/main/n00");

        var id = domain.Order(Errands.Wish("model", TransferMode.Aggregated, sites));

        Assert.All(domain.State.Data.Transfers[id].Hops, h => Assert.InRange(h.Windows[0].Sources.Length, 1, TransferRules.SourceCountMax));
        Assert.InRange(TenantCircuits.Of(domain.State, TestDomain.Tenant, except: 0).MaxIn(domain.Now, DateTimeOffset.MaxValue), 1, Bandwidth.FromMbps(400).BitsPerSecond);
        domain.Flow(TimeSpan.FromHours(3));
        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
    }

    private static TestDomain Star()
    {
        var domain = new TestDomain().Centre("hub").Site("core").Link("hub", "core", mbps: 100).Data("model", mebibytes: 100, "hub/main/n00");
        foreach (var site in Targets)
            domain.Centre(site).Link(site, "core", mbps: 100);
        return domain;
    }

    private static SortedDictionary<LinkId, long> Loads(ImmutableArray<PlannedHop> hops)
    {
        var loads = new SortedDictionary<LinkId, long>();
        foreach (var source in hops.SelectMany(h => h.Windows[0].Sources))
        {
            foreach (var link in source.Links)
                loads[link] = loads.GetValueOrDefault(link) + source.Rate.BitsPerSecond;
        }

        return loads;
    }
}
