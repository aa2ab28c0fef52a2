using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// The chunks, manifests and published trees of one depot, in a folder of its own. What has a name in it is whole; what
/// a crash left half done is swept away when the store is opened. Safe for use from many threads.
/// </summary>
public sealed class DepotStore : IDisposable
{
    private readonly IDepotDisk _disk;
    private readonly FileStream _lock;
    private readonly ChunkFiles _chunks;
    private readonly ManifestFiles _manifests;
    private readonly TreeFiles _trees;
    private readonly SealFiles _seals;
    private readonly ConcurrentDictionary<ManifestRoot, SemaphoreSlim> _turns = new();
    private readonly ConcurrentDictionary<ManifestRoot, Landing> _comingIn = new();

    // Publishing counts chunks and removing deletes them: only one of them at a time.
    private readonly SemaphoreSlim _references = new(1, 1);

    private DepotStore(string folder, IDepotDisk disk, FileStream fileLock)
    {
        Folder = folder;
        _disk = disk;
        _lock = fileLock;
        var files = new WholeFile(disk);
        var temporary = Path.Combine(folder, "tmp");
        _chunks = new(Path.Combine(folder, "chunks"), temporary, files);
        _manifests = new(Path.Combine(folder, "manifests"), temporary, files);
        _trees = new(Path.Combine(folder, "trees"), disk);
        _seals = new(Path.Combine(folder, "seals"), temporary, files);
    }

    /// <summary>The folder of the store.</summary>
    public string Folder { get; }

    /// <summary>The room that is left on the disk.</summary>
    public DataSize Available => new(_disk.AvailableBytes(Folder));

    /// <summary>The datasets that are here, whole, in the order of their roots.</summary>
    public ImmutableArray<ManifestRoot> Roots => _manifests.Roots();

    /// <summary>
    /// Opens the store in a folder, which is created when there is none, and removes what a crash left.
    /// </summary>
    /// <exception cref="DepotInUseException">Another process has it open.</exception>
    public static DepotStore Open(string folder, IDepotDisk disk)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        FileStream fileLock;
        try
        {
            fileLock = new(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new DepotInUseException(folder, fault);
        }

        var store = new DepotStore(folder, disk, fileLock);
        store.Prepare();
        return store;
    }

    /// <summary>Whether the chunk was sent here by itself.</summary>
    public bool HasChunk(ChunkHash hash) => _chunks.Has(hash);

    /// <summary>Whether the chunk was sent here by itself, with its size.</summary>
    public bool HasChunk(Chunk chunk) => _chunks.Has(chunk);

