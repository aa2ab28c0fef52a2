namespace Meridian.Datasets;

/// <summary>The Merkle root of a manifest: the identity of one version of a dataset's content.</summary>
/// <param name="Hash">The root as a hash.</param>
public readonly record struct ManifestRoot(ChunkHash Hash) : IComparable<ManifestRoot>
{
    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ManifestRoot root)
    {
        var parsed = ChunkHash.TryParse(text, out var hash);
        root = new(hash);
        return parsed;
    }

    /// <inheritdoc/>
    public int CompareTo(ManifestRoot other) => Hash.CompareTo(other.Hash);

    /// <summary>The text form.</summary>
    public override string ToString() => Hash.ToString();

    /// <summary>Whether left sorts before right.</summary>
    public static bool operator <(ManifestRoot left, ManifestRoot right) => left.Hash < right.Hash;

    /// <summary>Whether left sorts after right.</summary>
    public static bool operator >(ManifestRoot left, ManifestRoot right) => left.Hash > right.Hash;

    /// <summary>Whether left does not sort after right.</summary>
    public static bool operator <=(ManifestRoot left, ManifestRoot right) => left.Hash <= right.Hash;

    /// <summary>Whether left does not sort before right.</summary>
    public static bool operator >=(ManifestRoot left, ManifestRoot right) => left.Hash >= right.Hash;
}
