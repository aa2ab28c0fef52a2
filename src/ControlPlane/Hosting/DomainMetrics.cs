using System.Diagnostics.Metrics;
using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Writer;
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
        _meter.CreateObservableGauge("meridian_transfers_moving", () => domain.State().Data.Moving.Count, description: "Transfers under way.");
        _meter.CreateObservableGauge(
            "meridian_node_cpu_used_millicores",
            () => domain.State().Sites.Nodes.Values.Select(n => new Measurement<long>(n.Used.CpuMillicores, new KeyValuePair<string, object?>("node", n.Id.Value))),
            description: "Processor held by attempts.");
        _meter.CreateObservableGauge(
            "meridian_agent_connected",
            () => domain.State().Sites.Nodes.Keys.Select(n => new Measurement<int>(sessions.IsConnected(n) ? 1 : 0, new KeyValuePair<string, object?>("node", n.Value))),
            description: "1 while the agent's line is open.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
