using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Meridian.Agent.Circuits;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging;
using TransferReport = Meridian.Protocol.Agents.TransferReport;

namespace Meridian.Agent.Hosting;

/// <summary>The agent's depot: what tasks read, what they leave, and what other depots pull.</summary>
internal sealed class Datasets : IDatasets, IAsyncDisposable
{
    private readonly DepotStore _store;
    private readonly DepotHost _host;
    private readonly AgentIdentity _identity;
    private readonly TimeProvider _time;
    private readonly string _merged;
    private readonly Keyring _keyring;
    private readonly ConcurrentDictionary<long, Pull> _pulls = new();

    private Datasets(DepotStore store, DepotHost host, AgentIdentity identity, string merged, TimeProvider time) =>
        (_store, _host, _identity, _merged, _time, _keyring) = (store, host, identity, merged, time, new(identity, store));

    /// <summary>The circuits that leave this depot.</summary>
    public CircuitTable Circuits { get; private init; } = new();

    /// <inheritdoc/>
    public required IExchanges Exchanges { get; init; }

    /// <summary>Where the depot listens.</summary>
    public Uri Url => _host.Url;

    /// <summary>Opens the depot and lets it listen.</summary>
    public static async Task<Datasets> OpenAsync(
        AgentOptions options, AgentIdentity identity, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var store = DepotStore.Open(Path.Combine(options.DataDirectory, "depot"), new LocalDisk());
        var authority = identity.Authority;
        var ticketKey = authority.PublicKey.ExportSubjectPublicKeyInfo();
        var circuits = new CircuitTable();
        var host = await DepotHost.StartAsync(
            store,
            new()
            {
                Depot = new() { Site = identity.Site, TicketKey = () => ticketKey },
                Address = options.DepotListen.Address,
                Port = options.DepotListen.Port,
                Certificate = identity.Certificate,
                CircuitNumber = (circuit, caller) => circuits.NumberOf(circuit, SpiffeIdentity.Of(caller)),
                CallerIsTrusted = (certificate, _, _) => AgentIdentity.IsSignedBy(authority, certificate),
            },
            time, loggers, cancellation);
        return new(store, host, identity, Path.Combine(options.DataDirectory, "merged"), time)
        {
            Circuits = circuits,
            Exchanges = new Exchanges(store, options.StoresPath ?? Path.Combine(options.DataDirectory, "stores.json"), time),
        };
    }

    /// <summary>A read-only folder with the content of all parts side by side.</summary>
    public async Task<string> FolderOfAsync(IReadOnlyList<string> roots, CancellationToken cancellation)
    {
        var trees = new List<string>();
        foreach (var root in roots)
            trees.Add(await _store.MaterialiseAsync(Root(root), cancellation));
        return trees.Count == 1 ? trees[0] : Merge(roots, trees);
    }

    /// <summary>Takes a result into the depot.</summary>
    public async Task<OutputResult> IngestAsync(string name, string path, CancellationToken cancellation)
    {
        var manifest = await _store.IngestAsync(path, progress: null, cancellation);
        return new() { Name = name, Root = manifest.Root.ToString(), Bytes = manifest.Size.Bytes, Files = manifest.FileCount };
    }

    /// <inheritdoc/>
    public IEnumerable<TransferReport> Progress() => _pulls.Select(pull => new TransferReport
    {
        Transfer = pull.Key,
        State = TransferReport.Types.State.Moving,
        BytesMoved = pull.Value.BytesDone,
    });

