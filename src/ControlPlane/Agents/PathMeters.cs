using System.Collections.Concurrent;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Networking.Measurement;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>How agents probe each other.</summary>
public sealed record ProbeOptions
{
    /// <summary>How often an agent probes each of its targets. Default every minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many bytes an agent may spend in an hour. Default 64 MiB, about 150 kbit/s.</summary>
    public long BytesPerHour { get; init; } = 64 << 20;
}

/// <summary>
/// Makes estimates of what agents report of the paths between them, and tells the writer when one of them is news. The
/// estimates live in memory: after a restart they begin again, while what was told stays in the journal.
/// </summary>
public sealed class PathMeters(IDomain domain, TimeProvider time, ProbeOptions options)
{
    private const int TripCountMax = 64;
    private const long TripMicrosecondsMax = 60_000_000;

    private readonly ConcurrentDictionary<SitePair, PathEstimate> _estimates = new();

    /// <summary>Whom the agent is to probe from now on.</summary>
    internal ProbeOrder OrderFor(NodeId node)
    {
        var state = domain.Latest.State;
        var order = new ProbeOrder
        {
            IntervalMilliseconds = (long)options.Interval.TotalMilliseconds,
            BytesPerHour = options.BytesPerHour,
        };
        order.Targets.AddRange(ProbePlan.TargetsOf(state.Sites, state.Network, node)
            .Select(n => new ProbeTarget { Agent = n.Id.Value, Url = n.DepotUrl }));
        return order;
    }

    /// <summary>Takes a round. What an agent says of a path that it was not asked to probe is not heard.</summary>
    internal async Task HearAsync(NodeId prober, ProbeReport report, CancellationToken cancellation)
    {
        var state = domain.Latest.State;
        if (ProbePlan.TargetsOf(state.Sites, state.Network, prober).FirstOrDefault(n => n.Id.Value == report.Agent) is not { } target)
            return;
        var now = time.GetUtcNow();
        var exchanges = Math.Clamp(report.Exchanges, 0, TripCountMax);
        var round = new ProbeRound(
            now, [.. report.RoundTripMicroseconds.Where(t => t is >= 0 and <= TripMicrosecondsMax).Take(exchanges)], exchanges,
            report.PacketsSent, report.PacketsLost);
        await LearnAsync(
            new(target.Id.Site, prober.Site), known => known.Observe(round).ObserveRate(new(report.BitsPerSecond), now), now, cancellation);
    }

    /// <summary>Takes the rate of a transfer that is done.</summary>
    internal async Task HearAsync(NodeId receiver, TransferReport report, CancellationToken cancellation)
    {
        var data = domain.Latest.State.Data;
        if (report.Milliseconds <= 0 || report.BytesMoved <= 0 || !data.Fetches.TryGetValue(report.Transfer, out var key))
            return;
        var hop = data.Transfers[key.Transfer].Hops[key.Hop];
        // The rate over several paths at once is that of none of them.
        if (hop.To != receiver || hop.Windows[hop.Window].Sources is not [{ From: var sender }] || sender.Site == receiver.Site
            || report.BytesMoved > hop.Size.Bytes)
            return;
        var rate = new Bandwidth((long)(report.BytesMoved * 8000d / report.Milliseconds));
        var now = time.GetUtcNow();
        await LearnAsync(new(sender.Site, receiver.Site), known => known.ObserveRate(rate, now), now, cancellation);
    }

    private async Task LearnAsync(
        SitePair pair, Func<PathEstimate, PathEstimate> learn, DateTimeOffset now, CancellationToken cancellation)
    {
        var estimate = _estimates.AddOrUpdate(pair, _ => learn(PathEstimate.None), (_, known) => learn(known));
        if (estimate.RoundCount == 0)
            return;
        var point = new MeasuredPoint(
            estimate.AnsweredAt, estimate.LatencyMicroseconds, (long)estimate.JitterMicroseconds, (int)(estimate.LossShare * 1_000_000),
            estimate.Rate);
        if (now - point.At < MeasurementRules.FreshFor && MeasurementRules.IsNews(domain.Latest.State.Network, pair, point))
            await domain.ExecuteAsync(new RecordMeasurement(pair, point), cancellation);
    }
}
