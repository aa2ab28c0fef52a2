using System.Buffers;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Puts a dataset into a folder that belongs to somebody and may hold other things already.</summary>
internal sealed class Download(DatasetManifest manifest, string destination)
{
    private const string StagingName = ".meridian-download";
    private const int ConflictsNamedMax = 10;

    private readonly LocalDisk _disk = new();
    private readonly HashSet<string> _upToDate = new(StringComparer.Ordinal);

    /// <summary>Where chunks wait until all are there.</summary>
    public string StagingFolder { get; } = Path.Combine(destination, StagingName);

    /// <summary>Begins below the destination, or goes on with what an earlier attempt left there.</summary>
    public Landing Land()
    {
        Directory.CreateDirectory(destination);
        return Landing.Open(manifest, StagingFolder, _disk);
    }

    /// <summary>Which chunks of the files that have to be written have not come yet.</summary>
    public ResumeLedger Ledger(Landing landing)
    {
        var needed = FilesToWrite().SelectMany(file => file.Chunks).Select(chunk => chunk.Hash).ToHashSet();
        return ResumeLedger.Of(manifest, chunk => !needed.Contains(chunk.Hash) || landing.Has(chunk));
    }

    /// <summary>Refuses what cannot fit, before it begins.</summary>
    public void EnsureRoom(DataSize needed)
    {
        if (needed.Bytes > _disk.AvailableBytes(destination))
            throw new DepotFullException(destination, needed, inner: null);
    }

    /// <summary>Finds what is in the way, before anything is fetched or changed.</summary>
    public void Check(bool force, CancellationToken cancellation)
    {
        List<string> conflicts = manifest.Find(StagingName) is null ? [] : [StagingName];
        foreach (var entry in manifest.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = PathOf(entry);
            RefuseDetour(entry);
            if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
                continue;
            if (IsSame(entry, path))
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

    /// <summary>Moves what is not there yet to its place; each file appears under its name whole.</summary>
    public void Write(Landing landing, CancellationToken cancellation)
    {
        _disk.SyncAll(landing.Folder);
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
                    landing.MoveOut(file, path);
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

    private static bool IsSame(ManifestEntry entry, string path)
    {
        var target = new FileInfo(path).LinkTarget;
        return entry switch
        {
            ManifestEntry.Link link => string.Equals(target, link.Target, StringComparison.Ordinal),
            ManifestEntry.Directory => target is null && Directory.Exists(path),
            ManifestEntry.File file => target is null && File.Exists(path) && FileKind.IsRegular(path)
                && HasContent(file, path),
            _ => false,
        };
    }

    private static bool HasContent(ManifestEntry.File file, string path)
    {
        using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(handle) != file.SizeBytes)
            return false;

        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        try
        {
            long offset = 0;
            foreach (var chunk in file.Chunks)
            {
                var content = buffer.AsSpan(0, chunk.SizeBytes);
                if (!FileBytes.TryFill(handle, content, offset) || ChunkHash.Of(content) != chunk.Hash)
                    return false;
                offset += chunk.SizeBytes;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