    /// <summary>Pulls a dataset from other depots, from each at its held rate. Never throws: the report says how it went.</summary>
    public async Task<TransferReport> PullAsync(FetchDataset order, CancellationToken cancellation)
    {
        using var pull = new Pull(cancellation);
        _pulls[order.Transfer] = pull;
        var began = _time.GetTimestamp();
        var report = new TransferReport { Transfer = order.Transfer, State = TransferReport.Types.State.Failed };
        var (replicas, peers) = (new List<(DepotClient Client, string Ticket)>(), new List<(DepotClient Client, string Ticket)>());
        try
        {
            foreach (var source in order.Sources)
                (source.Peer ? peers : replicas).Add((Connect(source), source.Ticket));
            var options = new TransferOptions(Rate: null, pull) { Swarm = peers.Count > 0 ? new(peers, order.SwarmIndex, order.SwarmCount) : null };
            var moved = order.SealedRoot.Length > 0
                ? await DepotClient.PullSealedAsync(replicas, _keyring.Open(order, Root(order.SealedRoot), Root(order.Root)), _store, options, pull.Token)
                : await DepotClient.PullAsync(replicas, Root(order.Root), _store, options, pull.Token);
            report.State = TransferReport.Types.State.Done;

            // What the path has carried is told, since its rate is judged by it: less than the content where it came compressed.
            report.BytesMoved = Math.Min(moved.Sent.Bytes, moved.OnLine.Bytes);
        }
        catch (Exception failure) when (failure is DepotException or UriFormatException or OperationCanceledException or IOException)
        {
            report.Reason = failure is OperationCanceledException ? "cancelled" : failure.Message;
        }
        finally
        {
            _pulls.TryRemove(order.Transfer, out _);
            replicas.Concat(peers).ToList().ForEach(source => source.Client.Dispose());
        }

        report.Milliseconds = (long)_time.GetElapsedTime(began).TotalMilliseconds;
        return report;
    }

    /// <inheritdoc/>
    public Task<SealReport> SealAsync(SealDataset order, CancellationToken cancellation) => _keyring.SealAsync(order, cancellation);

    /// <summary>By whom this depot and that of the other agent know each other.</summary>
    public DepotTrust TrustOf(string agent) =>
        new(_identity.Authority, $"spiffe://{_identity.TrustDomain}/agent/{agent}", _identity.Certificate());

    /// <summary>Ends a pull. What has come stays, and a later pull goes on from there.</summary>
    public void CancelPull(long transfer)
    {
        if (_pulls.TryGetValue(transfer, out var pull))
            pull.Cancel();
    }

    /// <summary>Removes a dataset that nobody names any more.</summary>
    public Task DropAsync(string root, CancellationToken cancellation) => _store.RemoveAsync(Root(root), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _store.Dispose();
    }

    private DepotClient Connect(FetchSource source) =>
        new(new Uri(source.Url), new CircuitHeader(source.Circuit, TrustOf(source.Agent).CreateHandler()), new() { Rate = new(source.BitsPerSecond) }, _time);

    private static ManifestRoot Root(string text) => ManifestRoot.TryParse(text, out var root)
        ? root
        : throw new IngestException($"'{text}' is no dataset's root.", inner: null);

    /// <summary>Lays the trees' files into one folder by hard links: a file of a later part wins over one of the same name.</summary>
    private string Merge(IReadOnlyList<string> roots, List<string> trees)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', roots))));
        var folder = Path.Combine(_merged, name);
        if (Directory.Exists(folder))
            return folder;

        var fresh = Path.Combine(_merged, $"{name}.{Environment.CurrentManagedThreadId}.new");
        Directory.CreateDirectory(fresh);
        foreach (var tree in trees)
        {
            foreach (var directory in Directory.EnumerateDirectories(tree, "*", SearchOption.AllDirectories))
                Directory.CreateDirectory(Path.Combine(fresh, Path.GetRelativePath(tree, directory)));
            foreach (var file in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories))
            {
                var at = Path.Combine(fresh, Path.GetRelativePath(tree, file));
                File.Delete(at);
                HardLink.Make(file, at);
            }
        }

        try
        {
            Directory.Move(fresh, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(fresh, recursive: true); // Another task has just made the same.
        }

        return folder;
    }

    /// <summary>A pull under way: it can be ended, and knows how far it has come.</summary>
    private sealed class Pull(CancellationToken cancellation) : IProgress<TransferProgress>, IDisposable
    {
        private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        private long _bytesDone;

        internal CancellationToken Token => _ending.Token;

        internal long BytesDone => Interlocked.Read(ref _bytesDone);

        public void Report(TransferProgress value) => Interlocked.Exchange(ref _bytesDone, value.Done.Bytes);

        public void Dispose() => _ending.Dispose();

        internal void Cancel()
        {
            try
            {
                _ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
