using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Meridian.Agent.Circuits;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Agent.Circuits;

public sealed class LinuxDriverTests
{
    private const int Number = CircuitTable.Prefix | 0xa3;

    private static readonly CircuitWish Wish = new(7, Number, "west/p/n", IPAddress.Parse("10.77.0.2"), Bandwidth.FromMbps(20))
    {
        LinkCapacity = Bandwidth.FromMbps(100),
        NextSite = "west",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_circuit_gets_a_class_whatever_is_changed_is_put_right_and_nothing_is_left_at_its_end()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        await using var driver = new LinuxDriver(hosts.Tool, new());
        var before = await hosts.DoAsync("tc qdisc show");

        var made = Assert.Single(await driver.ReconcileAsync([Wish], Cancellation));
        Assert.Equal(new(7, IsInForce: true, Wish.Rate, "a0", "", "", MendedCount: 0), made);
        Assert.Equal(TrafficClasses.Wanted([Wish], Wish.LinkCapacity).OrderBy(c => c.Minor), (await ClassesAsync()).OrderBy(c => c.Minor));
        Assert.Equal(0, await MendedAsync());

        await hosts.DoAsync("tc class del dev a0 classid 4d44:a3");
        Assert.Equal(1, await MendedAsync());
        await hosts.DoAsync("tc class change dev a0 parent 4d44:1 classid 4d44:a3 htb rate 1mbit ceil 1mbit");
        Assert.Equal(2, await MendedAsync());
        await hosts.DoAsync("tc qdisc del dev a0 root");
        Assert.Equal(3, await MendedAsync());
        Assert.Equal(3, (await ClassesAsync()).Length);

        Assert.Empty(await driver.ReconcileAsync([], Cancellation));
        Assert.Equal(before, await hosts.DoAsync("tc qdisc show"));

        async Task<ImmutableArray<TrafficClass>> ClassesAsync() => TrafficClasses.Read(await hosts.DoAsync("tc class show dev a0"));

        async Task<int> MendedAsync()
        {
            var state = Assert.Single(await driver.ReconcileAsync([Wish], Cancellation));
            Assert.True(state.IsInForce, state.About);
            return state.MendedCount;
        }
    }

    [Fact]
    public async Task Queueing_of_somebody_else_is_left_alone()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        await using var driver = new LinuxDriver(hosts.Tool, new());
        await hosts.DoAsync("tc qdisc add dev a0 root handle 1: tbf rate 50mbit burst 20000 latency 50ms");
        var before = await hosts.DoAsync("tc qdisc show");

        var state = Assert.Single(await driver.ReconcileAsync([Wish], Cancellation));
        Assert.Equal((false, CircuitCodes.ForeignQdisc, Bandwidth.Zero), (state.IsInForce, state.Code, state.Rate));
        Assert.Contains("tbf", state.About, StringComparison.Ordinal);

