using System.Text.Json;

namespace Meridian.Depot;

/// <summary>
/// What an export has sent so far, in a file: which objects are whole, and which parts of unfinished ones the store has taken. A line
/// that a crash loses only means that something is sent again. Safe for use from many threads.
/// </summary>
internal sealed class ExportLedger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _uploads = new(StringComparer.Ordinal);
    private readonly FileStream _file;

    private ExportLedger(string path)
    {
        if (File.Exists(path))
        {
            // A line that a crash tore is the last.
            var text = File.ReadAllText(path);
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Take(JsonSerializer.Deserialize<Line>(line)!);
        }

        _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _file.WriteByte((byte)'\n'); // Ends a torn line.
    }

    /// <summary>Opens the ledger, or begins it.</summary>
    public static ExportLedger Open(string path) => new(path);

    /// <summary>The uploads in parts that were begun and are not whole.</summary>
    public IReadOnlyList<(string Path, string Id)> Unfinished
    {
        get
        {
            lock (_gate)
                return [.. _uploads.Where(u => !u.Value.IsWhole).Select(u => (u.Key, u.Value.Id))];
        }
    }

    /// <summary>What is known of the file's upload; nothing before it was begun.</summary>
    public Upload? Find(string path)
    {
        lock (_gate)
            return _uploads.GetValueOrDefault(path);
    }

    /// <summary>An upload in parts was begun, in the place of an earlier one.</summary>
    public Upload Begin(string path, string id) => Add(new(path, id, Part: 0, Tag: "", IsWhole: false));

    /// <summary>The store has taken the part, from 1.</summary>
    public void Mark(string path, int part, string tag) => Add(new(path, Id: "", part, tag, IsWhole: false));

    /// <summary>The object is whole.</summary>
    public void MarkWhole(string path) => Add(new(path, Id: "", Part: 0, Tag: "", IsWhole: true));

    public void Dispose() => _file.Dispose();

    private Upload Add(Line line)
    {
        lock (_gate)
        {
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(line));
            _file.WriteByte((byte)'\n');
            _file.Flush();
            return Take(line);
        }
    }

    private Upload Take(Line line)
    {
        if (line.IsWhole)
            return _uploads[line.Path] = new("", IsWhole: true, []);
        if (line.Part == 0)
            return _uploads[line.Path] = new(line.Id, IsWhole: false, []);
        _uploads[line.Path].Tags[line.Part] = line.Tag;
        return _uploads[line.Path];
    }

    /// <summary>How far the upload of a file is.</summary>
    /// <param name="Id">The store's name for an upload in parts.</param>
    /// <param name="IsWhole">Whether the object is whole.</param>
    /// <param name="Tags">The entity tags of the parts that the store has taken.</param>
    public sealed record Upload(string Id, bool IsWhole, SortedDictionary<int, string> Tags);

    private sealed record Line(string Path, string Id, int Part, string Tag, bool IsWhole);
}
