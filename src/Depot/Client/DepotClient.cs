using System.Collections.Immutable;
using System.Net;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Talks to one depot: pulls a dataset from it, pushes one to it, downloads one for people.</summary>
public sealed class DepotClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly DepotClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly DepotLine _line;
    private readonly Pacer? _pacer;

    /// <summary>A client over a transport of its own, which is disposed with it.</summary>
    /// <param name="depot">The depot's address, such as <c>https://10.0.0.5:7443</c>.</param>
    /// <param name="transport">Usually <see cref="DepotTrust.CreateHandler"/>.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="clock">The time, for waits and rates.</param>
    public DepotClient(Uri depot, HttpMessageHandler transport, DepotClientOptions options, TimeProvider clock)
    {
        // Silence is watched request by request; a large transfer may well take hours.
        _http = new(transport) { Timeout = Timeout.InfiniteTimeSpan };
        _options = options;
        _clock = clock;
        _line = new(depot, _http, options, clock);
        _pacer = options.Rate is { } rate ? new(rate, clock) : null;
    }

    /// <summary>A client of a depot that proves its identity by the domain's authority.</summary>
    public static DepotClient Connect(Uri depot, DepotTrust trust, DepotClientOptions options, TimeProvider clock) =>
        new(depot, trust.CreateHandler(), options, clock);

    /// <summary>
    /// Brings a dataset into the store, fetching only what is missing there, and lays out its files at
    /// <see cref="DepotStore.TreePath"/>. What has arrived stays, so that the same call goes on after any crash.
    /// </summary>
    /// <param name="ticket">A read ticket for the dataset.</param>
    /// <param name="root">The dataset.</param>
    /// <param name="store">Where to bring it.</param>
    /// <param name="transfer">The rate and the progress.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public async Task<TransferReport> PullAsync(
        string ticket, ManifestRoot root, DepotStore store, TransferOptions transfer, CancellationToken cancellation)
    {
        return await PullAsync([(this, ticket)], root, store, transfer, cancellation);
    }

    /// <summary>
    /// Brings a dataset into the store from several replicas at once, each over its own path. Work moves from slow ones
    /// to fast ones while it runs, and a replica that fails is done without.
    /// </summary>
    /// <param name="replicas">Clients of depots that hold the dataset, each with a read ticket for it.</param>
    /// <param name="root">The dataset.</param>
    /// <param name="store">Where to bring it.</param>
    /// <param name="transfer">The rate of all together and the progress.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public static async Task<TransferReport> PullAsync(
        IReadOnlyList<(DepotClient Client, string Ticket)> replicas,
        ManifestRoot root,
        DepotStore store,
        TransferOptions transfer,
        CancellationToken cancellation)
    {
        foreach (var (client, ticket) in replicas)
            client.OpenConnections(ticket, root, cancellation);
        var everybody = replicas.Concat(transfer.Swarm?.Peers ?? []).ToList();
        var manifest = await store.FindManifestAsync(root, cancellation)
            ?? await FirstAsync(
                everybody, transfer.Swarm is not null, (client, ticket) => client.FetchManifestAsync(ticket, root, cancellation), cancellation);
        return await PullAsync(replicas, new LineForm(manifest, whole: null, seal: null), store, transfer, cancellation);
    }

    /// <summary>
    /// Brings a sealed dataset into the store and opens it on the way, so that its files lie there as they were. Relays in
    /// between hold and pass on ciphertext only; one that changes a byte is found out and done without. From the beginning the
    /// store serves it sealed as well, so that other receivers can take it from here.
    /// </summary>
    /// <param name="replicas">Clients of depots that hold the sealed dataset, each with a read ticket for it.</param>
    /// <param name="dataset">The sealed dataset, as <see cref="DepotStore.SealAsync"/> named it, and the key.</param>
    /// <param name="store">Where to bring it.</param>
    /// <param name="transfer">The rate of all together, the progress, and relays that are still receiving as peers.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <returns>What was done; its root is that of the opened dataset.</returns>
    /// <exception cref="SealBrokenException">The key does not open what was sent.</exception>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public static async Task<TransferReport> PullSealedAsync(
        IReadOnlyList<(DepotClient Client, string Ticket)> replicas,
        SealedRoot dataset,
        DepotStore store,
        TransferOptions transfer,
        CancellationToken cancellation)
    {
        foreach (var (client, ticket) in replicas)
            client.OpenConnections(ticket, dataset.Root, cancellation);
        var everybody = replicas.Concat(transfer.Swarm?.Peers ?? []).ToList();
        var whole = await FirstAsync(
            everybody,
            transfer.Swarm is not null,
            async (client, ticket) =>
            {
                var manifest = await client.FetchManifestAsync(ticket, dataset.Root, cancellation);
                return await client.OpenAsync(ticket, manifest, dataset.Seal, cancellation);
            },
            cancellation);
        if (dataset.Opened is { } expected && whole.Opened.Root != expected)
            throw new SealBrokenException(everybody[0].Client._line.Depot);
        await store.KeepSealAsync(whole, dataset.Seal, cancellation);
        return await PullAsync(replicas, new LineForm(whole.Opened, whole, dataset.Seal), store, transfer, cancellation);
    }

    /// <summary>Sends a dataset to the depot, only what it lacks, and publishes it there.</summary>
    /// <param name="ticket">A write ticket.</param>
    /// <param name="manifest">The dataset.</param>
    /// <param name="source">Its content: a <see cref="DepotStore"/> or a <see cref="LocalTree"/>.</param>
    /// <param name="transfer">The rate and the progress.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public async Task<TransferReport> PushAsync(
        string ticket,
        DatasetManifest manifest,
        IChunkSource source,
        TransferOptions transfer,
        CancellationToken cancellation)
    {
        var tally = new TransferTally(Total(manifest), transfer.Progress);
        var push = new ChunkPush(_line, ticket, source, tally, _options);
        var pacer = PacerOf(transfer);
        for (var round = 1; round <= _options.RoundCountMax; round++)
        {
            var ledger = await push.AskMissingAsync(manifest, cancellation);
            tally.Begin(ledger.PresentSize);
            await push.SendAsync(ledger, pacer, cancellation);
            if (await push.PublishAsync(manifest, cancellation))
                return Report(manifest, tally);
        }

        throw new DepotRefusedException(
            _line.Depot, HttpStatusCode.Conflict, DepotProblem.TypePrefix + "chunks-missing",
            "it keeps losing chunks that it was sent. Check its disk.");
    }

    /// <summary>Scans a folder or a file and sends it to the depot.</summary>
    /// <param name="ticket">A write ticket.</param>
    /// <param name="path">The folder or file.</param>
    /// <param name="transfer">The rate and the progress.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public async Task<TransferReport> PushFolderAsync(
        string ticket, string path, TransferOptions transfer, CancellationToken cancellation)
    {
        var tree = await LocalTree.ScanAsync(path, progress: null, cancellation);
        return await PushAsync(ticket, tree.Manifest, tree, transfer, cancellation);
    }

    /// <summary>
    /// Brings a dataset into a folder of its reader's, with its own permissions. Equal files are left alone; what has
    /// arrived is kept below the folder until all is there, so that the same call goes on after any crash.
    /// </summary>
    /// <param name="ticket">A read ticket for the dataset.</param>
    /// <param name="root">The dataset.</param>
    /// <param name="target">The folder, and whether differing files there are replaced.</param>
    /// <param name="transfer">The rate and the progress.</param>
    /// <param name="cancellation">Stops soon.</param>
    /// <exception cref="DownloadConflictException">Files differ, and nothing was changed.</exception>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public async Task<TransferReport> DownloadAsync(
        string ticket,
        ManifestRoot root,
        DownloadTarget target,
        TransferOptions transfer,
        CancellationToken cancellation)
    {
        var manifest = await FetchManifestAsync(ticket, root, cancellation);
        var download = new Download(manifest, Path.GetFullPath(target.Folder));
        download.Check(target.Force, cancellation);
        var tally = new TransferTally(Total(manifest), transfer.Progress);
        using (var landing = download.Land())
        {
            var ledger = download.Ledger(landing);
            download.EnsureRoom(ledger.MissingSize);
            var pull = new ChunkPull([new Replica(_line, ticket, _clock)], landing, tally, _options, _clock);
            await pull.FetchAsync(ledger, PacerOf(transfer), cancellation);
            download.Write(landing, cancellation);
        }

        TreeFolders.Delete(download.StagingFolder);
        return Report(manifest, tally);
    }

    /// <summary>Fetches a manifest and checks that it is the one that was asked for.</summary>
    /// <exception cref="DepotException">One of its kinds says what to do.</exception>
    public Task<DatasetManifest> FetchManifestAsync(
        string ticket, ManifestRoot root, CancellationToken cancellation) =>
        _line.RetryAsync(
            async watch =>
            {
                var path = DepotWire.Manifest(root);
                using var response = await _line.SendAsync(HttpMethod.Get, path, ticket, content: null, watch);
                if (response.Content.Headers.ContentLength is not (>= 0 and <= ManifestLimits.EncodedBytesMax))
                    throw new LineBrokenException("The depot sent a manifest without or beyond a limit.", inner: null);

                var bytes = new byte[response.Content.Headers.ContentLength.Value];
                await WatchedBody.FillAsync(await response.Content.ReadAsStreamAsync(cancellation), bytes, watch);
                if (!DatasetManifest.TryParse(bytes, out var manifest, out _) || manifest.Root != root)
                    throw new LineBrokenException("The depot sent a manifest that is not the dataset's.", inner: null);
                return manifest;
            },
            cancellation);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private static async Task<TransferReport> PullAsync(
        IReadOnlyList<(DepotClient Client, string Ticket)> replicas,
        LineForm form,
        DepotStore store,
        TransferOptions transfer,
        CancellationToken cancellation)
    {
        var manifest = form.Opened;
        var peers = transfer.Swarm?.Peers ?? [];
        var lead = replicas.Concat(peers).First().Client;
        var tally = new TransferTally(Total(manifest), transfer.Progress);
        var pacer = lead.PacerOf(transfer);
        ImmutableArray<Replica> everybody =
        [
            .. replicas.Select(replica => new Replica(replica.Client._line, replica.Ticket, lead._clock) { Pacer = replica.Client._pacer }),
            .. peers.Select(peer => new Replica(peer.Client._line, peer.Ticket, lead._clock) { IsPeer = true, Pacer = peer.Client._pacer }),
        ];
        await store.LandAsync(
            manifest,
            landing => new ChunkPull(everybody, landing, tally, lead._options, lead._clock)
            {
                Swarm = transfer.Swarm,
                Form = form,
            }.FetchAsync(ResumeLedger.Of(manifest, landing.Has), pacer, cancellation),
            cancellation);
        return Report(manifest, tally);
    }

    /// <summary>What the first one that has it gives. Whoever is patient waits for peers to get it.</summary>
    private static async Task<T> FirstAsync<T>(
        IReadOnlyList<(DepotClient Client, string Ticket)> sources,
        bool isPatient,
        Func<DepotClient, string, Task<T>> ask,
        CancellationToken cancellation)
    {
        var (options, clock) = (sources[0].Client._options, sources[0].Client._clock);
        var beganAt = clock.GetTimestamp();
        for (var index = 0; ; index = (index + 1) % sources.Count)
        {
            try
            {
                return await ask(sources[index].Client, sources[index].Ticket);
            }
            catch (DepotException) when (index + 1 < sources.Count)
            {
                // The next one may have it.
            }
            catch (DepotException) when (isPatient && clock.GetElapsedTime(beganAt) < options.SilenceMax)
            {
                await Task.Delay(options.BackOffFirst, clock, cancellation);
            }
        }
    }

    /// <summary>
    /// Opens the connections that the chunks will take while the manifest is on its way: over a long path each costs
    /// three round trips. What goes wrong here, the transfer itself will tell.
    /// </summary>
    private void OpenConnections(string ticket, ManifestRoot root, CancellationToken cancellation)
    {
        for (var count = 1; count < _options.ParallelCount; count++)
            _ = AskAsync();

        async Task AskAsync()
        {
            try
            {
                using var watch = _line.Watch(cancellation);
                using var response = await _line.SendAsync(
                    HttpMethod.Head, DepotWire.Manifest(root), ticket, content: null, watch);
            }
            catch (Exception fault) when (fault is LineBrokenException or DepotException or OperationCanceledException
                or ObjectDisposedException)
            {
                // The transfer meets it again, or is over.
            }
        }
    }

    /// <summary>Fetches what names the content of a sealed dataset, and opens it.</summary>
    private Task<SealedManifest> OpenAsync(
        string ticket, DatasetManifest whole, DatasetSeal seal, CancellationToken cancellation) =>
        _line.RetryAsync(
            async watch =>
            {
                if (whole.Find(SealedManifest.ManifestPath) is not ManifestEntry.File { SizeBytes: <= ManifestLimits.EncodedBytesMax } file)
                    throw new SealBrokenException(_line.Depot);
                var path = DepotWire.File(whole.Root, file.Path);
                using var response = await _line.SendAsync(HttpMethod.Get, path, ticket, content: null, watch);
                var bytes = new byte[file.SizeBytes];
                await WatchedBody.FillAsync(await response.Content.ReadAsStreamAsync(cancellation), bytes, watch);
                return SealedManifest.TryOpen(whole, seal, bytes) ?? throw new SealBrokenException(_line.Depot);
            },
            cancellation);

    private Pacer? PacerOf(TransferOptions transfer) =>
        transfer.Rate is { } rate ? new Pacer(rate, _clock) : null;

    private static DataSize Total(DatasetManifest manifest) =>
        new(manifest.Chunks.Sum(chunk => (long)chunk.SizeBytes));

    // More than the total is sent when chunks were lost and came again.
    private static TransferReport Report(DatasetManifest manifest, TransferTally tally) =>
        new(manifest.Root, tally.Sent, new(Math.Max(0, Total(manifest).Bytes - tally.Sent.Bytes))) { OnLine = tally.OnLine };
}
