using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

public sealed class TransferPlanTests
{
    [Fact]
    public void A_rate_that_was_asked_for_is_held_and_the_arrival_follows_from_it()
    {
        var domain = Pair(mbps: 100);

        var plan = TransferPlanner.Plan(domain.State, Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 40), domain.Now);

        var source = Assert.Single(Assert.Single(Assert.Single(plan.Hops).Windows).Sources);
        Assert.Equal(Bandwidth.FromMbps(40), source.Rate);
        Assert.InRange((plan.Arrival!.Value - Transfer.HandOver - domain.Now).TotalSeconds, 100 * 8.388608 / 40, 100 * 8.388608 / 40 * 1.1);
    }

    [Fact]
    public void A_deadline_that_cannot_be_kept_is_refused_with_the_earliest_that_can()
    {
        var domain = Pair(mbps: 10);
        var deadline = domain.Now + TimeSpan.FromSeconds(20);

        var refused = TransferPlanner.Plan(domain.State, Errands.Wish("scene", TransferMode.Dedicated, ["west"], deadline: deadline), domain.Now);

        Assert.Equal("transfer-late", refused.Fault?.Code);
        var kept = TransferPlanner.Plan(
            domain.State, Errands.Wish("scene", TransferMode.Dedicated, ["west"], deadline: refused.Arrival), domain.Now);
        Assert.Null(kept.Fault);
    }

    [Fact]
    public void A_circuit_waits_until_the_one_before_it_ends()
    {
        var domain = Pair(mbps: 100);
        domain.Data("film", mebibytes: 100, "east/main/n00");
        var first = domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 80));

        var second = domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["west"], mbps: 80));

        var (one, two) = (domain.State.Data.Transfers[first], domain.State.Data.Transfers[second]);
        Assert.True(two.Hops[0].Start >= one.Hops[0].Finish);
        Assert.Equal((TransferState.Moving, TransferState.Admitted), (one.State, two.State));
    }

    [Fact]
    public void Several_targets_are_a_tree_in_which_the_first_serves_the_others()
    {
        var domain = new TestDomain().Centre("hub").Centre("a").Centre("b").Centre("c").Data("model", mebibytes: 100, "hub/main/n00");
        domain.Link("hub", "a", mbps: 100).Link("a", "b", mbps: 100).Link("b", "c", mbps: 100);

        var id = domain.Order(Errands.Wish("model", TransferMode.Dedicated, ["c", "b", "a"]));

        // Each link carries it once, although every path leads from the hub.
        var hops = domain.State.Data.Transfers[id].Hops;
        Assert.Equal(["hub-a", "a-b", "b-c"], hops.Select(h => Assert.Single(h.Windows[0].Sources[0].Links).Value));
        domain.Flow(TimeSpan.FromMinutes(10));
        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
        Assert.Equal(4, domain.State.Data.HoldersOf(new("root-model")).Count);
    }

    [Fact]
    public void Aggregation_fills_disjoint_paths_and_takes_several_replicas()
    {
        var domain = new TestDomain().Centre("east").Centre("north").Centre("middle").Centre("west").Data("scene", mebibytes: 300, "east/main/n00");
        domain.Link("east", "west", mbps: 100).Link("east", "middle", mbps: 100).Link("middle", "west", mbps: 100).Link("north", "west", mbps: 100);
        domain.Do(new RegisterDataset(DatasetId.Of(TestDomain.Project, "scene"), new(new("root-scene"), DataSize.FromMebibytes(300), 1), "", new("north/main/n00")));

        var plan = TransferPlanner.Plan(domain.State, Errands.Wish("scene", TransferMode.Aggregated, ["west"]), domain.Now);

        var window = Assert.Single(Assert.Single(plan.Hops).Windows);
        Assert.Equal(3, window.Sources.Length);
        Assert.Equal(2, window.Sources.Select(s => s.From).Distinct().Count());
        var single = TransferPlanner.Plan(domain.State, Errands.Wish("scene", TransferMode.Dedicated, ["west"]), domain.Now);
        Assert.True((plan.Arrival - domain.Now) * 2 < single.Arrival - domain.Now);
        Assert.Null(DomainMachine.Decide(domain.State, new OrderTransfer(Errands.Wish("scene", TransferMode.Aggregated, ["west"]), plan.Hops), domain.Now).Fault);
    }

    [Fact]
    public void No_circuit_is_held_while_a_link_is_out_of_service_and_one_that_was_planned_before_is_refused()
    {
        var domain = Pair(mbps: 100);
        var wish = Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 40);
        var old = TransferPlanner.Plan(domain.State, wish, domain.Now);
        var link = domain.State.Network.Links[new("east-west")];
        var (from, to) = (domain.Now + TimeSpan.FromSeconds(5), domain.Now + TimeSpan.FromHours(3));
        domain.Do(new DeclareLink(link with { Maintenance = [new(from, to)] }));

        var refused = DomainMachine.Decide(domain.State, new OrderTransfer(wish, old.Hops), domain.Now);
        var plan = TransferPlanner.Plan(domain.State, wish, domain.Now);

        Assert.NotNull(refused.Fault);
        Assert.Equal(to, Assert.Single(plan.Hops).Windows[0].Start);
        Assert.Null(DomainMachine.Decide(domain.State, new OrderTransfer(wish, plan.Hops), domain.Now).Fault);
        Assert.Equal(
            "bad-link-maintenance",
            DomainMachine.Decide(domain.State, new DeclareLink(link with { Maintenance = [new(from, to), new(from, to)] }), domain.Now).Fault?.Code);
    }

    [Fact]
    public void Off_peak_waits_for_the_cheap_hours_and_lies_at_a_relay_between_them()
    {
        // East to middle is cheap at 14 to 15, middle to west at 20 to 21: nobody is cheap all the way at once.
        var domain = new TestDomain().Centre("east").Centre("middle").Centre("west").Data("scene", mebibytes: 1000, "east/main/n00");
        Declare(domain, "east", "middle", cheapHour: 14);
        Declare(domain, "middle", "west", cheapHour: 20);

        var id = domain.Order(Errands.Wish("scene", TransferMode.Offpeak, ["west"], deadline: domain.Now + TimeSpan.FromHours(12)));

        var transfer = domain.State.Data.Transfers[id];
        Assert.Equal([14, 20], transfer.Hops.Select(h => h.Start.Hour));
        Assert.Equal(["middle", "west"], transfer.Hops.Select(h => h.To.Site.Value));
        Assert.Equal(Money.Cny(2 * 0.1m * 1.048576m).RoundedUp(), transfer.Held);
        domain.Flow(TimeSpan.FromHours(10));
        Assert.Equal(TransferState.Done, domain.State.Data.Transfers[id].State);
        Assert.DoesNotContain(domain.State.Data.HoldersOf(new("root-scene")), holder => holder.Site.Value == "middle");
        Assert.Equal(transfer.Held, domain.State.Data.Transfers[id].Charged);
    }

    [Fact]
    public void The_time_asks_nothing_of_transfers_that_wait_between_two_windows_or_move_in_their_last()
    {
        // 52 GB need more than the one cheap hour of a day, so the rest waits for that of the next.
        var domain = new TestDomain().Centre("east").Centre("west").Data("scene", mebibytes: 50_000, "east/main/n00");
        Declare(domain, "east", "west", cheapHour: 14);
        var id = domain.Order(Errands.Wish("scene", TransferMode.Offpeak, ["west"], deadline: domain.Now + TimeSpan.FromHours(40)));
        var windows = domain.State.Data.Transfers[id].Hops[0].Windows;
        Assert.Equal([14, 14], windows.Select(w => w.Start.Hour));

        var asked = new List<DateTimeOffset>();
        for (var until = windows[1].Finish; domain.Now < until; domain.Now += TimeSpan.FromMinutes(1))
        {
            if (domain.State.Data.Index.DueAt(domain.Now).Contains(id))
                asked.Add(domain.Now);
            domain.Do(new Meridian.Domain.Jobs.Tick());
        }

        Assert.Equal(3, asked.Count);
        Assert.Equal(
            [windows[0].Start, windows[0].Finish, windows[1].Start],
            asked.Select(at => windows.SelectMany(w => new[] { w.Start, w.Finish }).Last(moment => moment <= at)));
    }

    [Fact]
    public void Off_peak_is_refused_where_it_would_not_arrive()
    {
        var domain = Pair(mbps: 1);

        var refused = TransferPlanner.Plan(
            domain.State, Errands.Wish("scene", TransferMode.Offpeak, ["west"], deadline: domain.Now + TimeSpan.FromMinutes(5)), domain.Now);

        Assert.Equal("transfer-late", refused.Fault?.Code);
    }

    [Fact]
    public void A_cheaper_hour_that_comes_up_is_taken_and_a_dearer_one_does_not_change_the_price()
    {
        var domain = new TestDomain().Centre("east").Centre("west").Data("scene", mebibytes: 1000, "east/main/n00");
        Declare(domain, "east", "west", cheapHour: 20);
        var id = domain.Order(Errands.Wish("scene", TransferMode.Offpeak, ["west"], deadline: domain.Now + TimeSpan.FromHours(12)));
        var agreed = domain.State.Data.Transfers[id].Held;

        Declare(domain, "east", "west", cheapHour: 16, cheap: 0.01m);
        domain.Schedule();
        var better = domain.State.Data.Transfers[id];
        Declare(domain, "east", "west", cheapHour: 16, cheap: 5m);
        domain.Schedule();

        Assert.Equal(16, better.Hops[0].Start.Hour);
        Assert.True(better.Held < agreed);
        Assert.Equal(better.Held, domain.State.Data.Transfers[id].Held);
        Assert.Empty(domain.Plan().Commands);
    }

    [Fact]
    public void A_tenant_stays_under_its_bandwidth()
    {
        var domain = new TestDomain(quota: Quota.Default with { BitsPerSecond = 30_000_000 }).Centre("east").Centre("west")
            .Link("east", "west", mbps: 100).Data("scene", mebibytes: 100, "east/main/n00").Data("film", mebibytes: 100, "east/main/n00");

        domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"]));
        domain.Order(Errands.Wish("film", TransferMode.Aggregated, ["west"]));

        var held = TenantCircuits.Of(domain.State, TestDomain.Tenant, except: 0);
        Assert.InRange(held.MaxIn(domain.Now, domain.Now + TimeSpan.FromDays(1)), 1, 30_000_000);
    }

    [Fact]
    public void Whatever_is_planned_the_writer_takes_and_no_link_is_held_beyond_its_capacity() => Gen.ULong.Sample(seed =>
    {
        var luck = new Seed(seed);
        var domain = new TestDomain();
        string[] sites = ["a", "b", "c", "d"];
        foreach (var site in sites)
            domain.Centre(site);
        foreach (var (from, to) in sites.SelectMany(f => sites.Where(t => t != f), (f, t) => (f, t)))
        {
            if (luck.Chance(0.6))
                Declare(domain, from, to, cheapHour: luck.Next(24), mbps: luck.Next(200) + 1);
        }

        for (var i = 0; i < 12; i++)
        {
            domain.Data("d" + i, luck.Next(20_000) + 1, sites[luck.Next(4)] + "/main/n00");
            domain.Now += TimeSpan.FromSeconds(luck.Next(1_000));
            var request = Errands.Wish(
                "d" + i, (TransferMode)luck.Next(3), [sites[luck.Next(4)], sites[luck.Next(4)]], luck.Chance(0.3) ? luck.Next(100) + 1 : 0,
                domain.Now + TimeSpan.FromHours(luck.Next(40) + 1)) with
            { To = [new(sites[luck.Next(4)])] };
            var plan = TransferPlanner.Plan(domain.State, request, domain.Now);
            if (plan.Fault is not null)
                continue;
            var id = domain.Do(new OrderTransfer(request, plan.Hops)).Value;
            Assert.Equal(plan.Price, domain.State.Data.Transfers[id].Held);
            Assert.True(plan.Arrival <= request.Deadline);
        }

        Assert.Empty(Meridian.Simulation.Checks.StateRules.Broken(domain.State, domain.Now));
    }, iter: 40);

    private static TestDomain Pair(double mbps) =>
        new TestDomain().Centre("east").Centre("west").Link("east", "west", mbps).Data("scene", mebibytes: 100, "east/main/n00");

    private static void Declare(TestDomain domain, string from, string to, int cheapHour, decimal cheap = 0.1m, double mbps = 100)
    {
        var link = new Link(new($"{from}-{to}"), new(from), new(to), Bandwidth.FromMbps(mbps), 1_000, 1m)
        {
            PricesByHour = [.. Enumerable.Range(0, 24).Select(hour => hour == cheapHour ? cheap : 1m)],
        };
        domain.Do(new DeclareLink(link));
    }
}
