using System.Buffers;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Puts a dataset into a folder that belongs to somebody and may hold other things already.</summary>
internal sealed class Download(DatasetManifest manifest, string destination)
{
    private const string StagingName = ".meridian-download";
    private const int ConflictsNamedMax = 10;

    private readonly HashSet<string> _upToDate = new(StringComparer.Ordinal);

    /// <summary>Where chunks wait until all are there.</summary>
    public string StagingFolder { get; } = Path.Combine(destination, StagingName);

    /// <summary>What has to be written.</summary>
    public DataSize Size => new(FilesToWrite().Sum(file => file.SizeBytes));

    /// <summary>Which chunks of the files that have to be written are not in the staging store yet.</summary>
    public ResumeLedger Ledger(DepotStore staging)
    {
        var needed = FilesToWrite().SelectMany(file => file.Chunks).Select(chunk => chunk.Hash).ToHashSet();
        return ResumeLedger.Of(manifest, chunk => !needed.Contains(chunk.Hash) || staging.HasChunk(chunk));
    }

    /// <summary>Finds what is in the way, before anything is fetched or changed.</summary>
    public async Task CheckAsync(bool force, CancellationToken cancellation)
    {
        List<string> conflicts = manifest.Find(StagingName) is null ? [] : [StagingName];
        foreach (var entry in manifest.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = PathOf(entry);
            RefuseDetour(entry);
            if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
                continue;
            if (await IsSameAsync(entry, path, cancellation))
                _upToDate.Add(entry.Path);
            else
                conflicts.Add(entry.Path);
        }

        if (conflicts.Count > 0 && (!force || manifest.Find(StagingName) is not null))
        {
            throw new DownloadConflictException(
                destination, [.. conflicts.Take(ConflictsNamedMax).Select(EntryPath.Printable)], conflicts.Count);
        }
    }

    /// <summary>Writes what is not there yet; each file appears under its name when it is whole.</summary>
    public async Task WriteAsync(IChunkSource source, CancellationToken cancellation)
    {
        var durable = new DurableFile(new LocalDisk());
        foreach (var entry in manifest.Entries.Where(entry => !_upToDate.Contains(entry.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            var path = PathOf(entry);
            ClearTheWay(entry, path);
            switch (entry)
            {
                case ManifestEntry.Directory:
                    Directory.CreateDirectory(path);
                    break;
                case ManifestEntry.Link link:
                    File.CreateSymbolicLink(path, link.Target);
                    break;
                case ManifestEntry.File file:
                    await durable.WriteAsync(
                        Path.Combine(StagingFolder, "tmp", Guid.NewGuid().ToString("n")),
                        path,
                        new(file.SizeBytes),
                        stream => TreeAssembly.CopyAsync(file, source, stream, cancellation),
                        cancellation);
                    File.SetLastWriteTimeUtc(path, file.ModifiedAt.UtcDateTime);
                    TreeFolders.SetMode(path, (UnixFileMode)file.Mode);
                    break;
            }
        }

        foreach (var directory in manifest.Entries.OfType<ManifestEntry.Directory>().Reverse())
        {
            if (_upToDate.Contains(directory.Path))
                continue;
            Directory.SetLastWriteTimeUtc(PathOf(directory), directory.ModifiedAt.UtcDateTime);
            TreeFolders.SetMode(PathOf(directory), (UnixFileMode)directory.Mode);
        }
    }

    private IEnumerable<ManifestEntry.File> FilesToWrite() =>
        manifest.Entries.OfType<ManifestEntry.File>().Where(file => !_upToDate.Contains(file.Path));

    private string PathOf(ManifestEntry entry) => Path.Combine(destination, entry.Path);

    /// <summary>
    /// A link in the place of a directory would lead writing out of the folder; not even force allows that.
    /// </summary>
    private void RefuseDetour(ManifestEntry entry)
    {
        for (var parent = EntryPath.Parent(entry.Path); parent.Length > 0; parent = EntryPath.Parent(parent))
        {
            if (new DirectoryInfo(Path.Combine(destination, parent)).LinkTarget is not null)
                throw new DownloadConflictException(destination, [EntryPath.Printable(parent) + " (a link)"], count: 1);
        }
    }

    private static void ClearTheWay(ManifestEntry entry, string path)
    {
        var isLink = new FileInfo(path).LinkTarget is not null;
        if (entry is not ManifestEntry.File && (isLink || File.Exists(path)))
            File.Delete(path);
        else if (entry is not ManifestEntry.Directory && !isLink && Directory.Exists(path))
        {
            throw new DownloadConflictException(
                Path.GetDirectoryName(path)!, [EntryPath.Printable(entry.Path)], count: 1);
        }
    }

    private static async Task<bool> IsSameAsync(ManifestEntry entry, string path, CancellationToken cancellation)
    {
        var target = new FileInfo(path).LinkTarget;
        return entry switch
        {
            ManifestEntry.Link link => string.Equals(target, link.Target, StringComparison.Ordinal),
            ManifestEntry.Directory => target is null && Directory.Exists(path),
            ManifestEntry.File file => target is null && File.Exists(path) && FileKind.IsRegular(path)
                && await HasContentAsync(file, path, cancellation),
            _ => false,
        };
    }

    private static async Task<bool> HasContentAsync(
        ManifestEntry.File file, string path, CancellationToken cancellation)
    {
        await using var stream = new FileStream(path, TreeScan.Reading);
        if (stream.Length != file.SizeBytes)
            return false;

        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        try
        {
            foreach (var chunk in file.Chunks)
            {
                var content = buffer.AsMemory(0, chunk.SizeBytes);
                var count = await stream.ReadAtLeastAsync(
                    content, content.Length, throwOnEndOfStream: false, cancellation);
                if (count != chunk.SizeBytes || ChunkHash.Of(content.Span) != chunk.Hash)
                    return false;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
