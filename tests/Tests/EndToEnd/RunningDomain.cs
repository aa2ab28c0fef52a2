using System.Diagnostics;
using Meridian.Protocol.Rest;
using Xunit;
using UnreachableException = Meridian.Protocol.Rest.UnreachableException;

namespace Meridian.Tests.EndToEnd;

/// <summary>Tests that start the product's processes; one at a time, for they share the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndTests
{
    public const string Name = "end to end";
}

/// <summary>A domain of real processes on the loopback address, with one site and a folder that every user may enter.</summary>
internal sealed class RunningDomain : IAsyncDisposable
{
    internal const string Site = "here";
    internal const string Node = "here/default/head";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly string Program = FindProgram();
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", "env", "HOME=/tmp"];

    private readonly List<Process> _running = [];
    private readonly HttpClient _http;
    private readonly string _domain;
    private readonly Uri? _telemetry;
    private readonly string _probeInterval;
    private readonly int _port = LoopbackPort.Next();

    private RunningDomain(string domain, Uri? telemetry, string probeInterval)
    {
        (_domain, _telemetry, _probeInterval) = (domain, telemetry, probeInterval);
        Folder = Directory.CreateTempSubdirectory("meridian-e2e-").FullName;
        OpenFolder(Folder, "755");
        _http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    internal string Folder { get; }

    internal Uri Address => new($"http://127.0.0.1:{_port}/");

    internal string AgentAddress => $"https://127.0.0.1:{AgentPort}";

    internal MeridianClient Client { get; private set; } = null!;

    internal Process Server { get; private set; } = null!;

    internal SmallMount? Disk { get; private set; }

    private int AgentPort { get; } = LoopbackPort.Next();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a control plane that has a site and money; one of the domain's folders may lie on a <see cref="Disk"/> of 24 MiB.</summary>
    internal static async Task<RunningDomain> StartAsync(
        string domain = "test", Uri? telemetry = null, string probeInterval = "1m", string? smallDisk = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Agents run on Linux.");
        var made = new RunningDomain(domain, telemetry, probeInterval);
        try
        {
            if (smallDisk is not null)
                made.Disk = new(Path.Combine(made.Folder, smallDisk), "24m");
            await made.StartServerAsync();
            await made.Client.PutSiteAsync(Site, new(Site, "test", "edge", Site, "", 0, 0, 1, [0], [0]), Cancellation);
            await made.Client.GrantAsync("operator", new(1_000_000, "CNY", "test"), Cancellation);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    internal async Task StartServerAsync()
    {
        var tokenPath = Path.Combine(Folder, "operator.token");
        Server = Start("control", Program, "server", "--data", Path.Combine(Folder, "control"), "--domain", _domain, "--listen", $"127.0.0.1:{_port}",
            "--agent-listen", $"127.0.0.1:{AgentPort}", "--first-token-file", tokenPath, "--probe-interval", _probeInterval);
        await UntilAsync(
            async () => Server.HasExited || (await _http.GetAsync("readyz", Cancellation)).IsSuccessStatusCode, "the server is ready");
        Assert.False(Server.HasExited, Log("control"));
        Client = new(_http, await File.ReadAllTextAsync(tokenPath, Cancellation), () => Guid.NewGuid().ToString("N"));
    }

    /// <summary>A client whose every write carries the same key, so that a submission may be repeated.</summary>
    internal async Task<MeridianClient> ClientOfKeyAsync(string key) =>
        new(_http, await File.ReadAllTextAsync(Path.Combine(Folder, "operator.token"), Cancellation), () => key);

    internal Task<string> OperatorTokenAsync() => File.ReadAllTextAsync(Path.Combine(Folder, "operator.token"), Cancellation);

    internal async Task<string> TokenAsync(string site = Site) => (await Client.CreateJoinTokenAsync(site, new(10), Cancellation)).Token;

    /// <summary>What the server tells Prometheus.</summary>
    internal Task<string> MetricsAsync() => _http.GetStringAsync("metrics", Cancellation);

    /// <summary>An agent that joins with the token, or that has joined and comes back.</summary>
    internal Process Agent(string name, string? token = null) => Start(name, [Program, .. AgentWords(name, Path.Combine(Folder, name), token)]);

    /// <summary>The agent of the node <see cref="Node"/>, when it is connected.</summary>
    internal async Task<Process> JoinedAgentAsync(bool isNobody = false)
    {
        var token = await TokenAsync();
        var agent = isNobody
            ? Start("head", [.. AsNobody, Program, .. AgentWords("head", Path.Combine(SharedFolder(), "head"), token)])
            : Agent("head", token);
        // A line is open a moment before the agent has said over it what the node has.
        await UntilAsync(async () => agent.HasExited || await IsReadyAsync(), "the agent is connected and its node ready");
        Assert.False(agent.HasExited, Log("head"));
        return agent;
    }

    /// <summary>Whether the program can be run as the user nobody.</summary>
    internal async Task<bool> CanRunAsNobodyAsync() =>
        Environment.IsPrivilegedProcess && await ExitAsync(Start("nobody", [.. AsNobody, Program, "version"])) == 0;

    private static string[] AgentWords(string name, string data, string? token) =>
    [
        "agent", .. token is null ? (string[])["run"] : ["join", token], "--data", data, "--node", name, "--cpu", "32", "--memory", "4GiB",
    ];

    private async Task<bool> IsReadyAsync() =>
        await Client.GetSiteAsync(Site, Cancellation) is { IsConnected: true } site && site.Pools.SelectMany(p => p.Nodes).All(n => n.State == "ready");

    internal async Task<long> SubmitAsync(string yaml) => (await Client.SubmitAsync(yaml, "job.yaml", Cancellation)).Id;

    internal async Task<JobDetail> OverAsync(long job)
    {
        var detail = await Client.GetJobAsync(job, Cancellation);
        await UntilAsync(
            async () => (detail = await Client.GetJobAsync(job, Cancellation)).Summary.State is not ("waiting" or "running"), $"job {job} is over");
        return detail;
    }

    /// <summary>Kills a process as a power cut does.</summary>
    internal static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
    }

    internal static async Task<int> ExitAsync(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    internal string Log(string name) => File.ReadAllText(Path.Combine(Folder, name + ".log"));

    /// <summary>A folder that tasks of any user may write to.</summary>
    internal string SharedFolder()
    {
        var path = Directory.CreateDirectory(Path.Combine(Folder, "shared")).FullName;
        OpenFolder(path, "777");
        return path;
    }

    /// <summary>Asks again and again; an answer that cannot be had counts as no.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> isTrue, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isTrue())
                    return;
            }
            catch (Exception failure) when (failure is HttpRequestException or UnreachableException or IOException)
            {
                // Not now.
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Waited in vain until {what}.");
            await Task.Delay(Pause, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        EndTasks();
        _http.Dispose();
        Disk?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    // Tasks outlive their agent by design: their supervisor is a process of its own, and may be nobody's child by now.
    private void EndTasks()
    {
        foreach (var process in Process.GetProcessesByName("Meridian.Superv"))
        {
            if (CommandLineOf(process).Contains(Folder, StringComparison.Ordinal))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
    }

    private static string CommandLineOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Process Start(string name, params string[] words)
    {
        // Through a shell that makes way, so that the output goes to a file and fills no pipe.
        var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var word in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "meridian-test", Path.Combine(Folder, name + ".log"), .. words])
            info.ArgumentList.Add(word);
        info.Environment["MERIDIAN_LANG"] = "en";
        info.Environment["LANG"] = "C.UTF-8";
        if (_telemetry is not null)
        {
            info.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _telemetry.ToString();
            info.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "200"; // Milliseconds.
        }

        var process = Process.Start(info)!;
        _running.Add(process);
        return process;
    }

    private static void OpenFolder(string path, string mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
    }

    private static string FindProgram()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "Meridian.slnx")))
            root = root.Parent ?? throw new InvalidOperationException($"Meridian.slnx is not above {output}.");
        return Path.Combine(root.FullName, "src", "Meridian", "bin", output.Parent!.Name, output.Name, "meridian");
    }
}
