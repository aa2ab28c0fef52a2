using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

public sealed class TransferLifeTests
{
    private static readonly NodeId West = new("west/main/n00");

    private readonly TestDomain _domain = new TestDomain(credit: 100).Centre("east").Centre("west")
        .Link("east", "west", mbps: 100, price: 1).Data("scene", mebibytes: 1000, "east/main/n00");

    private Transfer The(long id) => _domain.State.Data.Transfers[id];

    private long Send() => _domain.Order(Errands.Wish("scene", TransferMode.Dedicated, ["west"], mbps: 50));

    [Fact]
    public void A_paused_transfer_holds_no_circuit_and_news_of_what_it_fetched_before_changes_nothing()
    {
        var id = Send();
        var fetch = The(id).Hops[0].Fetch;
        _domain.Now += TimeSpan.FromSeconds(10);

        _domain.Do(new PauseTransfer(id));

        Assert.Equal(0, _domain.State.Network.HeldOn(new("east-west")).MaxIn(_domain.Now, DateTimeOffset.MaxValue));
        Assert.Empty(_domain.Do(new ReportFetch(fetch, West, Succeeded: true, 5, "")).Events);
        Resume(id);
        Assert.Empty(_domain.Do(new ReportFetch(fetch, West, Succeeded: false, 0, "cancelled")).Events);
        Assert.Equal(TransferState.Moving, The(id).State);
        Assert.NotEqual(fetch, The(id).Hops[0].Fetch);
    }

    [Fact]
    public void What_came_before_a_pause_is_paid_once_and_only_the_rest_is_planned_again()
    {
        var id = Send();
        var price = The(id).Held;
        var size = The(id).Size.Bytes;
        var length = The(id).Expected - _domain.Now;
        _domain.Do(new MarkFetch(The(id).Hops[0].Fetch, West, size / 2));

        _domain.Do(new PauseTransfer(id));
        var paid = The(id).Charged;
        _domain.Now += TimeSpan.FromHours(1);
        Resume(id);
        var left = The(id).Expected - _domain.Now;
        _domain.Do(new ReportFetch(The(id).Hops[0].Fetch, West, Succeeded: true, size / 2, ""));

        Assert.Equal((price * 0.5m).RoundedUp(), paid);
        Assert.InRange(left / length, 0.49, 0.52);
        Assert.Equal(TransferState.Done, The(id).State);
        Assert.InRange(The(id).Charged.Amount - price.Amount, 0, 0.000002m);
        Assert.Equal(Money.Zero(), _domain.State.Accounts.Balance(AccountId.Held(TestDomain.Tenant)));
        Assert.Equal(The(id).Charged, _domain.State.Accounts.Balance(AccountId.Carrier));
        Assert.Equal(The(id).Expected, The(id).Promised);
    }

    [Fact]
    public void A_cancelled_transfer_gives_back_money_and_circuits()
    {
        var id = Send();

        _domain.Do(new CancelTransfer(id));

        Assert.Equal(TransferState.Cancelled, The(id).State);
        Assert.Equal(Money.Cny(100), _domain.State.Accounts.Balance(AccountId.Available(TestDomain.Tenant)));
        Assert.Equal(0, _domain.State.Network.HeldOn(new("east-west")).MaxIn(_domain.Now, DateTimeOffset.MaxValue));
        Assert.Equal("transfer-over", DomainMachine.Decide(_domain.State, new PauseTransfer(id), _domain.Now).Fault?.Code);
    }

    [Fact]
    public void A_hop_that_fails_is_planned_anew_and_the_promise_stays()
    {
        var id = Send();
        var promised = The(id).Promised;
        _domain.Now += TimeSpan.FromSeconds(50);
        _domain.Do(new ReportFetch(The(id).Hops[0].Fetch, West, Succeeded: false, 0, "torn"));

        _domain.Schedule();

        Assert.Equal(HopState.Moving, Assert.Single(The(id).Hops).State);
        Assert.Equal(promised, The(id).Promised);
        Assert.True(The(id).Expected > promised);
        Assert.Equal("torn", The(id).Reason);
    }

    [Fact]
    public void Progress_is_in_the_journal_at_each_quarter_only()
    {
        var id = Send();
        var (fetch, size) = (The(id).Hops[0].Fetch, The(id).Size.Bytes);

        var events = Enumerable.Range(1, 100).Sum(percent => _domain.Do(new MarkFetch(fetch, West, size * percent / 100)).Events.Length);

        Assert.Equal(4, events);
    }

    [Fact]
    public void A_transfer_that_nobody_can_pay_is_refused()
    {
        var poor = new TestDomain(credit: 0.5m).Centre("east").Centre("west").Link("east", "west", mbps: 100, price: 1)
            .Data("scene", mebibytes: 1000, "east/main/n00");
        var request = Errands.Wish("scene", TransferMode.Dedicated, ["west"]);

        var refused = DomainMachine.Decide(
            poor.State, new OrderTransfer(request, TransferPlanner.Plan(poor.State, request, poor.Now).Hops), poor.Now);

        Assert.Equal("transfer-unaffordable", refused.Fault?.Code);
    }

    [Fact]
    public void What_the_law_keeps_here_is_not_sent_elsewhere()
    {
        _domain.Data("secret", mebibytes: 1, "east/main/n00", sovereignty: "cn").Centre("abroad", sovereignty: "sg").Link("east", "abroad", mbps: 100);
        var request = Errands.Wish("secret", TransferMode.Dedicated, ["abroad"]);

        var refused = DomainMachine.Decide(
            _domain.State, new OrderTransfer(request, TransferPlanner.Plan(_domain.State, request, _domain.Now).Hops), _domain.Now);

        Assert.Equal("sovereignty", refused.Fault?.Code);
    }

    private void Resume(long id) =>
        _domain.Do(new ReplanTransfer(id, TransferPlanner.Replan(_domain.State, The(id), _domain.Now).Hops, IsResumed: true));
}
