using System.Collections.Concurrent;
using System.Diagnostics;
using Meridian.Protocol.Rest;

namespace Meridian.Host.Bench;

/// <summary>
/// Tasks of <c>/bin/true</c>, each a job of its own, through REST, journal, scheduler, one agent and back, with every
/// change of state durable. From the first submission to the last job's success.
/// </summary>
internal sealed class TasksBench(int taskCount, string[] modes, string? slurm, bool json)
{
    private const int Submitters = 16;

    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        figures["bare_starts_per_second_1_loop"] = await BareStarts.PerSecondAsync(loopCount: 1, cancellation);
        figures["bare_starts_per_second_all_cores"] = await BareStarts.PerSecondAsync(Environment.ProcessorCount, cancellation);
        foreach (var mode in modes)
            await MeasureAsync(mode, figures, cancellation);
        if (slurm is not null)
            figures["slurm_tasks_per_second"] = await SlurmBench.RunAsync(slurm, Math.Min(taskCount, 1000), cancellation);
        Figures.Print(figures, json);
        return 0;
    }

    private async Task MeasureAsync(string mode, SortedDictionary<string, double> figures, CancellationToken cancellation)
    {
        await using var domain = await BenchDomain.StartAsync(mode, cancellation);
        await domain.StartAgentAsync(await domain.JoinTokenAsync(cancellation), cancellation);
        var before = Read();
        await RunTasksAsync(domain.Client, mode, figures, cancellation);
        var after = Read();
        foreach (var (part, time) in after)
            figures[$"{mode}_{part}_cpu_ms_per_task"] = (time - before[part]).TotalMilliseconds / taskCount;

        SortedDictionary<string, TimeSpan> Read()
        {
            var supervisor = domain.Processes.SupervisorTimeOf(index: 1);
            return new(StringComparer.Ordinal)
            {
                ["server"] = domain.Processes.TimeOf(index: 0).Own,
                ["agent"] = domain.Processes.TimeOf(index: 1).Own,
                ["supervisor"] = supervisor.Own,
                ["task"] = supervisor.Children,
                ["submitter"] = Process.GetCurrentProcess().TotalProcessorTime,
            };
        }
    }

    private async Task RunTasksAsync(
        MeridianClient client, string mode, SortedDictionary<string, double> figures, CancellationToken cancellation)
    {
        var yaml = $"name: bench\ncommand: [/bin/true]\nduration: 1s\ntimeout: 60s\nresources: {{ cpu: 0.1, memory: 16MiB, disk: 1MiB }}\nconstraints: {{ isolation: {mode} }}\n";
        var latencies = new ConcurrentBag<double>();
        var left = taskCount;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Submitters).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var asked = Stopwatch.GetTimestamp();
                await client.SubmitAsync(yaml, "bench.yaml", cancellation);
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        }));
        var submitted = Stopwatch.GetElapsedTime(began);
        while ((await client.GetJobsAsync(new(State: "running"), new(Limit: 1), cancellation)).Items.Count > 0
            || (await client.GetJobsAsync(new(State: "waiting"), new(Limit: 1), cancellation)).Items.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);

        var took = Stopwatch.GetElapsedTime(began);
        var failed = (await client.GetJobsAsync(new(State: "failed"), new(Limit: 500), cancellation)).Items.Count;
        var sorted = latencies.Order().ToList();
        figures[$"{mode}_tasks_per_second"] = taskCount / took.TotalSeconds;
        figures[$"{mode}_submits_per_second"] = taskCount / submitted.TotalSeconds;
        figures[$"{mode}_submit_p50_ms"] = sorted[sorted.Count / 2];
        figures[$"{mode}_submit_p99_ms"] = sorted[sorted.Count * 99 / 100];
        figures[$"{mode}_failed_count"] = failed;
    }
}