    /// <summary>Stores a chunk by itself after checking it. Returns false when it was here already.</summary>
    /// <param name="hash">The name that the content must have.</param>
    /// <param name="content">At most <see cref="Chunk.SizeBytesMax"/> bytes.</param>
    /// <param name="source">Where it came from, for the message.</param>
    /// <param name="cancellation">Stops before the chunk has its name.</param>
    /// <exception cref="ChunkCorruptException">The content has another name.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public Task<bool> WriteChunkAsync(
        ChunkHash hash, ReadOnlyMemory<byte> content, string source, CancellationToken cancellation) =>
        _chunks.WriteAsync(hash, content, source, cancellation);

    /// <summary>Reads a chunk that was sent here by itself.</summary>
    /// <exception cref="ChunkCorruptException">The disk has damaged it; it has been removed and counts as missing.</exception>
    /// <exception cref="ChunkMissingException">It is not here.</exception>
    public void ReadChunk(Chunk chunk, Span<byte> buffer) => _chunks.Read(chunk, buffer);

    /// <summary>The content of a dataset that is here, wherever it lies.</summary>
    public IChunkSource SourceOf(DatasetManifest manifest) => new StoredDataset(this, manifest, _trees, _chunks);

    /// <summary>
    /// Serves a dataset that is here sealed as well, under a name of its own, so that relays carry only ciphertext. The
    /// same dataset and key give the same name. Nothing is stored twice: it is sealed as it is read.
    /// </summary>
    /// <param name="root">The dataset.</param>
    /// <param name="seal">The key, which the receivers need as well.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <returns>The name under which relays and receivers ask for it.</returns>
    /// <exception cref="DatasetMissingException">The dataset is not here.</exception>
    public async Task<ManifestRoot> SealAsync(ManifestRoot root, DatasetSeal seal, CancellationToken cancellation)
    {
        var opened = await FindManifestAsync(root, cancellation) ?? throw new DatasetMissingException(root);
        if (_seals.Find(root, seal) is { } before && await FindManifestAsync(before, cancellation) is not null)
            return before;
        var manifest = await Task.Run(
            () => SealedDataset.Name(opened, seal, SourceOf(opened), cancellation), cancellation);
        await KeepSealAsync(manifest, seal, cancellation);
        return manifest.Sealed.Root;
    }

    /// <summary>Serves what is here or coming in also as the sealed dataset that it came as.</summary>
    internal async Task KeepSealAsync(SealedManifest manifest, DatasetSeal seal, CancellationToken cancellation)
    {
        await _seals.WriteAsync(manifest, seal, cancellation);
        await _manifests.WriteAsync(manifest.Sealed, cancellation);
    }

    /// <summary>What can be served of a dataset that is here or coming in; null when it is neither.</summary>
    internal async Task<Holding?> FindHoldingAsync(ManifestRoot root, CancellationToken cancellation)
    {
        if (_seals.Find(root) is { } known)
        {
            var opened = await FindHoldingAsync(known.Opened, cancellation);
            var whole = await FindManifestAsync(root, cancellation);
            return opened is not null && whole is not null && SealedManifest.Pair(whole, opened.Manifest) is { } pair
                ? new SealedDataset(pair, known.Seal, opened).Holding : null;
        }

        if (_comingIn.TryGetValue(root, out var landing))
            return new(landing.Manifest, new IncomingDataset(this, landing), landing.Has);
        if (await FindManifestAsync(root, cancellation) is not { } manifest)
            return null;
        return new(manifest, SourceOf(manifest), HasTree(root) ? _ => true : _chunks.Has);
    }

    /// <summary>The manifest of a dataset that is here, or null.</summary>
    public Task<DatasetManifest?> FindManifestAsync(ManifestRoot root, CancellationToken cancellation) =>
        _manifests.FindAsync(root, cancellation);

    /// <summary>Makes a dataset known, if all of its chunks are here; otherwise returns the missing ones.</summary>
    public async Task<ImmutableArray<Chunk>> PublishAsync(DatasetManifest manifest, CancellationToken cancellation)
    {
        await _references.WaitAsync(cancellation);
        try
        {
            if (HasTree(manifest.Root))
            {
                await _manifests.WriteAsync(manifest, cancellation);
                return [];
            }

            var ledger = ResumeLedger.Of(manifest, _chunks.Has);
            if (!ledger.IsComplete)
                return ledger.Missing;
            _disk.SyncAll(Folder);
            await _manifests.WriteAsync(manifest, cancellation);
            return [];
        }
        finally
        {
            _references.Release();
        }
    }

    /// <summary>Takes a copy of a folder or a file of this machine as a dataset of this store.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="IngestException">It changed meanwhile, or holds what a dataset cannot.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public async Task<DatasetManifest> IngestAsync(
        string path, IProgress<ScanProgress>? progress, CancellationToken cancellation)
    {
        var tree = await LocalTree.ScanAsync(path, progress, cancellation);
        await CopyInAsync(tree.Manifest, tree, cancellation);
        return tree.Manifest;
    }

    /// <summary>
    /// Serves a folder of this machine as a dataset from where it lies, without a copy. What changes there later is
    /// noticed when it is read, and is not sent.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="IngestException">It changed meanwhile, or holds what a dataset cannot.</exception>
    public async Task<DatasetManifest> AdoptAsync(
        string path, IProgress<ScanProgress>? progress, CancellationToken cancellation)
    {
        var tree = await LocalTree.ScanAsync(path, progress, cancellation);
        _trees.Adopt(Path.GetFullPath(path), tree.Manifest.Root);
        await PublishAsync(tree.Manifest, cancellation);
        return tree.Manifest;
    }

    /// <summary>Makes a folder of this store's own disk a dataset by moving it. It is gone afterwards.</summary>
    /// <exception cref="IngestException">It holds what a dataset cannot.</exception>
    internal async Task<DatasetManifest> TakeInAsync(string folder, CancellationToken cancellation)
    {
        var tree = await LocalTree.ScanAsync(folder, progress: null, cancellation);
        _trees.Offer(folder, tree.Manifest.Root);
        await CopyInAsync(tree.Manifest, tree, cancellation);
        return tree.Manifest;
    }

    /// <summary>Where the files of a dataset are once it is materialised.</summary>
    public string TreePath(ManifestRoot root) => _trees.PathOf(root);

    /// <summary>Whether the files of a dataset lie ready.</summary>
    public bool HasTree(ManifestRoot root) => _trees.Has(root);

    /// <summary>Lays out the files of a dataset, read-only; they appear all at once. Returns the folder.</summary>
    /// <exception cref="DatasetMissingException">The dataset is not here.</exception>
    /// <exception cref="ChunkCorruptException">The disk has damaged a chunk; it counts as missing now.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public async Task<string> MaterialiseAsync(ManifestRoot root, CancellationToken cancellation)
    {
        if (HasTree(root))
            return TreePath(root);

        var manifest = await FindManifestAsync(root, cancellation) ?? throw new DatasetMissingException(root);
        await CopyInAsync(manifest, SourceOf(manifest), cancellation);
        return TreePath(root);
    }

    /// <summary>
    /// Lays out a dataset's files from what this store holds already and from what the caller fetches for the rest.
    /// What has come in stays when that fails, and the next call goes on with it.
    /// </summary>
    internal async Task LandAsync(
        DatasetManifest manifest, Func<Landing, Task> fetch, CancellationToken cancellation)
    {
        var turn = _turns.GetOrAdd(manifest.Root, _ => new(1, 1));
        await turn.WaitAsync(cancellation);
        try
        {
            if (!HasTree(manifest.Root))
            {
                using var landing = _trees.Land(manifest);
                _comingIn[manifest.Root] = landing;
                await Task.Run(() => FillFromHere(landing, manifest), cancellation);
                EnsureRoom(ResumeLedger.Of(manifest, landing.Has).MissingSize);
                await fetch(landing);
                landing.Finish();
                _trees.Publish(landing, manifest.Root);
            }

            await _manifests.WriteAsync(manifest, cancellation);
        }
        finally
        {
            _comingIn.TryRemove(manifest.Root, out _);
            turn.Release();
        }
    }

    /// <summary>Forgets a dataset: its files, its manifest and the chunks that no other dataset here uses.</summary>
    /// <returns>False when it was not here.</returns>
    public async Task<bool> RemoveAsync(ManifestRoot root, CancellationToken cancellation)
    {
        await _references.WaitAsync(cancellation);
        try
        {
            _seals.Delete(root);
            var manifest = await FindManifestAsync(root, cancellation);
            var hadTree = _trees.Remove(root);
            if (manifest is null)
                return hadTree;

            var used = await _manifests.ChunksInUseAsync(except: root, cancellation);
            _manifests.Delete(root);
            foreach (var chunk in manifest.Chunks)
            {
                if (!used.Contains(chunk.Hash))
                    _chunks.Delete(chunk.Hash);
            }

            return true;
        }
        finally
        {
            _references.Release();
        }
    }

    /// <summary>
    /// Removes chunks of no dataset, left by transfers that never ended, and returns how much room that made.
    /// </summary>
    /// <param name="writtenBefore">Younger chunks stay, because their transfer may still be under way.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public async Task<DataSize> SweepAsync(DateTimeOffset writtenBefore, CancellationToken cancellation)
    {
        await _references.WaitAsync(cancellation);
        try
        {
            var used = await _manifests.ChunksInUseAsync(except: null, cancellation);
            long freedBytes = 0;
            foreach (var (hash, file) in _chunks.All())
            {
                cancellation.ThrowIfCancellationRequested();
                if (used.Contains(hash) || file.LastWriteTimeUtc >= writtenBefore.UtcDateTime)
                    continue;
                freedBytes += file.Length;
                file.Delete();
            }

            foreach (var root in _trees.Unfinished(writtenBefore))
                await AbandonUnlessComingInAsync(root, cancellation);
            return new(freedBytes);
        }
        finally
        {
            _references.Release();
        }
    }

    private async Task AbandonUnlessComingInAsync(ManifestRoot root, CancellationToken cancellation)
    {
        var turn = _turns.GetOrAdd(root, _ => new(1, 1));
        if (!await turn.WaitAsync(TimeSpan.Zero, cancellation))
            return;
        _trees.Abandon(root);
        turn.Release();
    }

    /// <summary>Refuses work that cannot fit, before it begins.</summary>
    /// <exception cref="DepotFullException">There is not enough room.</exception>
    public void EnsureRoom(DataSize needed)
    {
        if (needed > Available)
            throw new DepotFullException(Folder, needed, inner: null);
    }

    /// <summary>
    /// Forgets that a dataset is here because some of it is damaged. What is whole stays, and a new transfer brings only
    /// the rest.
    /// </summary>
    internal void Demote(ManifestRoot root)
    {
        _manifests.Delete(root);
        _trees.Demote(root);
    }

    /// <summary>Lets another process open the folder.</summary>
    public void Dispose()
    {
        _references.Dispose();
        _lock.Dispose();
    }

    private async Task CopyInAsync(DatasetManifest manifest, IChunkSource source, CancellationToken cancellation)
    {
        try
        {
            await LandAsync(manifest, landing => Task.Run(() => landing.Fill(source, cancellation), cancellation), cancellation);
        }
        catch
        {
            // The source is at hand, so that starting again costs little, and nothing half done takes room.
            _trees.Abandon(manifest.Root);
            throw;
        }
    }

    /// <summary>Takes what other transfers brought before, as far as the datasets last used tell.</summary>
    private void FillFromHere(Landing landing, DatasetManifest manifest)
    {
        var others = _manifests.Recent.RemoveAll(other => other.Root == manifest.Root);
        var hasChunks = !_chunks.IsEmpty;
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        foreach (var chunk in manifest.Chunks.Where(chunk => !landing.Has(chunk)))
        {
            var content = buffer.AsSpan(0, chunk.SizeBytes);
            var isZero = ZeroChunk.Is(chunk);
            if (isZero)
                content.Clear();
            if (isZero || (hasChunks && _chunks.TryRead(chunk, content)) || others.Any(other => _trees.TryRead(other, chunk, buffer)))
                landing.Write(chunk, content, Folder);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Prepare()
    {
        TreeFolders.Delete(Path.Combine(Folder, "tmp"));
        foreach (var name in (string[])["tmp", "chunks", "manifests", "seals"])
            TreeFolders.Create(Path.Combine(Folder, name), TreeFolders.Private);
        _trees.Prepare();
    }
}
