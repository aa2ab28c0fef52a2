using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Meridian.Primitives;

namespace Meridian.Datasets;

/// <summary>
/// What a dataset consists of: its names in order, and the chunks of its files. One that exists is valid; two with the
/// same root are the same.
/// </summary>
public sealed class DatasetManifest
{
    private readonly ImmutableArray<byte> _encoded;
    private readonly ChunkIndex _chunks;

    private DatasetManifest(ImmutableArray<ManifestEntry> entries, ChunkIndex chunks)
    {
        Entries = entries;
        _encoded = ManifestEncoding.Encode(entries, out var leaves);
        Root = new(MerkleTree.Root(leaves));

        _chunks = chunks;
        var distinct = new Chunk[chunks.Count];
        for (var index = 0; index < distinct.Length; index++)
            distinct[index] = chunks[index];
        Chunks = ImmutableCollectionsMarshal.AsImmutableArray(distinct);

        long sizeBytes = 0;
        foreach (var entry in entries)
        {
            if (entry is not ManifestEntry.File file)
                continue;
            FileCount++;
            sizeBytes += file.SizeBytes;
        }

        Size = new(sizeBytes);
    }

    /// <summary>
    /// The names, in the ordinal order of their paths, so that a directory comes before what it holds.
    /// </summary>
    public ImmutableArray<ManifestEntry> Entries { get; }

    /// <summary>The distinct chunks, in the order in which the files first use them.</summary>
    public ImmutableArray<Chunk> Chunks { get; }

    /// <summary>The identity: the Merkle root over the canonical bytes of the entries.</summary>
    public ManifestRoot Root { get; }

    /// <summary>The sum of the files' sizes.</summary>
    public DataSize Size { get; }

    /// <summary>How many of the entries are files.</summary>
    public int FileCount { get; }

    /// <summary>The canonical encoding: the same content gives the same bytes.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded.AsMemory();

    /// <summary>Sorts and checks entries.</summary>
    /// <param name="entries">The entries in any order.</param>
    /// <param name="manifest">The manifest, when there is no fault.</param>
    /// <param name="faults">The first <see cref="ManifestLimits.FaultCountMax"/> faults.</param>
    public static bool TryCreate(
        IEnumerable<ManifestEntry> entries,
        [NotNullWhen(true)] out DatasetManifest? manifest,
        out IReadOnlyList<ManifestFault> faults)
    {
        ManifestEntry[] sorted = [.. entries];
        if (!AreInOrder(sorted))
            Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        faults = ManifestRules.Check(sorted, out var chunks);
        manifest = chunks is null ? null : new(ImmutableCollectionsMarshal.AsImmutableArray(sorted), chunks);
        return manifest is not null;
    }

    /// <summary>Reads the canonical encoding and nothing else. The bytes may come from anybody.</summary>
    /// <param name="bytes">The encoding.</param>
    /// <param name="manifest">The manifest, when there is no fault.</param>
    /// <param name="faults">The first <see cref="ManifestLimits.FaultCountMax"/> faults.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out DatasetManifest? manifest,
        out IReadOnlyList<ManifestFault> faults)
    {
        manifest = null;
        if (ManifestEncoding.Decode(bytes, out var entries) is { } fault)
        {
            faults = [fault];
            return false;
        }

        if (!TryCreate(entries, out manifest, out faults))
            return false;
        if (manifest.Encoded.Span.SequenceEqual(bytes))
            return true;

        faults = [new("", "the encoding is not canonical: the entries are out of order")];
        manifest = null;
        return false;
    }

    /// <summary>The entry with the path, or null.</summary>
    public ManifestEntry? Find(string path) => Find(Entries.AsSpan(), path);

    /// <summary>
    /// The file or directory that the path leads to, following a link at its end; null when there is none.
    /// </summary>
    public ManifestEntry? Follow(string path)
    {
        var entry = Find(path);
        if (entry is not ManifestEntry.Link link)
            return entry;
        var fault = new LinkResolver(Find).Resolve(EntryPath.Parent(path), link.Target, out var target);
        return fault is null ? Find(target) : null;
    }

    /// <summary>Whether a file uses the chunk, and if so the chunk with its size.</summary>
    public bool TryGetChunk(ChunkHash hash, out Chunk chunk)
    {
        var found = TryGetPlace(hash, out var place);
        chunk = new(hash, place.SizeBytes);
        return found;
    }

    /// <summary>Whether a file uses the chunk, and if so where it occurs first.</summary>
    public bool TryGetPlace(ChunkHash hash, out ChunkPlace place) => _chunks.TryGet(hash, out place);

    /// <summary>The entry with the path among entries in the order of their paths, or null.</summary>
    internal static ManifestEntry? Find(ReadOnlySpan<ManifestEntry> sorted, ReadOnlySpan<char> path)
    {
        var (low, high) = (0, sorted.Length - 1);
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var order = sorted[middle].Path.AsSpan().SequenceCompareTo(path);
            if (order == 0)
                return sorted[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    private static bool AreInOrder(ManifestEntry[] entries)
    {
        for (var index = 1; index < entries.Length; index++)
        {
            if (string.CompareOrdinal(entries[index - 1].Path, entries[index].Path) > 0)
                return false;
        }

        return true;
    }
}
