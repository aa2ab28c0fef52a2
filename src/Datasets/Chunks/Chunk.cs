using System.Runtime.InteropServices;

namespace Meridian.Datasets;

/// <summary>A piece of a file's content: its name and its length.</summary>
/// <param name="Hash">The SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Its length in bytes, from 1 to <see cref="SizeBytesMax"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Chunk(ChunkHash Hash, int SizeBytes)
{
    /// <summary>The length into which files are cut: 4 MiB; a file's last chunk may be shorter.</summary>
    public const int SizeBytesUsual = 4 * 1024 * 1024;

    /// <summary>The longest chunk that anybody accepts: 8 MiB.</summary>
    public const int SizeBytesMax = 8 * 1024 * 1024;
}
