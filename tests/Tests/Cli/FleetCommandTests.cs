using System.Text.Json;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class FleetCommandTests
{
    private static readonly Usage Nothing = new(0, 0, 0, 0);

    private static readonly PoolView Pool = new(
        "west/main", "west", "process", new(0.1m, 0.01m, new Dictionary<string, decimal>(StringComparer.Ordinal) { ["A100"] = 12 }),
        Speed: 1.5, WattsPerCore: 8, IsDraining: false, [], Nothing, new(2500, 4L << 30, 0, 1));

    [Fact]
    public async Task A_site_is_declared_with_its_hours()
    {
        using var run = new CliRun(new FakeServer().On("PUT sites/west", new { }));

        var exit = await run.RunAsync(
            "site", "add", "west", "--provider", "north-power", "--region", "west", "--latitude", "41.2", "--longitude", "-3",
            "--carbon", string.Join(',', Enumerable.Range(100, 24)));

        var site = Body<SiteDeclaration>(run);
        Assert.Equal((0, "west", "core", 41.2, -3d), (exit, site.Name, site.Tier, site.Latitude, site.Longitude));
        Assert.Equal((24, 1), (site.CarbonGramsPerKwhByHour.Count, site.PowerPricePerKwhByHour.Count));
    }

    [Fact]
    public async Task Setting_one_price_of_a_pool_keeps_all_else()
    {
        using var run = new CliRun(new FakeServer()
            .On("GET pools", new Page<PoolView>([Pool], null)).On("PUT pools/west/main", new { }));

        var exit = await run.RunAsync("pool", "set", "west", "main", "--accelerator-price", "H100=30.5", "--drain");

        var pool = Body<PoolDeclaration>(run);
        Assert.Equal((0, 0.1m, 1.5, true), (exit, pool.Prices.CpuCoreHour, pool.Speed, pool.IsDraining));
        Assert.Equal("A100=12,H100=30.5", string.Join(',', pool.Prices.AcceleratorHour.Select(price => $"{price.Key}={price.Value}")));
    }

    [Fact]
    public async Task A_link_is_declared_in_units_both_ways_unless_told_otherwise()
    {
        using var run = new CliRun(new FakeServer().On("PUT links/east-west", new { }));

        await run.RunAsync("link", "add", "east", "west", "--bandwidth", "1Gbps", "--latency", "12.5ms", "--price-per-gigabyte", "0.02");

        Assert.Equal(new LinkDeclaration("east", "west", 1_000_000_000, 12_500, 0.02m, BothWays: true), Body<LinkDeclaration>(run));
    }

    [Fact]
    public async Task Times_of_maintenance_are_told_in_utc_and_a_wrong_one_is_refused()
    {
        using var run = new CliRun(new FakeServer().On("PUT links/east-west", new { }));
        string[] link = ["link", "add", "east", "west", "--bandwidth", "1Gbps", "--latency", "5ms", "--maintenance"];

        await run.RunAsync([.. link, "2026-12-01T22:00Z/2026-12-02T02:00Z", "--maintenance", "2026-12-09T06:00+08:00/2026-12-09T02:00Z"]);

        Assert.Equal(
            [
                new(new(2026, 12, 1, 22, 0, 0, TimeSpan.Zero), new(2026, 12, 2, 2, 0, 0, TimeSpan.Zero)),
                new(new(2026, 12, 8, 22, 0, 0, TimeSpan.Zero), new(2026, 12, 9, 2, 0, 0, TimeSpan.Zero)),
            ],
            Body<LinkDeclaration>(run).Maintenance!);
        Assert.Equal(2, await run.RunAsync([.. link, "2026-12-01T22:00Z"]));
    }

    [Fact]
    public async Task Pools_show_what_they_use_of_what_they_have()
    {
        using var run = new CliRun(new FakeServer().On("GET pools", new Page<PoolView>([Pool], null)));

        await run.RunAsync("pool", "list");

        Assert.Matches("west/main +west +process +0 +0/2.5 +0B/4GiB +0.10 +no\n", run.Out);
    }

    [Fact]
    public async Task A_new_token_puts_only_its_secret_on_standard_output()
    {
        var token = new TokenView("t1", "ci", "studio", "demo", "member", Samples.At, null);
        using var run = new CliRun(new FakeServer()
            .On("GET whoami", Samples.Self).On("POST tokens", new TokenCreated(token, "mt_secret")));

        var exit = await run.RunAsync("token", "create", "ci");

        Assert.Equal((0, "mt_secret\n"), (exit, run.Out));
        Assert.Equal(new TokenRequest("ci", "studio", "demo", "member", null), Body<TokenRequest>(run));
        Assert.DoesNotContain("mt_secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_names_its_amount_and_currency()
    {
        using var run = new CliRun(new FakeServer().On("POST tenants/studio/grants", new { }));

        Assert.Equal(0, await run.RunAsync("tenant", "grant", "studio", "100.50 CNY", "--reason", "voucher"));
        Assert.Equal(2, await run.RunAsync("tenant", "grant", "studio", "much"));

        Assert.Equal(new Grant(100.50m, "CNY", "voucher"), Body<Grant>(run));
    }

    [Fact]
    public async Task A_bill_gathers_all_of_its_pages()
    {
        var line = new BillLine(Samples.At, 7, "render", "demo", "compute", "north-power", "0.40 CNY", "24 tasks");
        using var run = new CliRun(new FakeServer().On("GET bill", request => FakeServer.Json(new Bill(
            "studio", "90 CNY", "6 CNY", "4 CNY", [line],
            request.RequestUri!.Query.Contains("cursor", StringComparison.Ordinal) ? null : "more"))));

        await run.RunAsync("bill", "-o", "json");

        var bill = JsonSerializer.Deserialize<Bill>(run.Out, RestJson.Options)!;
        Assert.Equal((2, null), (bill.Lines.Count, bill.NextCursor));
    }

    private static T Body<T>(CliRun run) => JsonSerializer.Deserialize<T>(run.Server.Bodies[^1], RestJson.Options)!;
}
