using System.Collections.Immutable;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>The manifests on the disk, with the few that were used last in memory.</summary>
internal sealed class ManifestFiles(string folder, string temporaryFolder, WholeFile files)
{
    private const int CacheCountMax = 16;

    private readonly Lock _gate = new();
    private readonly List<DatasetManifest> _recent = [];

    /// <summary>The manifests that were used last.</summary>
    public ImmutableArray<DatasetManifest> Recent
    {
        get
        {
            lock (_gate)
                return [.. _recent];
        }
    }

    public ImmutableArray<ManifestRoot> Roots()
    {
        var roots = ImmutableArray.CreateBuilder<ManifestRoot>();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (ManifestRoot.TryParse(Path.GetFileName(path), out var root))
                roots.Add(root);
        }

        roots.Sort();
        return roots.ToImmutable();
    }

    public async Task<DatasetManifest?> FindAsync(ManifestRoot root, CancellationToken cancellation)
    {
        if (Recall(root) is { } recent)
            return recent;

        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(PathOf(root), cancellation);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        if (DatasetManifest.TryParse(bytes, out var manifest, out _) && manifest.Root == root)
        {
            Remember(manifest);
            return manifest;
        }

        // The disk has damaged it. Absent, it can be fetched again; its chunks are still here.
        Delete(root);
        return null;
    }

    public async Task WriteAsync(DatasetManifest manifest, CancellationToken cancellation)
    {
        if (!File.Exists(PathOf(manifest.Root)))
        {
            await files.WriteAsync(
                (Path.Combine(temporaryFolder, Guid.NewGuid().ToString("n")), PathOf(manifest.Root)),
                new(manifest.Encoded.Length),
                isDurable: true,
                async file => await file.WriteAsync(manifest.Encoded, cancellation),
                cancellation);
        }

        Remember(manifest);
    }

    public void Delete(ManifestRoot root)
    {
        lock (_gate)
            _recent.RemoveAll(manifest => manifest.Root == root);
        File.Delete(PathOf(root));
    }

    /// <summary>The chunks that the datasets here use, leaving one dataset aside.</summary>
    public async Task<HashSet<ChunkHash>> ChunksInUseAsync(ManifestRoot? except, CancellationToken cancellation)
    {
        HashSet<ChunkHash> used = [];
        foreach (var root in Roots())
        {
            if (root != except && await FindAsync(root, cancellation) is { } manifest)
                used.UnionWith(manifest.Chunks.Select(chunk => chunk.Hash));
        }

        return used;
    }

    private string PathOf(ManifestRoot root) => Path.Combine(folder, root.ToString());

    private DatasetManifest? Recall(ManifestRoot root)
    {
        lock (_gate)
            return _recent.Find(manifest => manifest.Root == root);
    }

    private void Remember(DatasetManifest manifest)
    {
        lock (_gate)
        {
            if (_recent.Exists(known => known.Root == manifest.Root))
                return;
            if (_recent.Count == CacheCountMax)
                _recent.RemoveAt(0);
            _recent.Add(manifest);
        }
    }
}
