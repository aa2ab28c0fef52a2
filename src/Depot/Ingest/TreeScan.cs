using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Datasets;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>One walk over a folder: names first, then the content of the files, several at once.</summary>
internal sealed class TreeScan(IProgress<ScanProgress>? progress)
{
    private const int EveryPermission = 0x1FF; // 0777

    private readonly Lock _gate = new();
    private readonly List<ManifestEntry> _entries = [];
    private readonly List<(string FullPath, string Path)> _files = [];
    private readonly ConcurrentDictionary<ChunkHash, (string Path, long Offset)> _places = new();
    private int _fileCount;
    private long _sizeBytes;

    public IReadOnlyList<ManifestEntry> Entries => _entries;

    public IReadOnlyDictionary<ChunkHash, (string Path, long Offset)> Places => _places;

    public void Run(string path, CancellationToken cancellation)
    {
        if (File.Exists(path))
            _files.Add((path, Path.GetFileName(path)));
        else
            VisitFolder(new DirectoryInfo(path), "", cancellation);

        var read = new ManifestEntry[_files.Count];
        OnAllCores.Run(read.Length, cancellation, (index, buffer) => read[index] = ReadFile(_files[index], buffer));
        _entries.AddRange(read);
    }

    private void VisitFolder(DirectoryInfo folder, string prefix, CancellationToken cancellation)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var path = prefix + item.Name;

            // Checked before going deeper: a name that a manifest cannot hold is reported with its path.
            if (EntryPath.Fault(path) is { } fault)
                throw new IngestException(Quote(path) + " cannot be in a dataset: " + fault + ".", inner: null);
            if (_entries.Count + _files.Count == ManifestLimits.EntryCountMax)
                throw new IngestException(Quote(folder.FullName) + " holds too much for one dataset.", inner: null);

            if ((item.Attributes & FileAttributes.ReparsePoint) != 0 && item.LinkTarget is { } target)
            {
                _entries.Add(new ManifestEntry.Link(path, EveryPermission, ToMilliseconds(item.LastWriteTimeUtc), target));
            }
            else if (item is DirectoryInfo directory)
            {
                _entries.Add(new ManifestEntry.Directory(path, ModeOf(directory), ToMilliseconds(item.LastWriteTimeUtc)));
                VisitFolder(directory, path + "/", cancellation);
            }
            else
            {
                _files.Add((item.FullName, path));
            }
        }
    }

    private ManifestEntry.File ReadFile((string FullPath, string Path) file, byte[] buffer)
    {
        var before = FileKind.Of(file.FullPath) ?? throw Vanished(file.FullPath);
        if (!before.IsRegular)
            throw new IngestException(Quote(file.Path) + " is a pipe, socket or device. Leave it out.", inner: null);

        var chunks = ReadChunks(file.FullPath, before.SizeBytes, buffer);
        var after = FileKind.Of(file.FullPath) ?? throw Vanished(file.FullPath);
        if (after.SizeBytes != before.SizeBytes || after.ModifiedAt != before.ModifiedAt
            || chunks.Sum(chunk => (long)chunk.SizeBytes) != before.SizeBytes)
        {
            throw new IngestException(
                Quote(file.FullPath) + " changed while it was read. Try again when nothing writes to it.", inner: null);
        }

        Report(fileCount: 1, sizeBytes: 0);
        return new(file.Path, before.Mode, ToMilliseconds(before.ModifiedAt), before.SizeBytes, chunks);
    }

    private ImmutableArray<Chunk> ReadChunks(string path, long sizeBytes, byte[] buffer)
    {
        using var direct = DirectFiles.TryOpen(path);
        using var library = direct is null ? File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete) : null;
        var chunks = ImmutableArray.CreateBuilder<Chunk>(1);
        for (long offset = 0; ; offset += Chunk.SizeBytesUsual)
        {
            var content = buffer.AsSpan(0, Chunk.SizeBytesUsual);
            var count = Read((direct ?? library)!, content, offset, sizeBytes);
            if (count == 0)
                return chunks.DrainToImmutable();

            var chunk = new Chunk(ChunkHash.Of(content[..count]), count);
            chunks.Add(chunk);
            _places.TryAdd(chunk.Hash, (path, offset));
            Report(fileCount: 0, count);

            // Whether the file has grown meanwhile, its status tells afterwards.
            if (count < content.Length || offset + count == sizeBytes)
                return chunks.DrainToImmutable();
        }
    }

    private static int Read(SafeFileHandle handle, Span<byte> buffer, long offset, long sizeBytes)
    {
        var readBytes = 0;
        while (readBytes < buffer.Length && (readBytes == 0 || offset + readBytes != sizeBytes))
        {
            var rest = buffer[readBytes..];
            var count = OperatingSystem.IsLinux() ? DirectFiles.Read(handle, rest, offset + readBytes) : -1;
            if (count < 0)
                count = RandomAccess.Read(handle, rest, offset + readBytes);
            if (count == 0)
                break;
            readBytes += (int)count;
        }

        return readBytes;
    }

    private void Report(int fileCount, long sizeBytes)
    {
        if (progress is null)
            return;
        lock (_gate)
        {
            _fileCount += fileCount;
            _sizeBytes += sizeBytes;
            progress.Report(new(_fileCount, new(_sizeBytes)));
        }
    }

    private static FileNotFoundException Vanished(string path) => new("Could not find file " + Quote(path) + ".");

    private static string Quote(string path) => "'" + EntryPath.Printable(path) + "'";

    private static DateTimeOffset ToMilliseconds(DateTime time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds());

    private static int ModeOf(DirectoryInfo directory) =>
        OperatingSystem.IsWindows() ? 0x1ED : (int)directory.UnixFileMode & EveryPermission; // 0755, the usual one.
}
