using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class AccountCommandTests
{
    [Fact]
    public async Task The_ledger_shows_every_account_and_their_sum()
    {
        var server = new FakeServer().On("GET ledger", request => FakeServer.Json(
            request.RequestUri!.Query.Contains("cursor=two", StringComparison.Ordinal)
                ? new Ledger([new("tenant/lab", "100.00 CNY")], NextCursor: null, "0.00 CNY")
                : new Ledger([new("issuer", "-100.00 CNY")], "two", "0.00 CNY")));
        using var run = new CliRun(server);

        Assert.Equal(0, await run.RunAsync("ledger"));

        Assert.Contains("issuer", run.Out, StringComparison.Ordinal);
        Assert.Contains("tenant/lab", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("sum of all accounts: 0.00 CNY\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bandwidth_by_hour_is_added_to_the_quota_that_there_is_replaced_and_lifted()
    {
        var quota = new QuotaView(
            CpuMillicores: null, MemoryBytes: null, Accelerators: null, Tasks: 5, WaitingTasks: null, BitsPerSecond: 1_000_000,
            [new(22, 6, 5_000_000), new(8, 9, 7_000_000)]);
        var server = new FakeServer().On("PUT tenants/lab", new { }).On("GET tenants", new Page<TenantView>(
            [new("lab", "Lab", "0.00 CNY", "0.00 CNY", "0.00 CNY", quota, [], 100, new(0, 0, 0, 0))], NextCursor: null));
        using var run = new CliRun(server);

        Assert.Equal(0, await run.RunAsync("tenant", "add", "lab", "--quota", "bandwidth=200Mbps bandwidth@22-06=1Gbps bandwidth@8-9=none"));

        var sent = System.Text.Json.JsonSerializer.Deserialize<TenantDeclaration>(server.Bodies.Single(), RestJson.Options)!.Quota!;
        Assert.Equal((5, 200_000_000L), (sent.Tasks, sent.BitsPerSecond));
        Assert.Equal([new BandwidthHoursView(22, 6, 1_000_000_000)], sent.BandwidthHours!);
    }

    [Theory]
    [InlineData("bandwidth@22=1Gbps")]
    [InlineData("bandwidth@a-b=1Gbps")]
    [InlineData("bandwidth@22-06=fast")]
    public async Task Hours_that_cannot_be_read_are_refused_before_the_server_is_asked_to_change_anything(string quota)
    {
        var server = new FakeServer().On("GET tenants", new Page<TenantView>([], NextCursor: null));
        using var run = new CliRun(server);

        Assert.Equal(2, await run.RunAsync("tenant", "add", "lab", "--quota", quota));

        Assert.Empty(server.Bodies);
    }
}