        await driver.ReconcileAsync([], Cancellation);
        Assert.Equal(before, await hosts.DoAsync("tc qdisc show"));
    }

    [Fact]
    public async Task A_circuit_with_a_gateway_of_its_own_leaves_by_it_and_all_else_by_the_host_s_routes()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        var hops = ImmutableSortedDictionary<string, IPAddress>.Empty.Add("west", IPAddress.Parse("10.78.0.2"));
        await using var driver = new LinuxDriver(hosts.Tool, new() { NextHops = hops });
        var rules = await hosts.DoAsync("ip rule show");

        var state = Assert.Single(await driver.ReconcileAsync([Wish], Cancellation));
        Assert.Equal((true, "a1 via 10.78.0.2"), (state.IsInForce, state.Path));
        Assert.Contains("via 10.78.0.2 dev a1", await hosts.DoAsync($"ip route get 10.77.0.2 mark {Number}"), StringComparison.Ordinal);
        Assert.Contains("dev a0", await hosts.DoAsync("ip route get 10.77.0.2"), StringComparison.Ordinal);

        await hosts.DoAsync($"ip route flush table {Number}");
        Assert.Equal(1, Assert.Single(await driver.ReconcileAsync([Wish], Cancellation)).MendedCount);
        await hosts.DoAsync("ip rule del priority 19044");
        Assert.Equal(2, Assert.Single(await driver.ReconcileAsync([Wish], Cancellation)).MendedCount);
        Assert.Contains("via 10.78.0.2 dev a1", await hosts.DoAsync($"ip route get 10.77.0.2 mark {Number}"), StringComparison.Ordinal);

        await driver.ReconcileAsync([], Cancellation);
        Assert.Equal(rules, await hosts.DoAsync("ip rule show"));
        Assert.False((await hosts.Tool.RunAsync(["ip", "-4", "route", "show", "table", Number.ToString()], Cancellation)) is { IsGood: true, Output.Length: > 0 });
    }

    [Fact]
    public async Task What_a_killed_agent_left_is_cleared_away_and_what_it_did_not_make_stays()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        await hosts.DoAsync("tc qdisc add dev a0 root handle 4d44: htb default fffe");
        await hosts.DoAsync("tc qdisc add dev a1 root handle 9: htb default 1");
        await hosts.DoAsync($"ip rule add fwmark {Number} priority 19044 lookup {Number}");
        await hosts.DoAsync("ip rule add fwmark 5 priority 19044 lookup 77");

        await using var driver = new LinuxDriver(hosts.Tool, new());
        await driver.ReconcileAsync([], Cancellation);

        var devices = await hosts.DoAsync("tc qdisc show");
        Assert.DoesNotContain("4d44:", devices, StringComparison.Ordinal);
        Assert.Contains("9:", devices, StringComparison.Ordinal);
        var rules = await hosts.DoAsync("ip rule show");
        Assert.DoesNotContain("0x4d44", rules, StringComparison.Ordinal);
        Assert.Contains("fwmark 0x5", rules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_packets_of_a_marked_connection_go_through_their_circuit_s_class_and_those_of_others_do_not()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        await using var driver = new LinuxDriver(hosts.Tool, new());
        await driver.ReconcileAsync([Wish], Cancellation);

        await hosts.SendAsync(bytes: 300_000, number: null);
        Assert.Equal(0, await SentThroughAsync(hosts, 0xa3));
        var others = await SentThroughAsync(hosts, TrafficClasses.OthersMinor);
        Assert.InRange(others, 300_000, 400_000);

        await hosts.SendAsync(bytes: 500_000, number: Number);
        Assert.InRange(await SentThroughAsync(hosts, 0xa3), 500_000, 600_000);
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_has_no_circuit_and_the_reason_is_told()
    {
        await using var hosts = await TwoHosts.MakeAsync();
        await using var driver = new LinuxDriver(hosts.Tool, new());
        CircuitWish[] wishes =
        [
            Wish with { Id = 1, Address = null }, Wish with { Id = 2, Address = IPAddress.Parse("192.0.2.9") },
            Wish with { Id = 3, Address = IPAddress.Parse("10.77.0.1") }, Wish with { Id = 4 },
        ];

        var states = await driver.ReconcileAsync(wishes, Cancellation);

        Assert.Equal([CircuitCodes.NoAddress, CircuitCodes.NoRoute, CircuitCodes.SameHost, ""], states.Select(s => s.Code));
        Assert.Equal([1, 2, 3, 4], states.Select(s => s.Id));
    }

    private static async Task<long> SentThroughAsync(TwoHosts hosts, int minor)
    {
        var text = await hosts.DoAsync("tc -s class show dev a0");
        var match = Regex.Match(text, $@"class htb {TrafficClasses.Id(minor)} .*\n\s*Sent (?<bytes>\d+) bytes", RegexOptions.None, TimeSpan.FromSeconds(5));
        return long.Parse(match.Groups["bytes"].Value);
    }
}
