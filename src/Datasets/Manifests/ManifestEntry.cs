using System.Collections.Immutable;

namespace Meridian.Datasets;

/// <summary>One name in a dataset: a file, a directory or a symbolic link.</summary>
/// <param name="Path">The path from the dataset's top, with <c>/</c> between names: <c>train/000.tar</c>.</param>
/// <param name="Mode">
/// The Unix permission bits, from 0 to 0777 (octal); no set-user-id, set-group-id or sticky bit.
/// </param>
/// <param name="ModifiedAt">When the content last changed, to the millisecond.</param>
public abstract record ManifestEntry(string Path, int Mode, DateTimeOffset ModifiedAt)
{
    /// <summary>A directory. Every directory below the top is named; the top itself is not.</summary>
    public sealed record Directory(string Path, int Mode, DateTimeOffset ModifiedAt)
        : ManifestEntry(Path, Mode, ModifiedAt);

    /// <summary>A regular file.</summary>
    /// <param name="SizeBytes">Its length, which is the sum of its chunks'.</param>
    /// <param name="Chunks">Its content in order; none for an empty file.</param>
    public sealed record File(
        string Path, int Mode, DateTimeOffset ModifiedAt, long SizeBytes, ImmutableArray<Chunk> Chunks)
        : ManifestEntry(Path, Mode, ModifiedAt)
    {
        /// <summary>Whether both say the same, chunk by chunk.</summary>
        public bool Equals(File? other) =>
            other is not null && base.Equals(other) && SizeBytes == other.SizeBytes
            && Chunks.AsSpan().SequenceEqual(other.Chunks.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => unchecked(base.GetHashCode() * 31 + SizeBytes.GetHashCode());
    }

    /// <summary>A symbolic link to something inside the same dataset.</summary>
    /// <param name="Target">The target, relative to the link's own directory.</param>
    public sealed record Link(string Path, int Mode, DateTimeOffset ModifiedAt, string Target)
        : ManifestEntry(Path, Mode, ModifiedAt);
}
