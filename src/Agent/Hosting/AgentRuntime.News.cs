using System.Globalization;
using Meridian.Agent.Attempts;
using Meridian.Agent.Drivers;
using Meridian.Depot;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <content>What the driver and the depot say, and what becomes of it.</content>
internal sealed partial class AgentRuntime
{
    private static readonly TimeSpan LogPause = TimeSpan.FromMilliseconds(250);
    private readonly SemaphoreSlim _collectRoom = new(Environment.ProcessorCount);

    private async Task HearDriverAsync(CancellationToken cancellation)
    {
        await foreach (var news in _driver.News.ReadAllAsync(cancellation))
        {
            if (!_orders.TryGetValue(news.Id, out var order))
            {
                if (news is TaskOver over && KeyOf(news.Id) is { } key)
                    Tell(() => _machine.Ended(Report(key, AttemptReport.Types.State.Stopped, over.Reason, ""), Now()));
                continue;
            }

            if (news is TaskRuns)
                _ = TellStartedAsync(order, cancellation);
            else
                Tell(() => _machine.Ended(ReportOf(order, news), Now()));
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LogPause, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
            _logs.Look();
    }

    /// <summary>
    /// A task has started when its process runs; a service when it answers that it is well, and it is ended when it does not
    /// answer so any more.
    /// </summary>
    private async Task TellStartedAsync(StartAttempt order, CancellationToken cancellation)
    {
        var (id, isWatched) = (Id(order.Key), order.IsService && order.HealthPath.Length > 0);
        if (isWatched && !await Services.IsWellAsync(id, order.HealthPath, cancellation))
            return;
        var report = new AttemptReport
        {
            Key = order.Key,
            State = AttemptReport.Types.State.Started,
            Endpoint = Services.EndpointOf(id),
            Sandboxed = order.Sandbox, // A driver that cannot isolate does not start it.
            StartedUnixMilliseconds = _time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        Tell(() => _machine.Started(report));
        if (isWatched && await Services.IsSickAsync(id, order.HealthPath, cancellation))
            _driver.Stop(id, "unhealthy");
    }

    private async Task CollectAsync(Collect collect)
    {
        var report = collect.Report.Clone();
        var work = _driver.WorkingDirectory(Id(report.Key));
        await _collectRoom.WaitAsync();
        try
        {
            foreach (var output in collect.Order.Outputs)
            {
                if (ResultPath.Find(work, output.Path) is not { } path)
                {
                    Fail(report, "missing-output", output.Path, output.Name);
                    break;
                }

                report.Outputs.Add(await _datasets.IngestAsync(output.Name, path, _ending.Token));
            }
        }
        catch (Exception failure) when (!_ending.IsCancellationRequested)
        {
            Fail(report, failure is DepotFullException ? "depot-full" : "output-unreadable", failure.Message);
        }
        finally
        {
            _collectRoom.Release();
        }

        var size = report.Outputs.Sum(o => o.Bytes);
        if (collect.Order.OutputBytesMax > 0 && size > collect.Order.OutputBytesMax)
            Fail(report, "output-too-large");
        Tell(() => _machine.Collected(report, Now()));
    }

    private async Task FetchAsync(FetchDataset order)
    {
        var report = await _datasets.PullAsync(order, _ending.Token);
        Tell(() => _machine.Fetched(report, Now()));
    }

    /// <summary>Answers in passing: what is not heard is asked again on the next line.</summary>
    private async Task SealAsync(SealDataset order)
    {
        var report = await _datasets.SealAsync(order, _ending.Token);
        if (!_ending.IsCancellationRequested)
            Tell(new FromAgent { Seal = report });
    }

    private async Task ExchangeAsync(ExchangeOrder order)
    {
        var report = await _datasets.Exchanges.RunAsync(order, _ending.Token);

        // An agent that ends leaves its exchanges half done, for its next life to go on with.
        if (!_ending.IsCancellationRequested)
            Tell(() => _machine.Exchanged(report, Now()));
    }

    private async Task DropAsync(string root)
    {
        try
        {
            await _datasets.DropAsync(root, _ending.Token);
        }
        catch (Exception failure) when (failure is DepotException or IOException or OperationCanceledException)
        {
            LogCannotStart("drop " + root, failure.Message);
        }
    }

    private static void Fail(AttemptReport report, string reason, params ReadOnlySpan<string> particulars)
    {
        report.Outputs.Clear();
        report.Particulars.Clear();
        (report.State, report.Reason) = (AttemptReport.Types.State.Failed, reason);
        foreach (var particular in particulars)
            report.Particulars.Add(particular);
    }

    private static AttemptReport Report(AttemptKey key, AttemptReport.Types.State state, string reason, string detail) =>
        new() { Key = key, State = state, Reason = reason, Particulars = { detail }, ExitCode = -1 };

    private AttemptReport ReportOf(StartAttempt order, DriverNews news)
    {
        if (news is not TaskOver over)
            return Report(order.Key, AttemptReport.Types.State.Lost, "supervisor-gone", ((TaskGone)news).Detail);

        var reason = over.Reason;
        var state = reason switch
        {
            "" when over.ExitCode == 0 => AttemptReport.Types.State.Succeeded,
            "" or "timeout" or "out-of-memory" or "output-too-large" or "cannot-start" or "unhealthy" => AttemptReport.Types.State.Failed,
            _ => AttemptReport.Types.State.Stopped,
        };
        if (state == AttemptReport.Types.State.Failed && reason.Length == 0)
            reason = "exit-code";
        return new()
        {
            Key = order.Key,
            State = state,
            ExitCode = over.ExitCode,
            Reason = reason,
            Particulars = { ParticularsOf(reason, over) },
            RunMilliseconds = (long)over.RunTime.TotalMilliseconds,
            CpuMilliseconds = (long)over.CpuTime.TotalMilliseconds,
            MemoryPeakBytes = over.MemoryPeakBytes,
        };
    }

    private static string[] ParticularsOf(string reason, TaskOver over) =>
        reason is "exit-code" ? [over.ExitCode.ToString(CultureInfo.InvariantCulture)]
        : over.Detail.Length > 0 ? [over.Detail]
        : [];

    private static AttemptKey? KeyOf(string id)
    {
        var parts = id.Split('.', '-');
        return parts.Length == 3 && long.TryParse(parts[0], out var job) && int.TryParse(parts[1], out var task) && int.TryParse(parts[2], out var attempt)
            ? new() { Job = job, Task = task, Attempt = attempt }
            : null;
    }
}
