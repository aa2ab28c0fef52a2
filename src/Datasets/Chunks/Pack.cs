using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Datasets;

/// <summary>Chunks that travel in one request, so that many small files do not cost a round trip each.</summary>
/// <param name="Chunks">The chunks in the order of the manifest.</param>
/// <param name="Size">Their total size.</param>
public sealed record Pack(ImmutableArray<Chunk> Chunks, DataSize Size)
{
    /// <summary>The most chunks in a pack that anybody accepts.</summary>
    public const int ChunkCountMax = 1024;

    /// <summary>The largest total size of a pack that anybody accepts: 16 MiB.</summary>
    public const int SizeBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// Divides chunks into packs, keeping their order. A pack is closed when the next chunk would make it larger than
    /// the limit; a single chunk above the limit travels alone.
    /// </summary>
    /// <param name="chunks">What has to travel.</param>
    /// <param name="sizeMax">The size that a pack should not pass; at most <see cref="SizeBytesMax"/> is used.</param>
    /// <param name="chunkCountMax">The most chunks in a pack; at most <see cref="ChunkCountMax"/> is used.</param>
    public static ImmutableArray<Pack> Plan(IEnumerable<Chunk> chunks, DataSize sizeMax, int chunkCountMax)
    {
        var sizeBytesMax = Math.Min(sizeMax.Bytes, SizeBytesMax);
        var countMax = Math.Clamp(chunkCountMax, 1, ChunkCountMax);
        var packs = ImmutableArray.CreateBuilder<Pack>();
        var open = ImmutableArray.CreateBuilder<Chunk>();
        long sizeBytes = 0;

        foreach (var chunk in chunks)
        {
            if (open.Count > 0 && (sizeBytes + chunk.SizeBytes > sizeBytesMax || open.Count == countMax))
                Close();
            open.Add(chunk);
            sizeBytes += chunk.SizeBytes;
        }

        if (open.Count > 0)
            Close();
        return packs.ToImmutable();

        void Close()
        {
            packs.Add(new(open.ToImmutable(), new(sizeBytes)));
            open.Clear();
            sizeBytes = 0;
        }
    }
}
