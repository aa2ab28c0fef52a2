using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class AccountTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_ledger_sums_to_zero_and_the_bill_to_what_was_spent()
    {
        await using var world = await ApiWorld.StartAsync();
        for (var i = 0; i < 7; i++)
            world.End(world.Place(world.Submit("vision", "paid", hold: 5)));
        world.End(world.Place(world.Submit("render", "theirs", hold: 5)));
        using var http = world.As("operator");

        using var answer = await http.GetAsync("ledger", Cancellation);
        var ledger = (await ApiWorld.ReadAsync<JsonElement>(answer))!;
        var lines = new List<BillLine>();
        Bill bill;
        string? cursor = null;
        do
        {
            using var page = await http.GetAsync("bill?tenant=lab&limit=3" + (cursor is null ? "" : "&cursor=" + cursor), Cancellation);
            bill = await ApiWorld.ReadAsync<Bill>(page);
            lines.AddRange(bill.Lines);
            cursor = bill.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal("0.00 CNY", ledger.GetProperty("sum").GetString());
        Assert.Equal(0, ledger.GetProperty("items").EnumerateArray().Sum(a => AmountOf(a.GetProperty("balance").GetString()!)));
        Assert.Equal(Enumerable.Range(1, 7).Select(i => (long)i).Reverse(), lines.Select(l => l.Job));
        Assert.Equal(AmountOf(bill.Spent), lines.Sum(l => AmountOf(l.Amount)));
        Assert.Equal(1000, AmountOf(bill.Available) + AmountOf(bill.Held) + AmountOf(bill.Spent));
    }

    [Fact]
    public async Task A_tenants_bandwidth_by_hour_is_shown_as_it_was_declared_and_refused_where_it_cannot_be()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");
        var quota = (await client.GetTenantAsync("lab", Cancellation)).Quota with { BitsPerSecond = 5, BandwidthHours = [new(22, 6, 7)] };

        await client.PutTenantAsync("lab", new(Name: null, quota, Projects: null), Cancellation);

        var shown = (await client.GetTenantAsync("lab", Cancellation)).Quota;
        Assert.Equal((5, new BandwidthHoursView(22, 6, 7)), (shown.BitsPerSecond, Assert.Single(shown.BandwidthHours!)));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.PutTenantAsync(
            "lab", new(Name: null, quota with { BandwidthHours = [new(6, 6, 7)] }, Projects: null), Cancellation));
        Assert.Contains("bad-bandwidth-hours", refused.Problem.Type, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bill_of_a_job_has_its_lines_only()
    {
        await using var world = await ApiWorld.StartAsync();
        world.End(world.Place(world.Submit("vision", "a", hold: 5)));
        var second = world.Submit("vision", "b", hold: 5, tasks: 2);
        world.End(world.Place(second, task: 0));
        world.End(world.Place(second, task: 1));

        var bill = await world.Client("lab-viewer").GetBillAsync(tenant: null, second, cursor: null, Cancellation);

        Assert.Equal([("b", "compute"), ("b", "compute")], bill.Lines.Select(l => (l.JobName, l.Kind)));
        Assert.All(bill.Lines, l => Assert.Equal("provider/dc", l.Payee));
    }

    [Fact]
    public async Task A_grant_that_is_sent_twice_is_given_once()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("operator");
        http.DefaultRequestHeaders.Add("Idempotency-Key", "g1");

        for (var i = 0; i < 3; i++)
        {
            using var answer = await http.PostAsync("tenants/lab/grants", Json("""{"amount":5,"currency":"CNY","reason":"x"}"""), Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        using var other = await http.PostAsync("tenants/lab/grants", Json("""{"amount":6,"currency":"CNY","reason":"x"}"""), Cancellation);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(Money.Cny(1005), world.Domain.Latest.State.Accounts.Balance(Meridian.Domain.Accounts.AccountId.Available(new("lab"))));
    }

    [Fact]
    public async Task A_job_that_the_tenant_cannot_pay_is_refused_in_the_callers_language()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh");

        using var answer = await http.PostAsync("jobs", ApiWorld.Yaml(ApiWorld.JobText("dear", tasks: 100_000)), Cancellation);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await ApiWorld.ReadAsync<Problem>(answer);
        Assert.Equal("urn:meridian:problem:insufficient-funds", problem.Type);
        Assert.Equal("租户余额不足", problem.Title);
        Assert.StartsWith("作业最多可能花费", problem.Detail, StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static decimal AmountOf(string money) => decimal.Parse(money.Split(' ')[0]);
}
