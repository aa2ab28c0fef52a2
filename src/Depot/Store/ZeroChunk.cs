using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Knows the chunks of nothing but zeros by their names, so that the holes of sparse files never travel.</summary>
internal static class ZeroChunk
{
    private static readonly Lazy<ChunkHash> Usual = new(() => ChunkHash.Of(new byte[Chunk.SizeBytesUsual]));
    private static readonly Lazy<ChunkHash> OfLarge = new(() => ChunkHash.Of(new byte[Chunk.SizeBytesOfLarge]));

    /// <summary>Whether the chunk is all zeros. The short ends of files are not worth a hash for each length.</summary>
    public static bool Is(Chunk chunk) => chunk.SizeBytes switch
    {
        Chunk.SizeBytesUsual => chunk.Hash == Usual.Value,
        Chunk.SizeBytesOfLarge => chunk.Hash == OfLarge.Value,
        _ => false,
    };
}
