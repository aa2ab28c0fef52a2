using System.Security.Cryptography;

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
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafPrefix]);
        hash.AppendData(content);
        Span<byte> bytes = stackalloc byte[ChunkHash.SizeBytes];
        hash.GetHashAndReset(bytes);
        return new(bytes);
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
