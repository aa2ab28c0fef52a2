using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Meridian.Depot;

/// <summary>Tells regular files from pipes, sockets and devices, of which opening some would wait for ever.</summary>
internal static class FileKind
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeMask = 1;
    private const int StatusBytes = 256;
    private const int ModeOffset = 28;
    private const int FormatMask = 0xF000;
    private const int RegularFormat = 0x8000;

    /// <summary>Whether the path is a regular file. Systems without the question are believed.</summary>
    public static bool IsRegular(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;

        // The layout of statx is the same on every architecture, unlike that of stat.
        var status = new byte[StatusBytes];
        return Statx(CurrentFolder, path, NoFollow, TypeMask, status) != 0
            || (ReadMode(status) & FormatMask) == RegularFormat;
    }

    private static int ReadMode(byte[] status) => BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset))
        : BinaryPrimitives.ReadUInt16BigEndian(status.AsSpan(ModeOffset));

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
