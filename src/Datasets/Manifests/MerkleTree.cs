using System.Buffers;

namespace Meridian.Datasets;

/// <summary>
/// The tree hash of RFC 6962, section 2.1: leaves and nodes are hashed under different prefixes, so that neither can
/// be passed off as the other.
/// </summary>
public static class MerkleTree
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <summary>The hash of one leaf's bytes.</summary>
    public static ChunkHash Leaf(ReadOnlySpan<byte> content)
    {
        // One call over a copy: setting up a hash that takes several pieces costs more than copying a short leaf.
        var bytes = ArrayPool<byte>.Shared.Rent(1 + content.Length);
        bytes[0] = LeafPrefix;
        content.CopyTo(bytes.AsSpan(1));
        var leaf = ChunkHash.Of(bytes.AsSpan(0, 1 + content.Length));
        ArrayPool<byte>.Shared.Return(bytes);
        return leaf;
    }

    /// <summary>The root over leaf hashes in their order; the root of no leaves is the hash of no bytes.</summary>
    public static ChunkHash Root(ReadOnlySpan<ChunkHash> leaves)
    {
        if (leaves.IsEmpty)
            return ChunkHash.Of([]);
        if (leaves.Length == 1)
            return leaves[0];

        var leftCount = (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2);
        return Node(Root(leaves[..leftCount]), Root(leaves[leftCount..]));
    }

    private static ChunkHash Node(ChunkHash left, ChunkHash right)
    {
        Span<byte> bytes = stackalloc byte[1 + ChunkHash.SizeBytes * 2];
        bytes[0] = NodePrefix;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + ChunkHash.SizeBytes)..]);
        return ChunkHash.Of(bytes);
    }
}
