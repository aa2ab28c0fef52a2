using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

/// <summary>What goes over relays, or is to be sealed, starts when its depot has encrypted it, and only targets get the key.</summary>
public sealed class SealedTransferTests
{
    private static readonly NodeId East = new("east/main/n00");
    private static readonly NodeId Middle = new("middle/main/n00");
    private static readonly NodeId West = new("west/main/n00");

    [Fact]
    public void What_lies_at_a_relay_is_sealed_by_its_source_for_the_target_alone()
    {
        var domain = Relayed(out var id);

        var transfer = domain.State.Data.Transfers[id];
        Assert.Equal([(Middle, true), (West, true)], transfer.Hops.Select(h => (h.To, h.IsSealed)));
        var seal = Assert.Single(transfer.Seals);
        Assert.Equal((East, false), (seal.By, seal.IsMade));

        domain.Do(new ReportSeal(id, Errands.Made(transfer, seal), ""));

        transfer = domain.State.Data.Transfers[id];
        Assert.Equal([West], transfer.Seals.Single().Keys.Select(k => k.For));
        Assert.All(transfer.Hops, hop => Assert.Equal(transfer.Seals[0].Name, transfer.NameOf(hop)));
    }

    [Fact]
    public void Nothing_starts_before_the_seal_is_made_and_a_key_for_a_relay_is_not_taken()
    {
        var domain = Relayed(out var id);
        domain.Now = domain.State.Data.Transfers[id].Hops[0].Start;
        domain.Do(new Tick());
        Assert.Empty(domain.State.Data.Fetches);

        var transfer = domain.State.Data.Transfers[id];
        var made = Errands.Made(transfer, transfer.Seals[0]);
        domain.Do(new ReportSeal(id, made with { Keys = [.. made.Keys, new(Middle, "key for a relay")] }, ""));

        Assert.Equal(Middle, domain.State.Data.Transfers[id].Hops[domain.State.Data.Fetches.Values.Single().Hop].To);
        Assert.Null(domain.State.Data.Transfers[id].Seals[0].KeyFor(Middle));
    }

    [Fact]
    public void All_depots_forget_the_sealed_form_when_it_is_over_and_the_relay_is_no_replica()
    {
        var domain = Relayed(out var id);
        while (domain.State.Data.Transfers[id].Hops[0].State != HopState.Done || domain.State.Data.Fetches.Count == 0)
            domain.Flow(TimeSpan.FromMinutes(1));

        var last = domain.Do(new ReportFetch(domain.State.Data.Fetches.Keys.Single(), West, Succeeded: true, 1, ""));

        var transfer = domain.State.Data.Transfers[id];
        Assert.Equal(TransferState.Done, transfer.State);
        Assert.Equal([East, West], domain.State.Data.HoldersOf(transfer.Hops[0].Root));
        Assert.Equal(
            new[] { East, Middle, West }.Select(node => new RelayCleared(transfer.Seals[0].Name, node)),
            last.Events.OfType<RelayCleared>().OrderBy(e => e.Node));
    }

    [Fact]
    public void A_depot_that_cannot_seal_fails_the_hop_and_is_asked_again()
    {
        var domain = Relayed(out var id);
        var transfer = domain.State.Data.Transfers[id];
        domain.Do(new ReportSeal(id, transfer.Seals[0], "unreadable"));
        Assert.Equal((HopState.Failed, 1), (domain.State.Data.Transfers[id].Hops[0].State, domain.State.Data.Transfers[id].FailureCount));

        var plan = TransferPlanner.Replan(domain.State, domain.State.Data.Transfers[id], domain.Now);
        domain.Do(new ReplanTransfer(id, plan.Hops, IsResumed: false));

        transfer = domain.State.Data.Transfers[id];
        Assert.True(transfer.Awaits(transfer.Seals.Single()));
        domain.Flow(TimeSpan.FromHours(13));
        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
    }

