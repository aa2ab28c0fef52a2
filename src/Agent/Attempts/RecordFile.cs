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

    private readonly FileStream _file;
    private bool _isDirty;

    private RecordFile(FileStream file) => _file = file;

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
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            foreach (var record in records)
                file.Write(Encode(record));
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
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
            _ => new Paid(Acknowledge.Parser.ParseFrom(content).Sequence),
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
