using System.Buffers.Binary;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// How chunks follow each other on the line: 32 bytes of hash, the size (u32, big-endian), then the content.
/// </summary>
internal static class PackFrame
{
    public const int HeaderBytes = ChunkHash.SizeBytes + sizeof(uint);

    public static long LengthBytes(IEnumerable<Chunk> chunks) =>
        chunks.Sum(chunk => (long)HeaderBytes + chunk.SizeBytes);

    public static void WriteHeader(Chunk chunk, Span<byte> destination)
    {
        chunk.Hash.CopyTo(destination);
        BinaryPrimitives.WriteUInt32BigEndian(destination[ChunkHash.SizeBytes..], (uint)chunk.SizeBytes);
    }

    /// <summary>Reads a header; a size out of bounds is refused before anything is reserved for it.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out Chunk chunk)
    {
        var sizeBytes = BinaryPrimitives.ReadUInt32BigEndian(header[ChunkHash.SizeBytes..]);
        var isSane = sizeBytes is > 0 and <= Chunk.SizeBytesMax;
        chunk = new(new(header[..ChunkHash.SizeBytes]), isSane ? (int)sizeBytes : 0);
        return isSane;
    }
}
