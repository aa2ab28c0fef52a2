using System.Runtime.InteropServices;

namespace Meridian.Datasets;

/// <summary>A piece of a file's content: its name and its length.</summary>
/// <param name="Hash">The SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Its length in bytes, from 1 to <see cref="SizeBytesMax"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Chunk(ChunkHash Hash, int SizeBytes)
{
    /// <summary>The length into which files of up to 1 GiB are cut: 1 MiB; a file's last chunk may be shorter.</summary>
    public const int SizeBytesUsual = 1024 * 1024;

    /// <summary>The length into which longer files are cut, so that their manifests stay small: 4 MiB.</summary>
    public const int SizeBytesOfLarge = 4 * 1024 * 1024;

    /// <summary>The longest chunk that anybody accepts: 8 MiB.</summary>
    public const int SizeBytesMax = 8 * 1024 * 1024;

    private const long LargeFileBytes = 1024L * 1024 * 1024;

    /// <summary>The length into which a file is cut; that of its last chunk may be shorter.</summary>
    /// <param name="fileBytes">The length of the file.</param>
    public static int SizeBytesIn(long fileBytes) => fileBytes <= LargeFileBytes ? SizeBytesUsual : SizeBytesOfLarge;
}
