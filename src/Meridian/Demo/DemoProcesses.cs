using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Meridian.Host.Commands;

namespace Meridian.Host.Demo;

/// <summary>The demo's processes: one control plane and an agent for each site, and the folder that they share.</summary>
internal sealed class DemoProcesses(string folder) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(15);

    private readonly List<Process> _running = [];

    internal sealed record Settings(int Port, int AgentPort, int Round);

    /// <summary>How long the control plane took from its start until it was ready.</summary>
    internal TimeSpan ReadyAfter { get; private set; }

    internal Settings Current { get; private set; } = new(0, 0, 1);

    internal Uri Server => new($"http://127.0.0.1:{Current.Port}/");

    internal string TokenPath => Path.Combine(folder, "operator.token");

    internal string Results => Path.Combine(folder, "results");

    /// <summary>Starts the control plane and waits until it is ready. Ports stay the same from run to run, for agents know them.</summary>
    internal async Task StartServerAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "demo.json");
        Current = File.Exists(path)
            ? JsonSerializer.Deserialize<Settings>(await File.ReadAllTextAsync(path, cancellation))!
            : new(FreePort(preferred: 7400), FreePort(preferred: 7401), Round: 1);
        await SaveAsync(Current, cancellation);
        var began = Stopwatch.GetTimestamp();
        Start("control", "server", "--data", Path.Combine(folder, "control"), "--domain", "demo", "--listen", $"127.0.0.1:{Current.Port}",
            "--agent-listen", $"127.0.0.1:{Current.AgentPort}", "--first-token-file", TokenPath);
        using var http = new HttpClient { BaseAddress = Server };
        await WaitAsync(async () => (await http.GetAsync("readyz", cancellation)).IsSuccessStatusCode, "control", cancellation);
        ReadyAfter = Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Starts a site's agent; the token, where it needs one, travels in the environment and not in the process list.</summary>
    internal void StartAgent(string site, string? joinToken)
    {
        var data = Path.Combine(folder, site);
        var verb = joinToken is null ? "run" : "join";
        var process = new[] { "agent", verb, "--data", data, "--node", "head", "--cpu", "2", "--memory", "2GiB" };
        Start(site, joinToken, process);
    }

    internal bool HasJoined(string site) => File.Exists(Path.Combine(folder, site, "identity", "enrolment.json"));

    internal async Task SaveAsync(Settings settings, CancellationToken cancellation)
    {
        Current = settings;
        await File.WriteAllTextAsync(Path.Combine(folder, "demo.json"), JsonSerializer.Serialize(settings), cancellation);
    }

    /// <summary>Asks every process to end, and ends those that do not.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Where(p => !p.HasExited))
            Signals.Terminate(process.Id);
        using var patience = new CancellationTokenSource(EndMax);
        foreach (var process in _running)
        {
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }
    }

    /// <summary>
    /// The resident memory in bytes of a process and of those that it started, by the order in which they were started: the
    /// control plane is the first.
    /// </summary>
    internal long ResidentBytes(int index)
    {
        _running[index].Refresh();
        return _running[index].WorkingSet64 + ProcessTime.ChildrenOf(_running[index].Id).Sum(child => Process.GetProcessById(child).WorkingSet64);
    }

    /// <summary>The same with every page counted once, in bytes.</summary>
    internal long OccupiedBytes(int index) => ProcessMemory.BytesOf([_running[index].Id, .. ProcessTime.ChildrenOf(_running[index].Id)]);

    /// <summary>The processor time of a process and of what it started, by the order in which they were started.</summary>
    internal ProcessTime TimeOf(int index) => ProcessTime.Of(_running[index].Id);

    /// <summary>The processor time of the supervisor that a process started, and of its tasks.</summary>
    internal ProcessTime SupervisorTimeOf(int index) => ProcessTime.Of(ProcessTime.ChildrenOf(_running[index].Id).Single());

    private void Start(string name, params string[] words) => Start(name, joinToken: null, words);

    private void Start(string name, string? joinToken, string[] words)
    {
        var log = Path.Combine(folder, name + ".log");
        // Through a shell, so that the log outlives this process and nothing fills a pipe.
        var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var word in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "meridian-demo", log, Environment.ProcessPath!, .. words])
            info.ArgumentList.Add(word);
        if (joinToken is not null)
            info.Environment["MERIDIAN_JOIN_TOKEN"] = joinToken;
        if (Places.Home() is { } home)
            info.Environment["MERIDIAN_HOME"] = home;
        _running.Add(Process.Start(info)!);
    }

    private async Task WaitAsync(Func<Task<bool>> isReady, string name, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < ReadyMax && !_running[^1].HasExited)
        {
            try
            {
                if (await isReady())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }

        throw new InvalidOperationException(
            Bilingual.Say(
                $"The demo's '{name}' did not become ready: {LastWords(name)} The whole log is '{LogOf(name)}'. To begin anew, delete '{folder}'.",
                $"演示的“{name}”未能就绪：{LastWords(name)} 完整日志见“{LogOf(name)}”。如需重新开始，请删除“{folder}”。"));
    }

    private string LogOf(string name) => Path.Combine(folder, name + ".log");

    private string LastWords(string name) => File.Exists(LogOf(name)) ? File.ReadLines(LogOf(name)).LastOrDefault() ?? "" : "";

    private static int FreePort(int preferred)
    {
        foreach (var port in new[] { preferred, 0 })
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: let the system choose.
            }
        }

        throw new InvalidOperationException(Bilingual.Say("No port of the loopback address is free.", "回环地址上没有空闲端口。"));
    }
}
