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
    private int _fileCount;
    private long _sizeBytes;

    public IReadOnlyList<ManifestEntry> Entries => _entries;

    /// <summary>What the paths of the entries begin in.</summary>
    public string Folder { get; private set; } = "";

    public void Run(string path, CancellationToken cancellation)
    {
        var isFile = File.Exists(path);
        Folder = isFile ? Path.GetDirectoryName(path)! : path;
        if (isFile)
            _files.Add((path, Path.GetFileName(path)));
        else
            VisitFolder(path, "", cancellation);

        var read = new ManifestEntry[_files.Count];
        OnAllCores.Run(read.Length, cancellation, (index, buffer) => read[index] = ReadFile(_files[index], buffer));
        _entries.AddRange(read);
    }

    private void VisitFolder(string folder, string prefix, CancellationToken cancellation)
    {
        foreach (var (name, kind) in FolderNames.Of(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            var (path, fullPath) = (prefix + name, Path.Join(folder, name));

            // Checked before going deeper: a name that a manifest cannot hold is reported with its path.
            if (EntryPath.Fault(path) is { } fault)
                throw new IngestException(Quote(path) + " cannot be in a dataset: " + fault + ".", inner: null);
            if (_entries.Count + _files.Count == ManifestLimits.EntryCountMax)
                throw new IngestException(Quote(folder) + " holds too much for one dataset.", inner: null);

            if (kind == NameKind.Link)
            {
                var link = new FileInfo(fullPath);
                var target = link.LinkTarget ?? throw Vanished(fullPath);
                _entries.Add(new ManifestEntry.Link(path, EveryPermission, ToMilliseconds(link.LastWriteTimeUtc), target));
            }
            else if (kind == NameKind.Folder)
            {
                var inner = new DirectoryInfo(fullPath);
                _entries.Add(new ManifestEntry.Directory(path, ModeOf(inner), ToMilliseconds(inner.LastWriteTimeUtc)));
                VisitFolder(fullPath, path + "/", cancellation);
            }
            else
            {
                _files.Add((fullPath, path));
            }
        }
    }

    private ManifestEntry.File ReadFile((string FullPath, string Path) file, byte[] buffer)
    {
        using var direct = DirectFiles.TryOpenItself(file.FullPath);
        using var library = direct is null ? OpenByLibrary(file) : null;
        var handle = (direct ?? library)!;
        var before = FileKind.Of(handle, file.FullPath) ?? throw Vanished(file.FullPath);
        if (!before.IsRegular)
            throw NoFile(file.Path);

        var chunks = ReadChunks(handle, before.SizeBytes, buffer);
        var after = FileKind.Of(handle, file.FullPath) ?? throw Vanished(file.FullPath);
        if (after.SizeBytes != before.SizeBytes || after.ModifiedAt != before.ModifiedAt
            || chunks.Sum(chunk => (long)chunk.SizeBytes) != before.SizeBytes)
        {
            throw new IngestException(
                Quote(file.FullPath) + " changed while it was read. Try again when nothing writes to it.", inner: null);
        }

        Report(fileCount: 1, sizeBytes: 0);
        return new(file.Path, before.Mode, ToMilliseconds(before.ModifiedAt), before.SizeBytes, chunks);
    }

    private static SafeFileHandle OpenByLibrary((string FullPath, string Path) file) =>
        FileKind.IsRegular(file.FullPath)
            ? File.OpenHandle(file.FullPath, share: FileShare.ReadWrite | FileShare.Delete)
            : throw NoFile(file.Path);

    private ImmutableArray<Chunk> ReadChunks(SafeFileHandle file, long sizeBytes, byte[] buffer)
    {
        var chunkBytes = Chunk.SizeBytesIn(sizeBytes);
        var chunks = ImmutableArray.CreateBuilder<Chunk>((int)Math.Min(int.MaxValue, 1 + (sizeBytes / chunkBytes)));
        for (long offset = 0; ; offset += chunkBytes)
        {
            var content = buffer.AsSpan(0, chunkBytes);
            var count = Read(file, content, offset, sizeBytes);
            if (count == 0)
                return chunks.DrainToImmutable();

            var chunk = new Chunk(ChunkHash.Of(content[..count]), count);
            chunks.Add(chunk);
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

    private static IngestException NoFile(string path) =>
        new(Quote(path) + " is a pipe, socket or device. Leave it out.", inner: null);

    private static FileNotFoundException Vanished(string path) => new("Could not find file " + Quote(path) + ".");

    private static string Quote(string path) => "'" + EntryPath.Printable(path) + "'";

    private static DateTimeOffset ToMilliseconds(DateTime time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds());

    private static int ModeOf(DirectoryInfo directory) =>
        OperatingSystem.IsWindows() ? 0x1ED : (int)directory.UnixFileMode & EveryPermission; // 0755, the usual one.
}
