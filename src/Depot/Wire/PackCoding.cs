using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Meridian.Depot;

/// <summary>
/// How a pack is made smaller on the line: one zstd frame (RFC 8878) around its frames, fast rather than small. What travels is only
/// a form: sizes and hashes are those of the plain bytes, and whoever receives reads no more of them than were asked for.
/// </summary>
internal static class PackCoding
{
    /// <summary>The coding's name in requests and in <c>Content-Encoding</c>.</summary>
    public const string Name = "zstd";

    private const int Level = 1;
    private const int WindowLogMax = 23; // What a sender may make a receiver keep: 8 MiB.
    private const int SliceBytes = 32 * 1024;
    private const int SliceCount = 4;
    private const double WorthRatio = 0.9;

    /// <summary>Whether content like this is worth the work, by a few slices of it.</summary>
    public static bool IsWorth(ReadOnlySpan<byte> content)
    {
        using var compressor = new Compressor(Level);
        var room = new byte[Compressor.GetCompressBound(SliceBytes)];
        var (before, after) = (0L, 0L);
        for (var index = 0; index < SliceCount; index++)
        {
            var offset = (int)((long)Math.Max(0, content.Length - SliceBytes) * index / (SliceCount - 1));
            var slice = content[offset..Math.Min(content.Length, offset + SliceBytes)];
            before += slice.Length;
            after += compressor.Wrap(slice, room);
        }

        return after <= before * WorthRatio;
    }

    /// <summary>Whatever is written comes out smaller at the line, which stays open.</summary>
    public static Stream Compress(Stream line) => new CompressionStream(line, Level, leaveOpen: true);

    /// <summary>The plain bytes of a body.</summary>
    public static Stream Decompress(Stream body)
    {
        var plain = new DecompressionStream(body, leaveOpen: true);
        plain.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLogMax);
        return plain;
    }
}
