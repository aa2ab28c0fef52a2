using Meridian.Host.Demo;
using Meridian.Protocol.Rest;

namespace Meridian.Host.Bench;

/// <summary>A control plane with one site, its agent and money, as processes in a folder that is gone afterwards.</summary>
internal sealed class BenchDomain : IAsyncDisposable
{
    private const string Site = "bench";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly string _folder;
    private readonly HttpClient _http = new();

    private BenchDomain(string folder) => (_folder, Processes) = (folder, new DemoProcesses(folder));

    internal DemoProcesses Processes { get; }

    internal MeridianClient Client { get; private set; } = null!;

    /// <summary>Starts the control plane and waits until it is ready.</summary>
    internal static async Task<BenchDomain> StartAsync(string name, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"meridian-bench-{Environment.ProcessId}-{name}");
        Directory.CreateDirectory(folder);
        var domain = new BenchDomain(folder);
        try
        {
            await domain.Processes.StartServerAsync(cancellation);
            domain._http.BaseAddress = domain.Processes.Server;
            var token = await File.ReadAllTextAsync(domain.Processes.TokenPath, cancellation);
            domain.Client = new(domain._http, token, () => Guid.NewGuid().ToString("N"));
            await domain.Client.PutSiteAsync(Site, new(Site, "bench", "edge", "here", "", 0, 0, 1, [0], [0]), cancellation);
            await domain.Client.GrantAsync("operator", new(1_000_000, "CNY", "bench"), cancellation);
            return domain;
        }
        catch
        {
            await domain.DisposeAsync();
            throw;
        }
    }

    internal async Task<string> JoinTokenAsync(CancellationToken cancellation) =>
        (await Client.CreateJoinTokenAsync(Site, new(10), cancellation)).Token;

    /// <summary>Starts the site's agent and waits until it is connected.</summary>
    internal async Task StartAgentAsync(string token, CancellationToken cancellation)
    {
        Processes.StartAgent(Site, token);
        while (!(await Client.GetSiteAsync(Site, cancellation)).IsConnected)
            await Task.Delay(Look, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Processes.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
