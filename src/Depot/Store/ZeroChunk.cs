using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Knows the chunk of nothing but zeros by its name, so that the holes of sparse files never travel.</summary>
internal static class ZeroChunk
{
    private static readonly Lazy<ChunkHash> Name = new(() => ChunkHash.Of(new byte[Chunk.SizeBytesUsual]));

    /// <summary>Whether the chunk is all zeros. The short ends of files are not worth a hash for each length.</summary>
    public static bool Is(Chunk chunk) => chunk.SizeBytes == Chunk.SizeBytesUsual && chunk.Hash == Name.Value;
}
