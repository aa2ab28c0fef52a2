using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>What the system says of a file in one question.</summary>
/// <param name="IsRegular">Whether it is a regular file: opening a pipe or a device may wait for ever.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="ModifiedAt">When it changed last.</param>
/// <param name="Mode">Its permission bits.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStatus(bool IsRegular, long SizeBytes, DateTime ModifiedAt, int Mode);

/// <summary>Asks the system what a path is, without following a link and without opening it.</summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int OfTheHandle = 0x1000;
    private const uint BasicMask = 0x7ff;
    private const int FormatMask = 0xF000;
    private const int RegularFormat = 0x8000;
    private const int EveryPermission = 0x1FF; // 0777

    /// <summary>Whether the path is a regular file. Systems without the question are believed.</summary>
    public static bool IsRegular(string path) => !OperatingSystem.IsLinux() || Of(path) is null or { IsRegular: true };

    /// <summary>The status of a file, or null when there is none.</summary>
    public static FileStatus? Of(string path) => OperatingSystem.IsLinux() ? OfLinux(path) : OfAny(new FileInfo(path));

    /// <summary>The status of an open file, without another walk along its path; null when there is none.</summary>
    public static FileStatus? Of(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
            return OfAny(new FileInfo(path));
        return Statx(file, "", OfTheHandle, BasicMask, out var status) == 0 ? Read(status) : null;
    }

    // The layout of statx is the same on every architecture, unlike that of stat.
    private static FileStatus? OfLinux(string path) =>
        Statx(CurrentFolder, path, NoFollow, BasicMask, out var status) == 0 ? Read(status) : null;

    private static FileStatus Read(in LinuxStatus status) => new(
        (status.Mode & FormatMask) == RegularFormat,
        (long)status.SizeBytes,
        DateTime.UnixEpoch.AddSeconds(status.ModifiedSeconds).AddTicks(status.ModifiedNanoseconds / 100),
        status.Mode & EveryPermission);

    private static FileStatus? OfAny(FileInfo file)
    {
        const int usualFile = 0x1A4; // 0644
        if (!file.Exists)
            return null;
        var mode = OperatingSystem.IsWindows() ? usualFile : (int)file.UnixFileMode & EveryPermission;
        return new(IsRegular: true, file.Length, file.LastWriteTimeUtc, mode);
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LinuxStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong SizeBytes;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out LinuxStatus status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, out LinuxStatus status);
}
