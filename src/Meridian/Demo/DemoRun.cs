using System.Text.Json;
using Meridian.Cli;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Demo;

/// <summary>One run of the demo: the world, the data, the jobs, and what came of them.</summary>
internal sealed class DemoRun(string home, string folder, bool once, bool json)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    private sealed record Example(string Name, string File, bool IsService);

    internal sealed record JobReport(
        string Name, long Id, string State, string Site, double StagingSeconds, double RunningSeconds, long BytesMoved, string Cost,
        IReadOnlyList<string> Results, string Why);

    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using var processes = new DemoProcesses(folder);
        Tell(Say("Starting a control plane and three sites…", "正在启动控制面和三个站点……"));
        var isFirst = !File.Exists(processes.TokenPath);
        await processes.StartServerAsync(cancellation);
        var token = await File.ReadAllTextAsync(processes.TokenPath, cancellation);
        using var http = new HttpClient { BaseAddress = processes.Server, Timeout = TimeSpan.FromSeconds(60) };
        var client = new MeridianClient(http, token, () => Guid.NewGuid().ToString("N")) { Language = Commands.Bilingual.Language };
        await DemoWorld.DeclareAsync(client, isFirst, cancellation);
        await StartAgentsAsync(processes, client, cancellation);
        Tell(Say($"Console: {processes.Server}#token={token}", $"控制台：{processes.Server}#token={token}"));

        var member = await MemberAsync(client, folder, cancellation);
        await PushAsync(processes, member, cancellation);
        var jobs = await SubmitAsync(processes, http, member, cancellation);
        var reports = await FollowAsync(client, jobs, cancellation);
        var finished = await CollectAsync(processes, member, reports, cancellation);
        await processes.SaveAsync(processes.Current with { Round = processes.Current.Round + 1 }, cancellation);
        await PrintAsync(processes, client, finished, cancellation);
        if (!once)
        {
            Tell(Say("The sites stay up for the console. Ctrl-C ends everything.", "站点保持运行以便查看控制台。按 Ctrl-C 结束全部进程。"));
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        return finished.TrueForAll(r => r.State == "succeeded") ? 0 : 1;
    }

    private static async Task StartAgentsAsync(DemoProcesses processes, MeridianClient client, CancellationToken cancellation)
    {
        foreach (var site in DemoWorld.Sites)
        {
            var token = processes.HasJoined(site) ? null : (await client.CreateJoinTokenAsync(site, new(30), cancellation)).Token;
            processes.StartAgent(site, token);
        }

        for (var i = 0; i < 240; i++)
        {
            var sites = (await client.GetSitesAsync(PageRequest.First, cancellation)).Items;
            if (DemoWorld.Sites.All(name => sites.Any(s => s.Id == name && s.IsConnected)))
                return;
            await Task.Delay(Pause / 2, cancellation);
        }

        throw new InvalidOperationException(
            Say("The sites' agents did not connect. Their logs lie in the demo's folder.", "各站点的代理未能连接，其日志位于演示文件夹中。"));
    }

    /// <summary>The tenant's own token, made once and kept for its owner only.</summary>
    private static async Task<string> MemberAsync(MeridianClient client, string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "member.token");
        if (!File.Exists(path))
        {
            var made = await client.CreateTokenAsync(new("demo", DemoWorld.Tenant, DemoWorld.Project, "member", LifetimeDays: null), cancellation);
            Commands.Places.WritePrivate(path, made.Secret);
        }

        return await File.ReadAllTextAsync(path, cancellation);
    }

    private async Task PushAsync(DemoProcesses processes, string member, CancellationToken cancellation)
    {
        foreach (var (dataset, source, site) in DemoExamples.Datasets(home))
            await CliAsync(processes, member, ["data", "push", source, dataset, "--site", site], cancellation);
    }

    private async Task<List<(Example Example, long Id)>> SubmitAsync(
        DemoProcesses processes, HttpClient http, string member, CancellationToken cancellation)
    {
        var jobs = new List<(Example, long)>();
        foreach (var (name, file, isService) in DemoExamples.Jobs(home))
        {
            if (DemoExamples.Missing(name) is { } missing)
            {
                Tell(missing);
                continue;
            }

            // The key names the round, so that a demo that was cut short finds its own jobs again.
            var client = new MeridianClient(http, member, () => $"demo-{processes.Current.Round}-{name}") { Language = Commands.Bilingual.Language };
            var submitted = await client.SubmitAsync(await File.ReadAllTextAsync(file, cancellation), Path.GetFileName(file), cancellation);
            jobs.Add((new(name, file, isService), submitted.Id));
            var chosen = submitted.Quote.Placement;
            Tell(Say(
                $"Job {submitted.Id} {name}: quoted {submitted.Quote.Expected}, to {chosen.Site ?? "wait"}",
                $"作业 {submitted.Id} {name}：报价 {submitted.Quote.Expected}，{(chosen.Site is null ? "等待" : "去往 " + chosen.Site)}"));
        }

        return jobs;
    }

    private static async Task<List<(Example Example, JobDetail Detail)>> FollowAsync(
        MeridianClient client, List<(Example Example, long Id)> jobs, CancellationToken cancellation)
    {
        var said = new Dictionary<long, string>();
        var done = new Dictionary<long, (Example, JobDetail)>();
        while (done.Count < jobs.Count)
        {
            foreach (var (example, id) in jobs.Where(j => !done.ContainsKey(j.Id)))
            {
                var detail = await client.GetJobAsync(id, cancellation);
                var counts = detail.Summary.Tasks;
                var line = Say(
                    $"{example.Name,-12} {detail.Summary.State,-10} waiting {counts.Waiting} staging {counts.Staging} running {counts.Running} done {counts.Succeeded}/{detail.Summary.TaskCount} at {string.Join(", ", detail.Summary.Sites)}",
                    $"{example.Name,-12} {detail.Summary.State,-10} 等待 {counts.Waiting} 传数 {counts.Staging} 运行 {counts.Running} 完成 {counts.Succeeded}/{detail.Summary.TaskCount} 站点 {string.Join("、", detail.Summary.Sites)}");
                if (said.GetValueOrDefault(id) != line)
                    Tell(said[id] = line);
                if (example.IsService && detail.Endpoints.Count > 0)
                    done[id] = (example, await TryServiceAsync(client, detail, cancellation));
                else if (detail.Summary.State is "succeeded" or "failed" or "cancelled")
                    done[id] = (example, detail);
            }

            await Task.Delay(Pause, cancellation);
        }

        return [.. jobs.Select(j => done[j.Id])];
    }

    /// <summary>Asks the service one question, as a user would, and ends it.</summary>
    private static async Task<JobDetail> TryServiceAsync(MeridianClient client, JobDetail detail, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        Tell(Say("The service answers: ", "服务应答：") + (await http.GetStringAsync(detail.Endpoints[0], cancellation)).Trim());
        await client.CancelAsync(detail.Summary.Id, cancellation);
        while (detail.Summary.State is "waiting" or "running")
        {
            await Task.Delay(Pause, cancellation);
            detail = await client.GetJobAsync(detail.Summary.Id, cancellation);
        }

        // A service that answered and was ended by its tenant has done its work.
        return detail with { Summary = detail.Summary with { State = detail.Summary.State == "cancelled" ? "succeeded" : detail.Summary.State } };
    }

    private async Task<List<JobReport>> CollectAsync(
        DemoProcesses processes, string member, List<(Example Example, JobDetail Detail)> done, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = processes.Server };
        var client = new MeridianClient(http, member, () => Guid.NewGuid().ToString("N")) { Language = Commands.Bilingual.Language };
        var reports = new List<JobReport>();
        foreach (var (example, detail) in done)
        {
            var results = new List<string>();
            foreach (var dataset in detail.Summary.State == "succeeded" ? detail.OutputDatasets : [])
            {
                var name = dataset.Split('/')[^1].Split('@')[0];
                var target = Path.Combine(processes.Results, name);
                await CliAsync(processes, member, ["data", "pull", name, target, "--force"], cancellation);
                results.Add(target);
            }

            var tasks = (await client.GetTasksAsync(detail.Summary.Id, state: null, new(Limit: 500), cancellation)).Items;
            var why = detail.Placement?.Candidates.Where(c => c.Verdict != "chosen").Select(c => $"{c.Site}: {c.LostBy}") ?? [];
            reports.Add(new(
                example.Name, detail.Summary.Id, detail.Summary.State, string.Join(", ", detail.Summary.Sites),
                tasks.Select(t => t.StagingSeconds).DefaultIfEmpty().Max(), tasks.Sum(t => t.RunSeconds), tasks.Select(t => t.BytesMoved).DefaultIfEmpty().Max(),
                detail.Summary.Cost, results, string.Join("; ", why)));
        }

        return reports;
    }

    private async Task PrintAsync(DemoProcesses processes, MeridianClient client, List<JobReport> reports, CancellationToken cancellation)
    {
        foreach (var report in reports)
        {
            Tell("");
            Tell($"{report.Name} · {report.State} · {report.Site} · {report.Cost}");
            Tell(Say(
                $"  staged {report.StagingSeconds:0.0} s, ran {report.RunningSeconds:0.0} s, moved {new DataSize(report.BytesMoved)}",
                $"  传数 {report.StagingSeconds:0.0} 秒，运行 {report.RunningSeconds:0.0} 秒，移动 {new DataSize(report.BytesMoved)}"));
            if (report.Why.Length > 0)
                Tell(Say("  not elsewhere: ", "  未选其他站点：") + report.Why);
            foreach (var result in report.Results)
                Tell(Say("  result: ", "  结果：") + result);
        }

        var bill = await client.GetBillAsync(DemoWorld.Tenant, job: null, cursor: null, cancellation);
        Tell("");
        Tell(Say($"Bill of {bill.Tenant}: spent {bill.Spent}, left {bill.Available}", $"{bill.Tenant} 的账单：已用 {bill.Spent}，剩余 {bill.Available}"));
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(new { console = processes.Server, jobs = reports, spent = bill.Spent }, Wire));
    }

    /// <summary>Runs a verb of the command line in this process, as a person would type it.</summary>
    private static async Task CliAsync(DemoProcesses processes, string member, string[] args, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var said = new StringWriter();
        var context = CliContext.ForProcess() with
        {
            Out = TextWriter.Null,
            Error = said,
            Environment = name => name switch
            {
                "MERIDIAN_SERVER" => processes.Server.ToString(),
                "MERIDIAN_TOKEN" => member,
                _ => Environment.GetEnvironmentVariable(name),
            },
        };
        if (await MeridianCli.RunAsync(args, context) != 0)
            throw new InvalidOperationException($"'meridian {string.Join(' ', args)}': {said.ToString().Trim()}");
    }

    private static void Tell(string line) => Console.Error.WriteLine(line);
}