    [Fact]
    public void A_hop_from_a_relay_that_failed_keeps_the_seal_so_that_the_source_is_not_needed_any_more()
    {
        var domain = Relayed(out var id);
        while (domain.State.Data.Transfers[id].Hops[0].State != HopState.Done || domain.State.Data.Fetches.Count == 0)
            domain.Flow(TimeSpan.FromMinutes(1));
        var made = domain.State.Data.Transfers[id].Seals.Single();

        domain.Do(new ReportFetch(domain.State.Data.Fetches.Keys.Single(), West, Succeeded: false, 0, "cut"));
        var plan = TransferPlanner.Replan(domain.State, domain.State.Data.Transfers[id], domain.Now);
        domain.Do(new ReplanTransfer(id, plan.Hops, IsResumed: false));

        var transfer = domain.State.Data.Transfers[id];
        Assert.Equal(made, transfer.Seals.Single());
        Assert.Equal(Middle, transfer.Hops.Single(h => h.To == West).Windows[0].Sources[0].From);
    }

    [Fact]
    public void A_tenant_may_have_everything_sealed()
    {
        var domain = Pair();
        var id = domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"]) with { IsSealed = true });

        var transfer = domain.State.Data.Transfers[id];
        Assert.Equal((true, East), (transfer.Hops.Single().IsSealed, transfer.Hops.Single().Sealer));
        Assert.Equal(domain.Now + TransferRules.SealTime(transfer.Size), transfer.Hops.Single().Start);
        domain.Flow(TimeSpan.FromMinutes(30));
        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
    }

    [Fact]
    public void A_hop_whose_source_is_cut_off_before_it_sealed_needs_another_way()
    {
        var domain = Pair();
        var id = domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"]) with { IsSealed = true });
        domain.Do(new BanNode(East));

        domain.Now = domain.State.Sites.Nodes[East].LeaseUntil + TimeSpan.FromMinutes(1);
        domain.Do(new Tick());

        Assert.Equal(HopState.Failed, domain.State.Data.Transfers[id].Hops.Single().State);
        Assert.Equal([id], domain.State.Data.NeedingPlan(linkChanges: 0, domain.Now).Select(t => t.Id));
    }

    [Fact]
    public void A_target_whose_agent_named_no_key_gets_nothing_sealed()
    {
        var domain = Pair();
        var node = domain.State.Sites.Nodes[West];
        domain.Do(new ReportNode(
            West, node.Total, [], node.DepotUrl, node.CanSandbox, "", "linux", TimeSpan.FromDays(30)));
        var request = Errands.Wish("scene", TransferMode.Dedicated, ["west"]) with { IsSealed = true };
        var plan = TransferPlanner.Plan(domain.State, request, domain.Now);

        Assert.Equal("no-public-key", DomainMachine.Decide(domain.State, new OrderTransfer(request, plan.Hops), domain.Now).Fault?.Code);
    }

    /// <summary>East to middle is cheap at 14, middle to west at 20, so that the data lies in the middle between them.</summary>
    private static TestDomain Relayed(out long id)
    {
        var domain = new TestDomain().Centre("east").Centre("middle").Centre("west").Data("scene", mebibytes: 1000, East.Value);
        Declare(domain, "east", "middle", cheapHour: 14);
        Declare(domain, "middle", "west", cheapHour: 20);
        id = domain.Order(Errands.Wish("scene", TransferMode.Offpeak, ["west"], deadline: domain.Now + TimeSpan.FromHours(12)));
        return domain;
    }

    private static void Declare(TestDomain domain, string from, string to, int cheapHour) => domain.Do(new DeclareLink(new(
        new(from + "-" + to), new(from), new(to), Bandwidth.FromMbps(100), 1_000, 1m)
    {
        PricesByHour = [.. Enumerable.Range(0, 24).Select(hour => hour == cheapHour ? 0.1m : 1m)],
    }));

    private static TestDomain Pair() => new TestDomain().Centre("east").Centre("west").Link("east", "west", mbps: 100)
        .Data("scene", mebibytes: 1000, East.Value);
}
