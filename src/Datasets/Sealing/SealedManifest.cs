using System.Collections.Immutable;

namespace Meridian.Datasets;

/// <summary>
/// A sealed dataset beside the one that is in it. Sealed, it is a dataset like any other, of two files: the sealed manifest
/// and the sealed chunks, in the order of the manifest. So depots store, verify, repair and relay it without knowing.
/// </summary>
public sealed class SealedManifest
{
    /// <summary>The name of the file that holds the manifest; it sorts first, because nothing can be opened without it.</summary>
    public const string ManifestPath = "0-manifest";

    private const string ContentPath = "1-content";
    private const int Mode = 0x180; // 0600

    private SealedManifest(DatasetManifest whole, DatasetManifest opened)
    {
        Sealed = whole;
        Opened = opened;
    }

    /// <summary>What relays see.</summary>
    public DatasetManifest Sealed { get; }

    /// <summary>What is in it.</summary>
    public DatasetManifest Opened { get; }

    /// <summary>The pieces into which a manifest is cut to be sealed.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(DatasetManifest manifest)
    {
        for (var offset = 0; offset < manifest.Encoded.Length; offset += Chunk.SizeBytesOfLarge)
            yield return manifest.Encoded[offset..Math.Min(offset + Chunk.SizeBytesOfLarge, manifest.Encoded.Length)];
    }

    /// <summary>Puts together a dataset and the names of its sealed chunks.</summary>
    /// <param name="opened">The dataset.</param>
    /// <param name="pieces">The sealed pieces of its manifest, in order.</param>
    /// <param name="chunks">Its sealed chunks, in the order of the manifest.</param>
    public static SealedManifest Create(DatasetManifest opened, ImmutableArray<Chunk> pieces, ImmutableArray<Chunk> chunks)
    {
        if (chunks.Length != opened.Chunks.Length)
            throw new ArgumentException("There is one sealed chunk for each chunk.", nameof(chunks));
        List<ManifestEntry> entries = [FileOf(ManifestPath, pieces)];
        if (!chunks.IsEmpty)
            entries.Add(FileOf(ContentPath, chunks));
        if (!DatasetManifest.TryCreate(entries, out var whole, out var faults))
            throw new ArgumentException("It cannot be sealed: " + string.Join("; ", faults) + ".", nameof(opened));
        return new(whole, opened);
    }

    /// <summary>Puts together what was made by <see cref="Create"/> before; null when the two do not belong together.</summary>
    public static SealedManifest? Pair(DatasetManifest whole, DatasetManifest opened) =>
        whole.Find(ManifestPath) is ManifestEntry.File && Content(whole).Length == opened.Chunks.Length
            ? new(whole, opened) : null;

    /// <summary>Opens the manifest that is in a sealed dataset; null when it is not what the seal made.</summary>
    /// <param name="whole">The sealed dataset.</param>
    /// <param name="seal">The key.</param>
    /// <param name="content">The whole content of its file <see cref="ManifestPath"/>.</param>
    public static SealedManifest? TryOpen(DatasetManifest whole, DatasetSeal seal, ReadOnlySpan<byte> content)
    {
        if (whole.Find(ManifestPath) is not ManifestEntry.File file || file.SizeBytes != content.Length)
            return null;

        var encoded = new byte[Math.Max(0, content.Length - file.Chunks.Length * DatasetSeal.OverheadBytes)];
        var rest = encoded.AsSpan();
        foreach (var piece in file.Chunks)
        {
            var sizeBytes = piece.SizeBytes - DatasetSeal.OverheadBytes;
            if (sizeBytes < 0 || sizeBytes > rest.Length || !seal.TryOpen(content[..piece.SizeBytes], rest[..sizeBytes]))
                return null;
            content = content[piece.SizeBytes..];
            rest = rest[sizeBytes..];
        }

        return DatasetManifest.TryParse(encoded, out var opened, out _) ? Pair(whole, opened) : null;
    }

    /// <summary>The sealed form of a chunk of the dataset.</summary>
    public Chunk Seal(Chunk chunk) => Opened.TryGetPlace(chunk.Hash, out var place)
        ? Content(Sealed)[place.ChunkIndex]
        : throw new ArgumentException("The dataset has no chunk " + chunk.Hash + ".", nameof(chunk));

    /// <summary>Whether a sealed chunk holds a chunk of the dataset, and if so which one; otherwise a piece of the manifest.</summary>
    /// <param name="whole">The sealed chunk.</param>
    /// <param name="chunk">The chunk of the dataset.</param>
    /// <param name="pieceIndex">The index of the piece of the manifest.</param>
    public bool TryOpen(Chunk whole, out Chunk chunk, out int pieceIndex)
    {
        chunk = default;
        if (!Sealed.TryGetPlace(whole.Hash, out var place))
            throw new ArgumentException("The dataset has no chunk " + whole.Hash + ".", nameof(whole));
        var pieceCount = ((ManifestEntry.File)Sealed.Find(ManifestPath)!).Chunks.Length;
        pieceIndex = place.ChunkIndex;
        if (place.ChunkIndex < pieceCount)
            return false;
        chunk = Opened.Chunks[place.ChunkIndex - pieceCount];
        return true;
    }

    private static ImmutableArray<Chunk> Content(DatasetManifest whole) =>
        whole.Find(ContentPath) is ManifestEntry.File file ? file.Chunks : [];

    private static ManifestEntry.File FileOf(string path, ImmutableArray<Chunk> chunks) =>
        new(path, Mode, DateTimeOffset.UnixEpoch, chunks.Sum(chunk => (long)chunk.SizeBytes), chunks);
}
