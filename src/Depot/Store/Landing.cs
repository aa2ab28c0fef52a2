using System.Collections.Concurrent;
using Meridian.Datasets;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>
/// A tree that is coming in: each chunk is verified and written straight to its places in the files, in a folder that
/// nobody sees before it is whole. After a crash the files themselves say what is there: they are hashed again, so
/// that there is no second record to keep true. Safe for use from many threads.
/// </summary>
internal sealed class Landing : IDisposable
{
    private const UnixFileMode OwnerWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const long TouchMilliseconds = 60_000;
    private const int Claimed = 1;
    private const int There = 2;

    private readonly DatasetManifest _manifest;
    private readonly IDepotDisk _disk;
    private readonly int[] _states;
    private readonly int[] _missingOfEntry;
    private readonly Dictionary<ChunkHash, List<(int EntryIndex, long Offset)>> _furtherPlaces;
    private readonly ConcurrentDictionary<int, Lazy<SafeFileHandle>> _open = new();
    private SafeFileHandle? _folder;
    private long _touchedAtMilliseconds = Environment.TickCount64;

    private Landing(DatasetManifest manifest, string folder, IDepotDisk disk)
    {
        _manifest = manifest;
        _disk = disk;
        Folder = folder;
        _states = new int[manifest.Chunks.Length];
        _missingOfEntry = new int[manifest.Entries.Length];
        _furtherPlaces = FurtherPlaces(manifest, _missingOfEntry);
    }

    /// <summary>Where the files grow.</summary>
    public string Folder { get; }

    /// <summary>Begins in a folder, or goes on with what an earlier attempt left there.</summary>
    public static Landing Open(DatasetManifest manifest, string folder, IDepotDisk disk)
    {
        var landing = new Landing(manifest, folder, disk);
        var isNew = !Directory.Exists(folder);
        if (!isNew)
            TreeFolders.Unlock(new(folder));
        TreeFolders.Create(folder, TreeFolders.Private);
        foreach (var directory in manifest.Entries.OfType<ManifestEntry.Directory>())
            Directory.CreateDirectory(landing.PathOf(directory));
        if (!isNew)
            landing.Recall();
        landing._folder = DirectFiles.TryOpen(folder);
        landing.Touch();
        return landing;
    }

    /// <summary>Whether the chunk is here, verified.</summary>
    public bool Has(Chunk chunk) =>
        _manifest.TryGetPlace(chunk.Hash, out var place) && Volatile.Read(ref _states[place.ChunkIndex]) == There;

    /// <summary>Verifies a chunk and writes it to its places. Returns false when it was here already.</summary>
    /// <param name="chunk">A chunk of the dataset.</param>
    /// <param name="content">Its bytes, as somebody sent them.</param>
    /// <param name="source">Who that was, for the message.</param>
    /// <exception cref="ChunkCorruptException">The content has another name.</exception>
    /// <exception cref="DepotFullException">There is no room.</exception>
    public bool Write(Chunk chunk, ReadOnlySpan<byte> content, string source)
    {
        if (content.Length != chunk.SizeBytes || ChunkHash.Of(content) != chunk.Hash)
            throw new ChunkCorruptException(chunk.Hash, source);
        if (!_manifest.TryGetPlace(chunk.Hash, out var place))
            throw new ArgumentException("The dataset has no chunk " + chunk.Hash + ".", nameof(chunk));

        // Claimed before it is written, so that two sources never write the same place; if the disk fails, so does
        // the whole landing, and the next attempt trusts nothing that it has not hashed.
        if (Interlocked.CompareExchange(ref _states[place.ChunkIndex], Claimed, 0) != 0)
            return false;
        if (Environment.TickCount64 - Volatile.Read(ref _touchedAtMilliseconds) > TouchMilliseconds)
            Touch();
        WriteAt(place.EntryIndex, place.Offset, content);
        foreach (var (entryIndex, offset) in FurtherPlacesOf(chunk.Hash))
            WriteAt(entryIndex, offset, content);
        Volatile.Write(ref _states[place.ChunkIndex], There);
        return true;
    }

    /// <summary>The dataset that comes in.</summary>
    public DatasetManifest Manifest => _manifest;

    /// <summary>Reads what lies in the place of a chunk that is here, for somebody who verifies it himself.</summary>
    public bool TryLoad(Chunk chunk, Span<byte> buffer) =>
        Has(chunk) && _manifest.TryGetPlace(chunk.Hash, out var place)
        && FileBytes.TryRead(PathOf(_manifest.Entries[place.EntryIndex]), buffer[..chunk.SizeBytes], place.Offset);

