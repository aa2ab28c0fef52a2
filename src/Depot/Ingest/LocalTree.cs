using System.Runtime.InteropServices;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>How far a scan has come.</summary>
/// <param name="FileCount">Files read to their end.</param>
/// <param name="Size">Bytes read.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScanProgress(int FileCount, DataSize Size);

/// <summary>A folder or file of this machine as a dataset, with its content where it lies.</summary>
public sealed class LocalTree : IChunkSource
{
    private readonly string _folder;

    private LocalTree(DatasetManifest manifest, string folder)
    {
        Manifest = manifest;
        _folder = folder;
    }

    /// <summary>What the folder held when it was scanned.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Reads the folder, or the single file, once, and keeps nothing of its content.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="IngestException">Something changed meanwhile, or cannot be part of a dataset.</exception>
    public static async Task<LocalTree> ScanAsync(
        string path, IProgress<ScanProgress>? progress, CancellationToken cancellation)
    {
        var scan = new TreeScan(progress);
        var fullPath = Path.GetFullPath(path);
        try
        {
            await Task.Run(() => scan.Run(fullPath, cancellation), cancellation);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IngestException(
                fault.Message + " It vanished while '" + path + "' was read, or was never there. "
                + "Try again when nothing changes there.",
                fault);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new IngestException(fault.Message + " Give the right to read it, or leave it out.", fault);
        }

        if (!DatasetManifest.TryCreate(scan.Entries, out var manifest, out var faults))
        {
            throw new IngestException(
                "'" + path + "' cannot become a dataset: " + string.Join("; ", faults) + ".", inner: null);
        }

        return new(manifest, scan.Folder);
    }

    /// <inheritdoc/>
    /// <exception cref="IngestException">The file has changed since the scan.</exception>
    public void ReadChunk(Chunk chunk, Span<byte> buffer)
    {
        if (!Manifest.TryGetPlace(chunk.Hash, out var place))
            throw new ChunkMissingException(chunk.Hash);

        var content = buffer[..chunk.SizeBytes];
        var path = Path.Join(_folder, Manifest.Entries[place.EntryIndex].Path);
        if (FileBytes.TryRead(path, content, place.Offset) && ChunkHash.Of(content) == chunk.Hash)
            return;
        throw new IngestException(
            "'" + path + "' " + (File.Exists(path) ? "changed" : "vanished")
            + " after it was scanned. Start again.",
            inner: null);
    }
}
