using System.Collections.Immutable;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// The chunks, manifests and published trees of one depot, in a folder of its own. What has a name in it is whole; what
/// a crash left half done is swept away when the store is opened. Safe for use from many threads.
/// </summary>
public sealed class DepotStore : IChunkSource, IDisposable
{
    private readonly IDepotDisk _disk;
    private readonly FileStream _lock;
    private readonly ChunkFiles _chunks;
    private readonly ManifestFiles _manifests;
    private readonly TreeFiles _trees;

    // Publishing counts chunks and removing deletes them: only one of them at a time.
    private readonly SemaphoreSlim _references = new(1, 1);

    private DepotStore(string folder, IDepotDisk disk, FileStream fileLock)
    {
        Folder = folder;
        _disk = disk;
        _lock = fileLock;
        var durable = new DurableFile(disk);
        var temporary = Path.Combine(folder, "tmp");
        _chunks = new(Path.Combine(folder, "chunks"), temporary, durable);
        _manifests = new(Path.Combine(folder, "manifests"), temporary, durable);
        _trees = new(Path.Combine(folder, "trees"), new(this, durable));
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

    /// <summary>Whether the chunk is here.</summary>
    public bool HasChunk(ChunkHash hash) => _chunks.Has(hash);

    /// <summary>Whether the chunk is here with its size.</summary>
    public bool HasChunk(Chunk chunk) => _chunks.Has(chunk);

    /// <summary>Stores a chunk after checking it. Returns false when it was here already.</summary>
    /// <param name="hash">The name that the content must have.</param>
    /// <param name="content">At most <see cref="Chunk.SizeBytesMax"/> bytes.</param>
    /// <param name="source">Where it came from, for the message.</param>
    /// <param name="cancellation">Stops before the chunk has its name.</param>
    /// <exception cref="ChunkCorruptException">The content has another name.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public Task<bool> WriteChunkAsync(
        ChunkHash hash, ReadOnlyMemory<byte> content, string source, CancellationToken cancellation) =>
        _chunks.WriteAsync(hash, content, source, cancellation);

    /// <inheritdoc/>
    /// <exception cref="ChunkCorruptException">
    /// The disk has damaged it; it has been removed and counts as missing.
    /// </exception>
    /// <exception cref="ChunkMissingException">It is not here.</exception>
    public Task ReadChunkAsync(Chunk chunk, Memory<byte> buffer, CancellationToken cancellation) =>
        _chunks.ReadAsync(chunk, buffer, cancellation);

    /// <summary>The manifest of a dataset that is here, or null.</summary>
    public Task<DatasetManifest?> FindManifestAsync(ManifestRoot root, CancellationToken cancellation) =>
        _manifests.FindAsync(root, cancellation);

    /// <summary>Makes a dataset known, if all of its chunks are here; otherwise returns the missing ones.</summary>
    public async Task<ImmutableArray<Chunk>> PublishAsync(DatasetManifest manifest, CancellationToken cancellation)
    {
        await _references.WaitAsync(cancellation);
        try
        {
            var ledger = ResumeLedger.Of(manifest, _chunks.Has);
            if (ledger.IsComplete)
                await _manifests.WriteAsync(manifest, cancellation);
            return ledger.Missing;
        }
        finally
        {
            _references.Release();
        }
    }

    /// <summary>Turns a folder or a file of this machine into a dataset of this store.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks; those stored so far need not be stored again.</param>
    /// <exception cref="IngestException">It changed meanwhile, or holds what a dataset cannot.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public async Task<DatasetManifest> IngestAsync(
        string path, IProgress<ScanProgress>? progress, CancellationToken cancellation)
    {
        const int attemptCountMax = 3;
        for (var attempt = 1; ; attempt++)
        {
            var tree = await LocalTree.ScanAsync(
                path,
                (chunk, content) => WriteChunkAsync(chunk.Hash, content, "'" + path + "'", cancellation),
                progress,
                cancellation);

            // The removal of another dataset in between may have taken a chunk that both shared: then store it again.
            var missing = await PublishAsync(tree.Manifest, cancellation);
            if (missing.IsEmpty)
                return tree.Manifest;
            if (attempt == attemptCountMax)
                throw new ChunkMissingException(missing[0].Hash);
        }
    }

    /// <summary>Where the files of a dataset are once it is materialised.</summary>
    public string TreePath(ManifestRoot root) => _trees.PathOf(root);

    /// <summary>Whether the files of a dataset lie ready.</summary>
    public bool HasTree(ManifestRoot root) => Directory.Exists(TreePath(root));

    /// <summary>Lays out the files of a dataset, read-only; they appear all at once. Returns the folder.</summary>
    /// <exception cref="DatasetMissingException">The dataset is not here.</exception>
    /// <exception cref="ChunkCorruptException">The disk has damaged a chunk; it counts as missing now.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public async Task<string> MaterialiseAsync(ManifestRoot root, CancellationToken cancellation)
    {
        if (HasTree(root))
            return TreePath(root);

        var manifest = await FindManifestAsync(root, cancellation) ?? throw new DatasetMissingException(root);
        EnsureRoom(manifest.Size);
        return await _trees.AssembleAsync(manifest, cancellation);
    }

    /// <summary>Forgets a dataset: its files, its manifest and the chunks that no other dataset here uses.</summary>
    /// <returns>False when it was not here.</returns>
    public async Task<bool> RemoveAsync(ManifestRoot root, CancellationToken cancellation)
    {
        await _references.WaitAsync(cancellation);
        try
        {
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

            return new(freedBytes);
        }
        finally
        {
            _references.Release();
        }
    }

    /// <summary>Refuses work that cannot fit, before it begins.</summary>
    /// <exception cref="DepotFullException">There is not enough room.</exception>
    public void EnsureRoom(DataSize needed)
    {
        if (needed > Available)
            throw new DepotFullException(Folder, needed, inner: null);
    }

    /// <summary>Lets another process open the folder.</summary>
    public void Dispose()
    {
        _references.Dispose();
        _lock.Dispose();
    }

    private void Prepare()
    {
        TreeFolders.Delete(Path.Combine(Folder, "tmp"));
        foreach (var name in (string[])["tmp", "chunks", "manifests"])
            TreeFolders.Create(Path.Combine(Folder, name), TreeFolders.Private);
        _trees.Prepare();
    }
}
