using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Meridian.Agent.Circuits;
using Meridian.Primitives;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Meridian.Tests.Agent.Circuits;

public sealed class CircuitKeeperTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_for_last_is_what_the_driver_is_told_and_its_answer_is_reported()
    {
        var driver = new MemoryCircuits();
        var reports = new ConcurrentQueue<CircuitReport>();
        var keeper = new CircuitKeeper(driver, new(), news => reports.Enqueue(news.Circuits), TimeProvider.System, NullLogger.Instance);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = keeper.RunAsync(ending.Token);

        keeper.Take(Order(1, 2));
        await UntilAsync(() => reports.LastOrDefault() is { Circuits.Count: 2 });
        Assert.Equal([1, 2], driver.Last.Select(w => w.Id));
        Assert.Equal("10.0.0.9", driver.Last[0].Address!.ToString());
        Assert.All(reports.Last().Circuits, c => Assert.Equal(("in-force", 5_000_000), (c.State, c.BitsPerSecond)));

        keeper.Take(Order(2));
        await UntilAsync(() => reports.LastOrDefault() is { Circuits.Count: 1 });
        Assert.Equal([2], driver.Last.Select(w => w.Id));

        keeper.Take(Through("fc00:b::/64", "fc00:c::/64"));
        await UntilAsync(() => driver.Last is [{ Segments.Length: 2 }]);
        Assert.Equal(["fc00:b::1", "fc00:c::4"], [$"{driver.Last[0].Segments[0].Onward}", $"{driver.Last[0].Segments[1].OutOf(AddressFamily.InterNetwork)}"]);
        keeper.Take(Through("fc00:b::/64", "-6"));
        await UntilAsync(() => driver.Last is [{ Segments.Length: 0 }]);

        driver.Segment = new(new(IPNetwork.Parse("fc00:a::/64")), IsInForce: true, IsOnward: true, "", "", MendedCount: 0);
        keeper.Take(Order(2));
        await UntilAsync(() => reports.LastOrDefault() is { Segment: "fc00:a::/64", IsOnward: true });

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_circuit_keeps_its_number_no_two_share_one_and_only_its_peer_may_use_it()
    {
        Gen.Long[1, 40].Array[0, 30].Array[1, 12].Sample(rounds =>
        {
            var table = new CircuitTable();
            var before = table.Take([]);
            foreach (var round in rounds)
            {
                var after = table.Take(round.Distinct().Select(c => (c, $"site/p/n{c}")));
                Assert.Equal(after.Count, after.Values.Select(v => v.Number).Distinct().Count());
                foreach (var (circuit, known) in after)
                {
                    if (before.TryGetValue(circuit, out var old))
                        Assert.Equal(old.Number, known.Number);
                    Assert.Equal(known.Number, table.NumberOf(circuit, [$"spiffe://d/agent/{known.Peer}"]));
                    Assert.Null(table.NumberOf(circuit, ["spiffe://d/agent/site/p/other"]));
                }

                before = after;
            }
        });
    }

    [Fact]
    public void The_commands_make_of_whatever_is_there_what_is_wanted()
    {
        var classes = Gen.Select(Gen.Int[0x10, 0x20], Gen.Long[1_000_000, 9_000_000]).Array[0, 8].Select(all =>
            all.DistinctBy(c => c.Item1).Select(c => new CircuitWish(c.Item1, CircuitTable.Prefix | c.Item1, "p", null, new(c.Item2))).ToList());
        Gen.Select(classes, classes, Gen.Long[10_000_000, 90_000_000]).Sample((before, after, capacity) =>
        {
            var there = TrafficClasses.Wanted(before, new(capacity)).ToDictionary(c => c.Minor);
            var wanted = TrafficClasses.Wanted(after, new(capacity));

            foreach (var (_, words) in TrafficClasses.Commands("dev0", wanted, [.. there.Values]))
            {
                var minor = Convert.ToInt32(words[words.IndexOf("classid") + 1][5..], 16);
                Assert.Equal(words[2] != "add", there.ContainsKey(minor));
                if (words[2] == "del")
                    there.Remove(minor);
                else
                    there[minor] = new(minor, Rate(words, "rate"), Rate(words, "ceil"));
            }

            Assert.Equal(wanted.Select(c => c.Minor).Order(), there.Keys.Order());
            Assert.All(wanted, c => Assert.InRange(there[c.Minor].Rate.BitsPerSecond, c.Rate.BitsPerSecond * 0.997, c.Rate.BitsPerSecond * 1.003));
            Assert.All(wanted, c => Assert.True(c.Rate <= wanted[0].Rate && c.Rate > Bandwidth.Zero));
        });

        static Bandwidth Rate(System.Collections.Immutable.ImmutableArray<string> words, string name) => new(long.Parse(words[words.IndexOf(name) + 1][..^3]));
    }

    private static CircuitOrder Order(params long[] circuits)
    {
        var order = new CircuitOrder();
        order.Circuits.AddRange(circuits.Select(c => new CircuitAsked
        {
            Circuit = c,
            PeerAgent = "west/p/n",
            PeerUrl = "https://10.0.0.9:7443",
            BitsPerSecond = 5_000_000,
        }));
        return order;
    }

    private static CircuitOrder Through(params string[] segments)
    {
        var order = Order(1);
        order.Circuits[0].Segments.AddRange(segments);
        return order;
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (var i = 0; i < 3_000 && !isTrue(); i++)
            await Task.Delay(10, Cancellation);
        Assert.True(isTrue());
    }

    /// <summary>A driver that holds whatever it is told.</summary>
    private sealed class MemoryCircuits : ICircuitDriver
    {
        public string Name => "memory";

        public SegmentState? Segment { get; set; }

        public IReadOnlyList<CircuitWish> Last { get; private set; } = [];

        public Task<IReadOnlyList<CircuitState>> ReconcileAsync(IReadOnlyList<CircuitWish> wishes, CancellationToken cancellation)
        {
            Last = wishes;
            return new PaceDriver().ReconcileAsync(wishes, cancellation);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
