using System.Threading.Channels;
using Meridian.Depot;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Probes;

/// <summary>Probes the depots that the control plane names, one after another, and reports what it saw.</summary>
/// <param name="trustOf">By whom this agent and the one of the name know each other.</param>
/// <param name="report">Takes the reports; they may be dropped while no line is open.</param>
/// <param name="time">The time.</param>
internal sealed class Prober(Func<string, DepotTrust> trustOf, Action<FromAgent> report, TimeProvider time) : IDisposable
{
    private const int BytesPerHourMax = 1 << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);

    private readonly Channel<ProbeOrder> _orders = Channel.CreateUnbounded<ProbeOrder>(new() { SingleReader = true });
    private readonly ProbeSchedule _schedule = new(Random.Shared);
    private readonly Dictionary<string, (Uri Url, DateTimeOffset Since, DepotProbe Probe)> _probes = new(StringComparer.Ordinal);
    private readonly long _began = time.GetTimestamp();

    // A connection shows the certificate that it began with: a new one is made while that is still in force.
    private static readonly TimeSpan ProbeLife = TimeSpan.FromMinutes(30);

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>Takes a new list of targets.</summary>
    public void Take(ProbeOrder order) => _orders.Writer.TryWrite(order);

    /// <summary>Probes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var arrival = _orders.Reader.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            if (arrival.IsCompleted)
            {
                await arrival;
                while (_orders.Reader.TryRead(out var order))
                    Obey(order);
                arrival = _orders.Reader.WaitToReadAsync(cancellation).AsTask();
            }

            if (_schedule.Next(DepotProbe.ExchangeBytes, Now) is { } turn)
                await ProbeAsync(turn, cancellation);
            else
                await RestAsync(arrival, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, probe) in _probes.Values)
            probe.Dispose();
        _probes.Clear();
    }

    private async Task RestAsync(Task arrival, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var rest = _schedule.NextAt is { } next ? next - Now : Timeout.InfiniteTimeSpan;
        if (rest != Timeout.InfiniteTimeSpan && rest < TimeSpan.FromMilliseconds(1))
            rest = TimeSpan.FromMilliseconds(1);
        await Task.WhenAny(arrival, Task.Delay(rest, time, ending.Token));
        await ending.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void Obey(ProbeOrder order)
    {
        var targets = order.Targets
            .Where(t => Uri.TryCreate(t.Url, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps)
            .Select(t => (t.Agent, new Uri(t.Url))).ToList();
        var interval = TimeSpan.FromMilliseconds(Math.Clamp(
            order.IntervalMilliseconds, IntervalMin.TotalMilliseconds, IntervalMax.TotalMilliseconds));
        _schedule.Take(targets, interval, Math.Clamp(order.BytesPerHour, 0, BytesPerHourMax), Now);
        foreach (var gone in _probes.Keys.Where(agent => targets.TrueForAll(t => t.Agent != agent)).ToList())
            Forget(gone);
    }

    private async Task ProbeAsync(ProbeTurn turn, CancellationToken cancellation)
    {
        var seen = await ProbeOf(turn).RoundAsync(ProbeSchedule.ExchangeCount, turn.Bytes, Patience, cancellation);
        var news = new ProbeReport
        {
            Agent = turn.Agent,
            Exchanges = seen.ExchangeCount,
            PacketsSent = seen.PacketsSent,
            PacketsLost = seen.PacketsLost,
            BitsPerSecond = seen.Rate.BitsPerSecond,
        };
        news.RoundTripMicroseconds.AddRange(seen.RoundTripsMicroseconds);
        report(new() { Probe = news });
    }

    private DepotProbe ProbeOf(ProbeTurn turn)
    {
        var now = time.GetUtcNow();
        if (_probes.TryGetValue(turn.Agent, out var known) && known.Url == turn.Url && now - known.Since < ProbeLife)
            return known.Probe;
        Forget(turn.Agent);
        var probe = new DepotProbe(turn.Url, trustOf(turn.Agent), time);
        _probes[turn.Agent] = (turn.Url, now, probe);
        return probe;
    }

    private void Forget(string agent)
    {
        if (_probes.Remove(agent, out var known))
            known.Probe.Dispose();
    }
}
