using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Meridian.Datasets;

/// <summary>
/// The bytes of a manifest, big-endian: the mark, the number of entries (u32), then each entry as kind (u8), path,
/// mode (u16), milliseconds since 1970 (i64), and for a file its size (i64), the number of chunks (u32) and per chunk
/// 32 bytes of hash and its size (u32); for a link its target. Text is a length (u16) and UTF-8. The bytes of one entry
/// are one leaf of the Merkle tree.
/// </summary>
internal static class ManifestEncoding
{
    private const int ChunkBytes = ChunkHash.SizeBytes + sizeof(uint);
    private const int EntryBytesMin = 1 + 2 + 2 + 8;
    private const byte DirectoryKind = 1;
    private const byte FileKind = 2;
    private const byte LinkKind = 3;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Mark => "MRDNSET1"u8;

    /// <summary>
    /// The bytes that an entry takes, or fewer where its text is not ASCII; computed without encoding it.
    /// </summary>
    public static long SizeBytes(ManifestEntry entry) => EntryBytesMin + entry.Path.Length + entry switch
    {
        ManifestEntry.File file => 12 + (long)file.Chunks.Length * ChunkBytes,
        ManifestEntry.Link link => 2 + link.Target.Length,
        _ => 0,
    };

    /// <summary>The canonical bytes of valid entries, and the hashes of their leaves.</summary>
    public static ImmutableArray<byte> Encode(ImmutableArray<ManifestEntry> entries, out ChunkHash[] leaves)
    {
        // With room for the longest text that may still be asked for at the end, so that nothing is copied to a larger buffer.
        var room = Mark.Length + sizeof(uint) + entries.Sum(SizeBytes) + Utf8.GetMaxByteCount(ManifestLimits.PathBytesMax);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(ManifestLimits.EncodedBytesMax, room));
        buffer.Write(Mark);
        WriteUInt32(buffer, (uint)entries.Length);
        leaves = new ChunkHash[entries.Length];
        for (var index = 0; index < entries.Length; index++)
        {
            var start = buffer.WrittenCount;
            WriteEntry(buffer, entries[index]);
            leaves[index] = MerkleTree.Leaf(buffer.WrittenSpan[start..]);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Reads entries as they stand; the caller checks what they say. Returns the fault, or null.</summary>
    public static ManifestFault? Decode(ReadOnlySpan<byte> bytes, out List<ManifestEntry> entries)
    {
        entries = [];
        if (bytes.Length > ManifestLimits.EncodedBytesMax)
            return new("", "the manifest is larger than " + ManifestLimits.EncodedBytesMax + " bytes");
        if (!bytes.StartsWith(Mark))
            return new("", "this is not a manifest, or one of a later version");

        var reader = new Reader(bytes[Mark.Length..]);
        try
        {
            var count = reader.Count(EntryBytesMin);
            if (count > ManifestLimits.EntryCountMax)
                return new("", "the manifest has more than " + ManifestLimits.EntryCountMax + " entries");
            for (var index = 0; index < count; index++)
                entries.Add(ReadEntry(ref reader));
        }
        catch (FormatException fault)
        {
            return new("", "entry " + entries.Count + ": " + fault.Message);
        }

        return reader.IsAtEnd ? null : new("", "bytes follow the last entry");
    }

    private static void WriteEntry(ArrayBufferWriter<byte> buffer, ManifestEntry entry)
    {
        buffer.Write([entry switch
        {
            ManifestEntry.Directory => DirectoryKind,
            ManifestEntry.File => FileKind,
            _ => LinkKind,
        }]);
        WriteText(buffer, entry.Path);
        WriteUInt16(buffer, (ushort)entry.Mode);
        WriteInt64(buffer, entry.ModifiedAt.ToUnixTimeMilliseconds());
        if (entry is ManifestEntry.Link link)
            WriteText(buffer, link.Target);
        if (entry is not ManifestEntry.File file)
            return;

        WriteInt64(buffer, file.SizeBytes);
        WriteUInt32(buffer, (uint)file.Chunks.Length);
        foreach (var chunk in file.Chunks)
        {
            chunk.Hash.CopyTo(buffer.GetSpan(ChunkHash.SizeBytes));
            buffer.Advance(ChunkHash.SizeBytes);
            WriteUInt32(buffer, (uint)chunk.SizeBytes);
        }
    }

    private static ManifestEntry ReadEntry(ref Reader reader)
    {
        var kind = reader.Take(1)[0];
        var path = reader.Text();
        int mode = BinaryPrimitives.ReadUInt16BigEndian(reader.Take(2));
        var modifiedAt = reader.Time();
        return kind switch
        {
            DirectoryKind => new ManifestEntry.Directory(path, mode, modifiedAt),
            FileKind => new ManifestEntry.File(path, mode, modifiedAt, reader.Int64(), ReadChunks(ref reader)),
            LinkKind => new ManifestEntry.Link(path, mode, modifiedAt, reader.Text()),
            _ => throw new FormatException("the kind " + kind + " is unknown"),
        };
    }

    private static ImmutableArray<Chunk> ReadChunks(ref Reader reader)
    {
        var count = reader.Count(ChunkBytes);
        var chunks = ImmutableArray.CreateBuilder<Chunk>(count);
        for (var index = 0; index < count; index++)
        {
            var hash = new ChunkHash(reader.Take(ChunkHash.SizeBytes));
            var sizeBytes = BinaryPrimitives.ReadUInt32BigEndian(reader.Take(4));
            chunks.Add(new(hash, sizeBytes <= Chunk.SizeBytesMax ? (int)sizeBytes : int.MaxValue));
        }

        return chunks.MoveToImmutable();
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        var space = buffer.GetSpan(sizeof(ushort) + Utf8.GetMaxByteCount(text.Length));
        var count = Utf8.GetBytes(text, space[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16BigEndian(space, (ushort)count);
        buffer.Advance(sizeof(ushort) + count);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> buffer, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    private static void WriteInt64(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    /// <summary>Walks over bytes that may say anything, and never past their end.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
                throw new FormatException("the manifest ends too early");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        /// <summary>
        /// A number of items of which each takes at least so many bytes, so that a lie reserves no memory.
        /// </summary>
        public int Count(int itemBytesMin)
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(Take(4));
            if (count > (uint)(_rest.Length / itemBytesMin))
                throw new FormatException("the manifest ends too early");
            return (int)count;
        }

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

        public string Text()
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(Take(2));
            try
            {
                return Utf8.GetString(Take(length));
            }
            catch (DecoderFallbackException fault)
            {
                throw new FormatException("a text is not UTF-8", fault);
            }
        }

        public DateTimeOffset Time()
        {
            var milliseconds = Int64();
            if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
                || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
                throw new FormatException("the time of change is out of range");
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
    }
}
