using System.Diagnostics.Metrics;
using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Writer;
using Meridian.Domain.Network;
using Meridian.Scheduling.Transport;
using Microsoft.Extensions.Hosting;

namespace Meridian.ControlPlane.Hosting;

/// <summary>What the domain tells Prometheus, read from the published state when asked.</summary>
public sealed class DomainMetrics(IDomain domain, AgentSessions sessions) : IHostedService, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Meridian";

    private readonly Meter _meter = new(Name);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableCounter("meridian_journal_batches", () => domain.Latest.Sequence, description: "Batches in the journal.");
        _meter.CreateObservableGauge("meridian_jobs_queued", () => domain.State().Jobs.Queue.Count, description: "Jobs with tasks that wait.");
        _meter.CreateObservableGauge("meridian_jobs_active", () => domain.State().Jobs.Active.Count, description: "Jobs that are not over.");
        _meter.CreateObservableGauge("meridian_transfers_moving", () => domain.State().Data.Open.Count, description: "Transfers that are not over.");
        _meter.CreateObservableGauge(
            "meridian_node_cpu_used_millicores",
            () => domain.State().Sites.Nodes.Values.Select(n => new Measurement<long>(n.Used.CpuMillicores, new KeyValuePair<string, object?>("node", n.Id.Value))),
            description: "Processor held by attempts.");
        _meter.CreateObservableGauge(
            "meridian_agent_connected",
            () => domain.State().Sites.Nodes.Keys.Select(n => new Measurement<int>(sessions.IsConnected(n) ? 1 : 0, new KeyValuePair<string, object?>("node", n.Value))),
            description: "1 while the agent's line is open.");
        MeasurePaths();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void MeasurePaths()
    {
        Path("meridian_path_latency_seconds", p => p.LatencyMicroseconds / 1e6, "One-way latency between two sites, as agents measured it.");
        Path("meridian_path_jitter_seconds", p => p.JitterMicroseconds / 1e6, "Jitter between two sites (RFC 3550).");
        Path("meridian_path_loss_ratio", p => p.LossPerMillion / 1e6, "Share of packets lost between two sites.");
        Path("meridian_path_rate_bits_per_second", p => p.Rate.BitsPerSecond, "Greatest rate seen between two sites in an hour.");
        _meter.CreateObservableGauge(
            "meridian_circle_pairs_ratio",
            () => NetworkViews.Shares(NetworkPicture.Pairs(domain.State()))
                .Select(s => new Measurement<double>(s.Share, new KeyValuePair<string, object?>("circle", s.Circle))),
            description: "Share of the pairs of sites within 1 ms (metro), 5 ms (region) and 20 ms (nation).");
    }

    /// <summary>A figure of every pair of sites with a measurement that is young enough.</summary>
    private void Path(string name, Func<MeasuredPoint, double> figure, string description) => _meter.CreateObservableGauge(
        name,
        () => domain.State().Network.Measured.Values.Where(m => m.IsFresh).Select(m => new Measurement<double>(
            figure(m.Latest), new KeyValuePair<string, object?>("from", m.Pair.From.Value), new("to", m.Pair.To.Value))),
        description: description);
}
