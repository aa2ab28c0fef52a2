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
    private readonly Dictionary<ChunkHash, (string Path, long Offset)> _places;

    private LocalTree(DatasetManifest manifest, Dictionary<ChunkHash, (string Path, long Offset)> places)
    {
        Manifest = manifest;
        _places = places;
    }

    /// <summary>What the folder held when it was scanned.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Reads the folder, or the single file, once, and keeps nothing of its content.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="IngestException">Something changed meanwhile, or cannot be part of a dataset.</exception>
    public static Task<LocalTree> ScanAsync(
        string path, IProgress<ScanProgress>? progress, CancellationToken cancellation) =>
        ScanAsync(path, (_, _) => Task.CompletedTask, progress, cancellation);

    /// <summary>Reads the folder, or the single file, once.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="visit">Is given every chunk with its content, which is valid until it returns.</param>
    /// <param name="progress">Is told after every chunk; null for nobody.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="IngestException">Something changed meanwhile, or cannot be part of a dataset.</exception>
    public static async Task<LocalTree> ScanAsync(
        string path,
        Func<Chunk, ReadOnlyMemory<byte>, Task> visit,
        IProgress<ScanProgress>? progress,
        CancellationToken cancellation)
    {
        var scan = new TreeScan(visit, progress);
        try
        {
            await scan.RunAsync(Path.GetFullPath(path), cancellation);
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

        return new(manifest, scan.Places);
    }

    /// <inheritdoc/>
    /// <exception cref="IngestException">The file has changed since the scan.</exception>
    public async Task ReadChunkAsync(Chunk chunk, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (!_places.TryGetValue(chunk.Hash, out var place))
            throw new ChunkMissingException(chunk.Hash);

        var content = buffer[..chunk.SizeBytes];
        var readBytes = 0;
        try
        {
            await using var file = new FileStream(place.Path, TreeScan.Reading);
            file.Position = place.Offset;
            readBytes = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellation);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IngestException("'" + place.Path + "' vanished after it was scanned. Start again.", fault);
        }

        if (readBytes != chunk.SizeBytes || ChunkHash.Of(content.Span) != chunk.Hash)
            throw new IngestException("'" + place.Path + "' changed after it was scanned. Start again.", inner: null);
    }
}
