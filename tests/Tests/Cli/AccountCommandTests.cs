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
}
