using System.Text.Json;

namespace Meridian.Depot;

/// <summary>
/// What an import has brought so far, in a file beside it: unlike a transfer between depots, nothing says beforehand what the
/// content hashes to. A line is written only after the bytes that it speaks of are on the disk. Safe for use from many threads.
/// </summary>
internal sealed class ImportLedger : IDisposable
{
    /// <summary>What a crash may cost: it comes again.</summary>
    private const long UnmarkedBytesMax = 64 << 20;
    private const long UnmarkedMillisecondsMax = 5_000;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly IDepotDisk _disk;
    private readonly Dictionary<string, Progress> _files = new(StringComparer.Ordinal);
    private readonly List<Line> _unmarked = [];
    private readonly FileStream _file;
    private long _unmarkedBytes;
    private long _markedAtMilliseconds = Environment.TickCount64;

    private ImportLedger(string folder, IDepotDisk disk)
    {
        (_folder, _disk) = (folder, disk);
        var path = Path.Combine(folder, "ledger");
        if (File.Exists(path))
            Recall(path);
        _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Opens the ledger of a folder, or begins it.</summary>
    public static ImportLedger Open(string folder, IDepotDisk disk) => new(folder, disk);

    /// <summary>Every file that was begun.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_gate)
                return [.. _files.Keys];
        }
    }

    /// <summary>What is known of the file; nothing before it was begun.</summary>
    public Progress? Find(string path)
    {
        lock (_gate)
            return _files.GetValueOrDefault(path);
    }

    /// <summary>The file is as the head says, and comes in parts of this size.</summary>
    public Progress Begin(string path, OutsideHead head, long partBytes) =>
        Add(new(path, head, partBytes, Part: -1, IsWhole: false), bytes: 0);

    /// <summary>A part of the file is there.</summary>
    public void Mark(string path, int part, long bytes) => Add(new(path, Head: null, PartBytes: 0, part, IsWhole: false), bytes);

    /// <summary>All of the file is there.</summary>
    public void MarkWhole(string path, OutsideHead head) => Add(new(path, head, PartBytes: 0, Part: -1, IsWhole: true), head.SizeBytes);

    /// <summary>Marks what is not marked yet, and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_unmarked.Count > 0)
                Flush();
            _file.Dispose();
        }
    }

    private Progress Add(Line line, long bytes)
    {
        lock (_gate)
        {
            var known = Take(line);
            _unmarked.Add(line);
            _unmarkedBytes += bytes;
            if (_unmarkedBytes >= UnmarkedBytesMax || Environment.TickCount64 - _markedAtMilliseconds >= UnmarkedMillisecondsMax)
                Flush();
            return known;
        }
    }

    private void Flush()
    {
        _disk.SyncAll(_folder);
        foreach (var line in _unmarked)
        {
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(line));
            _file.WriteByte((byte)'\n');
        }

        _file.Flush(flushToDisk: true);
        _unmarked.Clear();
        _unmarkedBytes = 0;
        _markedAtMilliseconds = Environment.TickCount64;
    }

    private void Recall(string path)
    {
        // A line that a crash tore is the last; what it would have said comes again.
        var text = File.ReadAllText(path);
        var whole = text.LastIndexOf('\n') + 1;
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Take(JsonSerializer.Deserialize<Line>(line)!);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, whole)));
    }

    private Progress Take(Line line)
    {
        if (line.Head is { } head)
            return _files[line.Path] = new(head, line.PartBytes, line.IsWhole, []);
        var known = _files[line.Path];
        known.Parts.Add(line.Part);
        return known;
    }

    /// <summary>How far a file has come.</summary>
    public sealed record Progress(OutsideHead Head, long PartBytes, bool IsWhole, SortedSet<int> Parts);

    private sealed record Line(string Path, OutsideHead? Head, long PartBytes, int Part, bool IsWhole);
}
