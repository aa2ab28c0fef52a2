using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Circuits;

/// <summary>Keeps what is in force at what the control plane asked for last, and reports how it stands.</summary>
/// <param name="driver">Puts circuits into force.</param>
/// <param name="table">The numbers of the circuits, for the depot.</param>
/// <param name="report">Takes the reports; they may be dropped while no line is open.</param>
/// <param name="time">The time.</param>
/// <param name="log">Where the operator reads.</param>
internal sealed partial class CircuitKeeper(
    ICircuitDriver driver, CircuitTable table, Action<FromAgent> report, TimeProvider time, ILogger log)
{
    /// <summary>How often drift is looked for.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(30);

    // A transfer may be a little late; its circuit is taken down when the control plane says so, or after this time.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Channel<CircuitOrder> _orders = Channel.CreateUnbounded<CircuitOrder>(new() { SingleReader = true });
    private IReadOnlyList<CircuitWish> _wishes = [];
    private CircuitReport? _reported;
    private DateTimeOffset _reportedAt;
    private bool? _isSegmentTold;

    /// <summary>Takes everything that is asked for from now on.</summary>
    internal void Take(CircuitOrder order) => _orders.Writer.TryWrite(order);

    /// <summary>Looks again and again until cancelled. Circuits end with the agent, for its depot ends too.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using (var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                await Task.WhenAny(_orders.Reader.WaitToReadAsync(rest.Token).AsTask(), Task.Delay(LookEvery, time, rest.Token));
                await rest.CancelAsync();
            }

            cancellation.ThrowIfCancellationRequested();
            CircuitOrder? last = null;
            while (_orders.Reader.TryRead(out var order))
                last = order;
            if (last is not null)
                _wishes = await WishesOfAsync(last, cancellation);
            await LookAsync(cancellation);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        _wishes = [.. _wishes.Where(w => w.Until == DateTimeOffset.MaxValue || w.Until + Grace > now)];
        var states = await driver.ReconcileAsync(_wishes, cancellation);
        var news = new CircuitReport { Driver = driver.Name };
        news.Circuits.AddRange(states.Select(s => new CircuitInForce
        {
            Circuit = s.Id,
            State = s.IsInForce ? "in-force" : "failed",
            BitsPerSecond = s.Rate.BitsPerSecond,
            Path = s.Path,
            Code = s.Code,
            About = s.About,
            Mended = s.MendedCount,
        }));
        if (driver.Segment is { IsInForce: true } segment)
            (news.Segment, news.IsOnward) = (segment.Locator.ToString(), segment.IsOnward);
        Tell(driver.Segment);
        if (news.Equals(_reported) && (now - _reportedAt < ReportEvery || (news.Circuits.Count == 0 && news.Segment.Length == 0)))
            return;
        (_reported, _reportedAt) = (news, now);
        report(new() { Circuits = news });
    }

    /// <summary>Writes into the log how this node's segments stand, when it is other than before.</summary>
    private void Tell(SegmentState? segment)
    {
        if (segment is null || segment.IsInForce == _isSegmentTold)
            return;
        _isSegmentTold = segment.IsInForce;
        if (segment.IsInForce)
            LogSegment(segment.Locator, segment.IsOnward);
        else
            LogNoSegment(segment.Locator, segment.Code, segment.About);
    }

    private async Task<IReadOnlyList<CircuitWish>> WishesOfAsync(CircuitOrder order, CancellationToken cancellation)
    {
        var asked = order.Circuits.Where(c => c.BitsPerSecond > 0).DistinctBy(c => c.Circuit).ToList();
        var numbers = table.Take(asked.Select(c => (c.Circuit, c.PeerAgent)));
        var wishes = new List<CircuitWish>();
        foreach (var circuit in asked.Where(c => numbers.ContainsKey(c.Circuit)))
        {
            wishes.Add(new(
                circuit.Circuit, numbers[circuit.Circuit].Number, circuit.PeerAgent, await AddressOfAsync(circuit.PeerUrl, cancellation),
                new(circuit.BitsPerSecond))
            {
                LinkCapacity = new(Math.Max(0, circuit.LinkBitsPerSecond)),
                NextSite = circuit.NextSite,
                Segments = SegmentsOf(circuit),
                Until = circuit.UntilUnixMilliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(circuit.UntilUnixMilliseconds) : DateTimeOffset.MaxValue,
            });
        }

        return wishes;
    }

    private static ImmutableArray<SegmentLocator> SegmentsOf(CircuitAsked circuit)
    {
        var segments = circuit.Segments.Select(s => SegmentLocator.TryParse(s, out var locator) ? locator : default(SegmentLocator?)).ToList();
        return segments.Contains(null) ? [] : [.. segments.OfType<SegmentLocator>()];
    }

    private static async Task<IPAddress?> AddressOfAsync(string url, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed))
            return null;
        if (IPAddress.TryParse(parsed.DnsSafeHost, out var literal))
            return literal;
        try
        {
            return (await Dns.GetHostAddressesAsync(parsed.DnsSafeHost, cancellation)).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "The segments of {Locator} are in force; packets are sent on: {IsOnward}")]
    private partial void LogSegment(SegmentLocator locator, bool isOnward);

    [LoggerMessage(LogLevel.Warning, "The segments of {Locator} are not in force ({Code}): {About}. Trying again.")]
    private partial void LogNoSegment(SegmentLocator locator, string code, string about);
}