    /// <summary>Fills what is missing from a source on this machine.</summary>
    public void Fill(IChunkSource source, CancellationToken cancellation) =>
        Fill([.. _manifest.Chunks.Where(chunk => !Has(chunk))], source, cancellation);

    /// <summary>Fills these chunks, which are missing, from a source on this machine.</summary>
    public void Fill(IReadOnlyList<Chunk> missing, IChunkSource source, CancellationToken cancellation)
    {
        OnAllCores.Run(missing.Count, cancellation, (index, buffer) =>
        {
            source.ReadChunk(missing[index], buffer);
            Write(missing[index], buffer.AsSpan(0, missing[index].SizeBytes), "this machine");
        });
    }

    /// <summary>Gives every name its final look and makes all durable. Every chunk must be here.</summary>
    public void Finish()
    {
        for (var index = 0; index < _manifest.Entries.Length; index++)
        {
            if (_manifest.Entries[index] is ManifestEntry.File { Chunks.IsEmpty: true } empty)
                WriteWhole(empty, []);
        }

        // Links come after the files, so that no file is ever written through one.
        foreach (var link in _manifest.Entries.OfType<ManifestEntry.Link>())
        {
            if (new FileInfo(PathOf(link)).LinkTarget is null)
                File.CreateSymbolicLink(PathOf(link), link.Target);
        }

        // From the inside out: setting what is inside a directory changes the time of the directory.
        foreach (var directory in _manifest.Entries.OfType<ManifestEntry.Directory>().Reverse())
        {
            Directory.SetLastWriteTimeUtc(PathOf(directory), directory.ModifiedAt.UtcDateTime);
            TreeFolders.SetMode(PathOf(directory), TreeFolders.PublishedFolder);
        }

        TreeFolders.SetMode(Folder, TreeFolders.PublishedFolder);
        _disk.SyncAll(Folder);
    }

    /// <summary>Gives a whole file to somebody, with its own permissions.</summary>
    public void MoveOut(ManifestEntry.File file, string path)
    {
        if (file.Chunks.IsEmpty)
            WriteWhole(file, []);
        File.Move(PathOf(file), path, overwrite: true);
        TreeFolders.SetMode(path, (UnixFileMode)file.Mode);
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        foreach (var handle in _open.Values)
            handle.Value.Dispose();
        _open.Clear();
        _folder?.Dispose();
    }

    private static Dictionary<ChunkHash, List<(int EntryIndex, long Offset)>> FurtherPlaces(
        DatasetManifest manifest, int[] missingOfEntry)
    {
        var further = new Dictionary<ChunkHash, List<(int, long)>>();
        for (var index = 0; index < manifest.Entries.Length; index++)
        {
            if (manifest.Entries[index] is not ManifestEntry.File file)
                continue;
            missingOfEntry[index] = file.Chunks.Length;
            long offset = 0;
            foreach (var chunk in file.Chunks)
            {
                var isKnown = manifest.TryGetPlace(chunk.Hash, out var first);
                if (isKnown && (first.EntryIndex != index || first.Offset != offset))
                {
                    if (!further.TryGetValue(chunk.Hash, out var places))
                        further.Add(chunk.Hash, places = []);
                    places.Add((index, offset));
                }

                offset += chunk.SizeBytes;
            }
        }

        return further;
    }

    private List<(int EntryIndex, long Offset)> FurtherPlacesOf(ChunkHash hash) =>
        _furtherPlaces.Count > 0 && _furtherPlaces.TryGetValue(hash, out var places) ? places : [];

    private void WriteAt(int entryIndex, long offset, ReadOnlySpan<byte> content)
    {
        var file = (ManifestEntry.File)_manifest.Entries[entryIndex];
        try
        {
            if (file.Chunks.Length == 1)
                WriteWhole(file, content);
            else
                WritePart(entryIndex, offset, content);
        }
        catch (IOException fault) when (DepotFullException.IsMeantBy(fault))
        {
            throw new DepotFullException(PathOf(file), new(file.SizeBytes), fault);
        }
    }

    private void WriteWhole(ManifestEntry.File file, ReadOnlySpan<byte> content)
    {
        using var created = DirectFiles.TryCreate(_folder, file.Path, TreeFolders.PublishedFile(file.Mode));
        using var opened = created is null ? OpenFile(file, FileMode.Create) : null;
        var handle = (created ?? opened)!;
        if (content.ContainsAnyExcept((byte)0))
            _disk.Write(handle, content, offset: 0);
        else
            RandomAccess.SetLength(handle, content.Length);
        Complete(file, handle, hasMode: created is not null);
    }

