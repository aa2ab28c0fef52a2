using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <summary>
/// The agent's memory: records appended to one file, each with its length and checksum. A record that was torn by a
/// crash ends the file. At the start the file is written anew with what still matters.
/// </summary>
public sealed class RecordFile : IDisposable
{
    private const int HeaderBytes = 4 + 1 + 8;
    private const int RecordBytesMax = 4 << 20;
    private const long LengthMin = 32L << 20;

    private readonly FileStream _file;
    private readonly long _lengthAtBegin;
    private bool _isDirty;

    private RecordFile(FileStream file) => (_file, _lengthAtBegin) = (file, file.Length);

    /// <summary>Whether the file has grown so much since it was begun that beginning it anew pays.</summary>
    public bool IsLong => _file.Position > Math.Max(LengthMin, 4 * _lengthAtBegin);

    /// <summary>Reads every whole record of the file; none where there is no file.</summary>
    public static List<AgentRecord> Read(string path)
    {
        var records = new List<AgentRecord>();
        if (!File.Exists(path))
            return records;
        var bytes = File.ReadAllBytes(path).AsSpan();
        while (TryTake(ref bytes, out var record))
            records.Add(record);
        return records;
    }

    /// <summary>Begins the file anew with the records, and opens it for more. The old file stays until the new one is whole.</summary>
    public static RecordFile Begin(string path, IEnumerable<AgentRecord> records)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // Orders carry the tenants' secrets.
        using (var file = new FileStream(fresh, options))
        {
            foreach (var record in records)
                file.Write(Encode(record));
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        // Without this a power cut could bring the old file back, after attempts were started on the new one's word.
        DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024));
    }

    /// <summary>Appends the record. It is safe after <see cref="Flush"/>.</summary>
    public void Append(AgentRecord record)
    {
        _file.Write(Encode(record));
        _isDirty = true;
    }

    /// <summary>Returns when everything appended is on the disk.</summary>
    public void Flush()
    {
        if (!_isDirty)
            return;
        _file.Flush(flushToDisk: true);
        _isDirty = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Encode(AgentRecord record)
    {
        var (kind, content) = record switch
        {
            Accepted a => ((byte)1, a.Order.ToByteArray()),
            Owed o => ((byte)2, o.Message.ToByteArray()),
            Paid p => ((byte)3, new Acknowledge { Sequence = p.Sequence }.ToByteArray()),
            Heard h => ((byte)4, h.Key.ToByteArray()),
            Finished f => ((byte)5, f.Key.ToByteArray()),
            _ => throw new Primitives.InvariantBrokenException("a record is of a known kind"),
        };
        var bytes = new byte[HeaderBytes + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, content.Length);
        bytes[4] = kind;
        content.CopyTo(bytes, HeaderBytes);
        Checksum(kind, content).CopyTo(bytes, 5);
        return bytes;
    }

    private static bool TryTake(ref Span<byte> bytes, out AgentRecord record)
    {
        record = new Paid(0);
        if (bytes.Length < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 0 or > RecordBytesMax || bytes.Length < HeaderBytes + length)
            return false;
        var kind = bytes[4];
        var content = bytes.Slice(HeaderBytes, length);
        if (!Checksum(kind, content).AsSpan().SequenceEqual(bytes.Slice(5, 8)))
            return false;

        record = kind switch
        {
            1 => new Accepted(StartAttempt.Parser.ParseFrom(content)),
            2 => new Owed(FromAgent.Parser.ParseFrom(content)),
            3 => new Paid(Acknowledge.Parser.ParseFrom(content).Sequence),
            4 => new Heard(AttemptKey.Parser.ParseFrom(content)),
            5 => new Finished(AttemptKey.Parser.ParseFrom(content)),
            _ => throw new InvalidDataException($"The agent's memory holds a record of kind {kind}: a newer agent wrote it. Run that one."),
        };
        bytes = bytes[(HeaderBytes + length)..];
        return true;
    }

    private static byte[] Checksum(byte kind, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([kind]);
        hash.AppendData(content);
        return hash.GetHashAndReset()[..8];
    }
}
