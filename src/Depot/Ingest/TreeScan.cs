using System.Buffers;
using System.Collections.Immutable;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>One walk over a folder.</summary>
internal sealed class TreeScan(Func<Chunk, ReadOnlyMemory<byte>, Task> visit, IProgress<ScanProgress>? progress)
{
    private const int EveryPermission = 0x1FF; // 0777

    private int _fileCount;
    private long _sizeBytes;

    public static readonly FileStreamOptions Reading = new()
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    };

    public List<ManifestEntry> Entries { get; } = [];

    public Dictionary<ChunkHash, (string Path, long Offset)> Places { get; } = [];

    public async Task RunAsync(string path, CancellationToken cancellation)
    {
        if (File.Exists(path))
            await VisitFileAsync(new FileInfo(path), Path.GetFileName(path), cancellation);
        else
            await VisitFolderAsync(new DirectoryInfo(path), "", cancellation);
    }

    private async Task VisitFolderAsync(DirectoryInfo folder, string prefix, CancellationToken cancellation)
    {
        foreach (var item in folder.EnumerateFileSystemInfos().OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            var path = prefix + item.Name;

            // Checked before going deeper: a name that a manifest cannot hold is reported with its path.
            if (EntryPath.Fault(path) is { } fault)
                throw new IngestException(Quote(path) + " cannot be in a dataset: " + fault + ".", inner: null);
            if (Entries.Count == ManifestLimits.EntryCountMax)
                throw new IngestException(Quote(folder.FullName) + " holds too much for one dataset.", inner: null);

            if (item.LinkTarget is { } target)
            {
                Entries.Add(new ManifestEntry.Link(path, EveryPermission, ModifiedAt(item), target));
            }
            else if (item is DirectoryInfo directory)
            {
                Entries.Add(new ManifestEntry.Directory(path, ModeOf(item), ModifiedAt(item)));
                await VisitFolderAsync(directory, path + "/", cancellation);
            }
            else
            {
                await VisitFileAsync((FileInfo)item, path, cancellation);
            }
        }
    }

    private async Task VisitFileAsync(FileInfo file, string path, CancellationToken cancellation)
    {
        if (!FileKind.IsRegular(file.FullName))
            throw new IngestException(Quote(path) + " is a pipe, socket or device. Leave it out.", inner: null);

        file.Refresh();
        var (sizeBytes, modifiedAt, mode) = (file.Length, file.LastWriteTimeUtc, ModeOf(file));
        var chunks = await ReadChunksAsync(file, cancellation);

        file.Refresh();
        if (!file.Exists)
            throw new FileNotFoundException("Could not find file " + Quote(file.FullName) + ".");
        if (file.Length != sizeBytes || file.LastWriteTimeUtc != modifiedAt
            || chunks.Sum(chunk => (long)chunk.SizeBytes) != sizeBytes)
        {
            throw new IngestException(
                Quote(file.FullName) + " changed while it was read. Try again when nothing writes to it.", inner: null);
        }

        Entries.Add(new ManifestEntry.File(path, mode, ModifiedAt(file), sizeBytes, chunks));
        _fileCount++;
        progress?.Report(new(_fileCount, new(_sizeBytes)));
    }

    private async Task<ImmutableArray<Chunk>> ReadChunksAsync(FileInfo file, CancellationToken cancellation)
    {
        var chunks = ImmutableArray.CreateBuilder<Chunk>();
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesUsual);
        try
        {
            await using var stream = new FileStream(file.FullName, Reading);
            for (long offset = 0; ; offset += Chunk.SizeBytesUsual)
            {
                var content = buffer.AsMemory(0, Chunk.SizeBytesUsual);
                var count = await stream.ReadAtLeastAsync(
                    content, content.Length, throwOnEndOfStream: false, cancellation);
                if (count == 0)
                    return chunks.ToImmutable();

                var chunk = new Chunk(ChunkHash.Of(content.Span[..count]), count);
                chunks.Add(chunk);
                Places.TryAdd(chunk.Hash, (file.FullName, offset));
                await visit(chunk, content[..count]);
                _sizeBytes += count;
                progress?.Report(new(_fileCount, new(_sizeBytes)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Quote(string path) => "'" + EntryPath.Printable(path) + "'";

    private static DateTimeOffset ModifiedAt(FileSystemInfo item) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            new DateTimeOffset(item.LastWriteTimeUtc, TimeSpan.Zero).ToUnixTimeMilliseconds());

    private static int ModeOf(FileSystemInfo item) =>
        OperatingSystem.IsWindows()
            ? item is DirectoryInfo ? 0x1ED : 0x1A4 // 0755 and 0644, the usual ones.
            : (int)item.UnixFileMode & EveryPermission;
}
