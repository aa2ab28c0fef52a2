using System.Buffers.Binary;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Reads a chunk into the beginning of a buffer.</summary>
internal delegate void ReadChunk(Chunk chunk, Span<byte> buffer);

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

    /// <summary>Chunks that are written at once: small ones gathered up to 256 KiB, large ones each alone.</summary>
    public static IEnumerable<List<Chunk>> Groups(List<Chunk> chunks)
    {
        const int enoughBytes = 256 * 1024;
        for (var index = 0; index < chunks.Count;)
        {
            var first = index;
            var sizeBytes = 0;
            do
                sizeBytes += HeaderBytes + chunks[index++].SizeBytes;
            while (index < chunks.Count && sizeBytes + HeaderBytes + chunks[index].SizeBytes <= enoughBytes);
            yield return chunks[first..index];
        }
    }

    /// <summary>Writes the frames of chunks one after another.</summary>
    public static void Fill(Span<byte> frames, List<Chunk> chunks, ReadChunk read)
    {
        foreach (var chunk in chunks)
        {
            WriteHeader(chunk, frames);
            read(chunk, frames[HeaderBytes..]);
            frames = frames[(HeaderBytes + chunk.SizeBytes)..];
        }
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
