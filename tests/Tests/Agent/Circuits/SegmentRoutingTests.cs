using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meridian.Agent.Circuits;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Agent.Circuits;

/// <summary>
/// Four hosts: a chain from east over two hosts between to west, and a cable straight from east to west, which is the
/// shortest way. East reaches the locator of either host between by the chain, and that of west by the cable.
/// </summary>
public sealed class SegmentRoutingTests
{
    private const int Number = CircuitTable.Prefix | 0xa3;
    private const int Bytes = 400_000;

    private static readonly ImmutableArray<string> Names = ["a", "b", "c", "d"];

    private static readonly CircuitWish Wish = new(7, Number, "d/p/n", IPAddress.Parse("10.77.0.2"), Bandwidth.FromMbps(40))
    {
        LinkCapacity = Bandwidth.FromMbps(100),
        NextSite = "b",
        Segments = [Locator("b"), Locator("c"), Locator("d")],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("10.77.0.1", "10.77.0.2")]
    [InlineData("fd00:4::1", "fd00:4::2")]
    public async Task The_packets_of_a_circuit_go_through_the_sites_of_its_path_and_those_of_others_the_shortest_way(string sender, string receiver)
    {
        await using var hosts = await MakeAsync();
        await using var chain = new Chain(hosts);
        await chain.StandAsync();
        await using var driver = new LinuxDriver(hosts.ToolOf("a"), new());

        var state = Assert.Single(await driver.ReconcileAsync([Wish with { Address = IPAddress.Parse(receiver) }], Cancellation));
        var end = receiver.Contains(':', StringComparison.Ordinal) ? "fc00:d::6" : "fc00:d::4";
        Assert.Equal((true, $"ab through fc00:b::1 fc00:c::1 {end}"), (state.IsInForce, state.Path));

        await hosts.SendAsync("a", IPAddress.Parse(sender), "d", Bytes, Number);
        Assert.All(await SentAsync(hosts), sent => Assert.Equal(sent.Cable != "ad", sent.Bytes > Bytes));

        await hosts.SendAsync("a", IPAddress.Parse(sender), "d", Bytes, number: null);
        Assert.All(await SentAsync(hosts), sent => Assert.InRange(sent.Bytes, Bytes, Bytes * 3 / 2));
    }

    [Fact]
    public async Task Whatever_is_changed_of_the_way_is_put_right_and_nothing_is_left_at_its_end()
    {
        await using var hosts = await MakeAsync();
        var before = await SnapshotAsync(hosts);
        await using (var chain = new Chain(hosts))
        {
            Assert.All(await chain.StandAsync(), s => Assert.Equal(0, s.MendedCount));
            await using var driver = new LinuxDriver(hosts.ToolOf("a"), new());
            await driver.ReconcileAsync([Wish], Cancellation);

            await hosts.DoAsync("b", "ip -6 route del fc00:b::1 proto 77");
            await hosts.DoAsync("c", "ip -6 route replace fc00:c::1 encap seg6local action End.DT6 table local dev cd proto 77");
            Assert.Equal([1, 1, 0], (await chain.StandAsync()).Select(s => s.MendedCount));
            await hosts.DoAsync("a", $"ip route replace 10.77.0.2 encap seg6 mode encap segs fc00:d::4 dev ab table {Number}");
            Assert.Equal((true, 1), Assert.Single(await driver.ReconcileAsync([Wish], Cancellation)) is var mended ? (mended.IsInForce, mended.MendedCount) : default);
            await hosts.SendAsync("a", IPAddress.Parse("10.77.0.1"), "d", Bytes, Number);
            Assert.All(await SentAsync(hosts), sent => Assert.Equal(sent.Cable != "ad", sent.Bytes > Bytes));
        }

        Assert.Equal(before, await SnapshotAsync(hosts));
    }

    [Fact]
    public async Task A_host_that_does_not_forward_ends_circuits_and_passes_none_on()
    {
        await using var hosts = await MakeAsync();
        await hosts.DoAsync("b", "sysctl -qw net.ipv6.conf.all.forwarding=0");
        await using var driver = new LinuxDriver(hosts.ToolOf("b"), new() { Segment = Locator("b") });

        await driver.ReconcileAsync([], Cancellation);
        Assert.Equal((true, false), (driver.Segment!.IsInForce, driver.Segment.IsOnward));

        await hosts.DoAsync("b", "sysctl -qw net.ipv6.conf.all.forwarding=1");
        await driver.ReconcileAsync([], Cancellation);
        Assert.True(driver.Segment.IsOnward);
    }