    private void WritePart(int entryIndex, long offset, ReadOnlySpan<byte> content)
    {
        var handle = _open.GetOrAdd(entryIndex, index => new(() => OpenLong(index))).Value;

        // The file has its whole length from the start, so that zeros need not be written and leave a hole.
        if (content.ContainsAnyExcept((byte)0))
            _disk.Write(handle, content, offset);
        if (Interlocked.Decrement(ref _missingOfEntry[entryIndex]) > 0)
            return;

        _open.TryRemove(entryIndex, out _);
        using (handle)
            Complete((ManifestEntry.File)_manifest.Entries[entryIndex], handle, hasMode: false);
    }

    /// <summary>
    /// Sets the time of the folder, by which it is judged to be left behind: the files inside have the times of their
    /// originals, and what is written deeper inside does not change the top.
    /// </summary>
    private void Touch()
    {
        Volatile.Write(ref _touchedAtMilliseconds, Environment.TickCount64);
        Directory.SetLastWriteTimeUtc(Folder, DateTime.UtcNow);
    }

    private static void Complete(ManifestEntry.File file, SafeFileHandle handle, bool hasMode)
    {
        if (!DirectFiles.TrySetModified(handle, file.ModifiedAt))
            File.SetLastWriteTimeUtc(handle, file.ModifiedAt.UtcDateTime);
        if (!hasMode && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(handle, TreeFolders.PublishedFile(file.Mode));
    }

    private SafeFileHandle OpenLong(int entryIndex)
    {
        var file = (ManifestEntry.File)_manifest.Entries[entryIndex];
        var handle = OpenFile(file, FileMode.OpenOrCreate);
        RandomAccess.SetLength(handle, file.SizeBytes);
        return handle;
    }

    private SafeFileHandle OpenFile(ManifestEntry file, FileMode mode)
    {
        var path = PathOf(file);

        // Nobody else is in this folder, so a lock on each file would only cost a call.
        const FileShare anybody = FileShare.ReadWrite | FileShare.Delete;
        try
        {
            return File.OpenHandle(path, mode, FileAccess.Write, anybody);
        }
        catch (UnauthorizedAccessException) when (File.Exists(path))
        {
            // A finished file of an earlier attempt is read-only.
            TreeFolders.SetMode(path, OwnerWrites);
            return File.OpenHandle(path, mode, FileAccess.Write, anybody);
        }
    }

    private string PathOf(ManifestEntry entry) => Path.Combine(Folder, entry.Path);

    /// <summary>Finds out by hashing what an earlier attempt left.</summary>
    private void Recall()
    {
        var foundCounts = new int[_states.Length];
        OnAllCores.Run(_manifest.Entries.Length, CancellationToken.None, (index, buffer) =>
        {
            if (_manifest.Entries[index] is ManifestEntry.File file && File.Exists(PathOf(file)))
                RecallFile(file, foundCounts, buffer);
        });

        // A chunk is here when it is at all of its places; otherwise all of them are written again.
        foreach (var chunk in _manifest.Chunks)
        {
            if (_manifest.TryGetPlace(chunk.Hash, out var first))
            {
                var placeCount = 1 + FurtherPlacesOf(chunk.Hash).Count;
                _states[first.ChunkIndex] = foundCounts[first.ChunkIndex] == placeCount ? There : 0;
            }
        }

        for (var index = 0; index < _missingOfEntry.Length; index++)
        {
            if (_manifest.Entries[index] is ManifestEntry.File file)
                _missingOfEntry[index] = file.Chunks.Count(chunk => !Has(chunk));
        }
    }

    private void RecallFile(ManifestEntry.File file, int[] foundCounts, byte[] buffer)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf(file), OwnerWrites);
        using var handle = File.OpenHandle(PathOf(file), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var isWhole = true;
        long offset = 0;
        foreach (var chunk in file.Chunks)
        {
            var content = buffer.AsSpan(0, chunk.SizeBytes);
            if (FileBytes.TryFill(handle, content, offset) && ChunkHash.Of(content) == chunk.Hash
                && _manifest.TryGetPlace(chunk.Hash, out var place))
                Interlocked.Increment(ref foundCounts[place.ChunkIndex]);
            else
                isWhole = false;
            offset += chunk.SizeBytes;
        }

        if (!isWhole)
            return;
        RandomAccess.SetLength(handle, file.SizeBytes);
        Complete(file, handle, hasMode: false);
    }
}
