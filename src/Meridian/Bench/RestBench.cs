using System.Diagnostics;

namespace Meridian.Host.Bench;

/// <summary>
/// How long a control plane and an agent take from their start until they are ready, the very first start of a new folder
/// included, and how much memory each has when nothing is to be done.
/// </summary>
internal sealed class RestBench(int seconds, bool json)
{
    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using var domain = await BenchDomain.StartAsync("rest", cancellation);
        var server = domain.Processes.ReadyAfter;
        var token = await domain.JoinTokenAsync(cancellation);
        var began = Stopwatch.GetTimestamp();
        await domain.StartAgentAsync(token, cancellation);
        var agent = Stopwatch.GetElapsedTime(began);
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);

        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["server_ready_seconds"] = server.TotalSeconds,
            ["server_resident_megabytes"] = domain.Processes.ResidentBytes(index: 0) / 1e6,
            ["agent_ready_seconds"] = agent.TotalSeconds,
            ["agent_resident_megabytes"] = domain.Processes.ResidentBytes(index: 1) / 1e6,
            ["agent_occupied_megabytes"] = domain.Processes.OccupiedBytes(index: 1) / 1e6,
            ["rest_seconds"] = seconds,
        };
        Figures.Print(figures, json);
        return 0;
    }
}