    [Fact]
    public async Task Where_the_host_knows_no_segment_routing_it_is_said_and_nothing_else_is_touched()
    {
        await using var hosts = await MakeAsync();
        var folder = Directory.CreateTempSubdirectory("meridian-seg");
        var script = Path.Combine(folder.FullName, "without-seg6");
        await File.WriteAllTextAsync(script, $"""
            #!/bin/sh
            case "$*" in *encap*) echo "Error: lwt encapsulation type not supported." >&2; exit 2;; esac
            exec {hosts.EntryOf("a")} "$@"
            """, Cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var driver = new LinuxDriver(new SystemTool(script), new() { Segment = Locator("a") });

        var states = await driver.ReconcileAsync([Wish, Wish with { Id = 8, Number = Number + 1, Segments = [] }], Cancellation);

        Assert.Equal([(false, CircuitCodes.NoSegmentRouting), (true, "")], states.Select(s => (s.IsInForce, s.Code)));
        Assert.Equal((false, CircuitCodes.NoSegmentRouting), (driver.Segment!.IsInForce, driver.Segment.Code));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_a_killed_agent_left_is_cleared_away_by_the_next_one_and_segments_of_others_stay()
    {
        await using var hosts = await MakeAsync();
        await hosts.DoAsync("b", "ip -6 route add fc00:b:1::1 encap seg6local action End dev bc proto 77");
        await hosts.DoAsync("b", "ip -6 route add fc00:b:2::1 encap seg6local action End dev bc");
        await using var driver = new LinuxDriver(hosts.ToolOf("b"), new() { Segment = Locator("b") });

        await driver.ReconcileAsync([], Cancellation);

        var routes = await hosts.DoAsync("b", "ip -6 route show");
        Assert.DoesNotContain("fc00:b:1::1", routes, StringComparison.Ordinal);
        Assert.Contains("fc00:b:2::1", routes, StringComparison.Ordinal);
        Assert.Contains("fc00:b::1", routes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fc00:b::/64", true)]
    [InlineData("fc00:b::/112", true)]
    [InlineData("fc00:b::/113", false)]
    [InlineData("fc00:b::1/64", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("fc00:b::/64 dev lo", false)]
    [InlineData("", false)]
    public void A_locator_is_an_IPv6_prefix_with_room_for_functions(string text, bool isGood) =>
        Assert.Equal(isGood, SegmentLocator.TryParse(text, out _));

    private static SegmentLocator Locator(string host) => new(IPNetwork.Parse($"fc00:{host}::/64"));

    private static async Task<Hosts> MakeAsync()
    {
        var hosts = await Hosts.MakeAsync([.. Names]);
        await hosts.JoinAsync(("a", "ab fd00:1::1/64"), ("b", "ba fd00:1::2/64"));
        await hosts.JoinAsync(("b", "bc fd00:2::1/64"), ("c", "cb fd00:2::2/64"));
        await hosts.JoinAsync(("c", "cd fd00:3::1/64"), ("d", "dc fd00:3::2/64"));
        await hosts.JoinAsync(("a", "ad fd00:4::1/64 10.77.0.1/24"), ("d", "da fd00:4::2/64 10.77.0.2/24"));
        await hosts.DoAsync("b", "sysctl -qw net.ipv6.conf.all.forwarding=1");
        await hosts.DoAsync("c", "sysctl -qw net.ipv6.conf.all.forwarding=1");
        await hosts.DoAsync("a", "ip -6 route add fc00:b::/64 via fd00:1::2");
        await hosts.DoAsync("a", "ip -6 route add fc00:c::/64 via fd00:1::2");
        await hosts.DoAsync("a", "ip -6 route add fc00:d::/64 via fd00:4::2");
        await hosts.DoAsync("b", "ip -6 route add fc00:c::/64 via fd00:2::2");
        await hosts.DoAsync("c", "ip -6 route add fc00:d::/64 via fd00:3::2");
        return hosts;
    }

    /// <summary>What left by the first cable of the chain, by its other two, and by the straight one.</summary>
    private static async Task<IReadOnlyList<(string Cable, long Bytes)>> SentAsync(Hosts hosts)
    {
        var sent = new List<(string, long)>();
        foreach (var (host, device) in new[] { ("a", "ab"), ("b", "bc"), ("c", "cd"), ("a", "ad") })
        {
            var text = await hosts.DoAsync(host, $"cat /sys/class/net/{device}/statistics/tx_bytes");
            sent.Add((device, long.Parse(text, CultureInfo.InvariantCulture)));
        }

        return sent;
    }

    private static async Task<string> SnapshotAsync(Hosts hosts)
    {
        var all = new List<string>();
        foreach (var host in Names)
            all.Add(await hosts.DoAsync(host, "ip -6 route show proto 77") + await hosts.DoAsync(host, "ip -6 rule show") + await hosts.DoAsync(host, "ip -4 rule show") + await hosts.DoAsync(host, "tc qdisc show"));
        return string.Join('\n', all);
    }

    /// <summary>The drivers of the hosts after the first, each with its own segments.</summary>
    private sealed class Chain(Hosts hosts) : IAsyncDisposable
    {
        private readonly ImmutableArray<LinuxDriver> _drivers =
            [.. Names.Skip(1).Select(host => new LinuxDriver(hosts.ToolOf(host), new() { Segment = Locator(host) }))];

        internal async Task<IReadOnlyList<SegmentState>> StandAsync()
        {
            foreach (var driver in _drivers)
                await driver.ReconcileAsync([], Cancellation);
            Assert.All(_drivers, d => Assert.True(d.Segment!.IsInForce, d.Segment.About));
            return [.. _drivers.Select(d => d.Segment!)];
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var driver in _drivers)
                await driver.DisposeAsync();
        }
    }
}
