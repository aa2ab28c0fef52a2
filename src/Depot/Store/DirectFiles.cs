using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>
/// Files by the system's own calls, on Linux: the library's way asks and locks seven times more for each file, which is
/// most of the cost of a small one. Whatever goes wrong here is left to the library's way, which knows the words for it.
/// </summary>
internal static partial class DirectFiles
{
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int OnlyIfNew = 0x80;
    private const int NeverWait = 0x800; // A pipe in the place of a file would be waited for.
    private const int NotThroughLinks = 0x20000;
    private const int NotForChildren = 0x80000;
    private const long LeaveTime = 0x3ffffffe;
    private const int Interrupted = 4;

    /// <summary>What the system takes away from the permissions of what this process creates.</summary>
    private static readonly Lazy<UnixFileMode?> Withheld = new(ReadWithheld);

    /// <summary>Opens a file or folder for reading; null where that fails or the system is another one.</summary>
    public static SafeFileHandle? TryOpen(string path) =>
        OperatingSystem.IsLinux() ? Valid(OpenPath(path, ReadOnly | NeverWait | NotForChildren)) : null;

    /// <summary>Opens a file for reading unless its name is a link; null then, where it fails, or on another system.</summary>
    public static SafeFileHandle? TryOpenItself(string path) =>
        OperatingSystem.IsLinux() ? Valid(OpenPath(path, ReadOnly | NeverWait | NotThroughLinks | NotForChildren)) : null;

    /// <summary>Creates a file that does not exist yet, with all of the permissions from its beginning.</summary>
    /// <param name="folder">An open folder; null where there is none.</param>
    /// <param name="path">The path in it.</param>
    /// <param name="mode">The permissions.</param>
    /// <returns>Null where that fails, or this process may not give such permissions at once.</returns>
    public static SafeFileHandle? TryCreate(SafeFileHandle? folder, string path, UnixFileMode mode) =>
        folder is not null && Withheld.Value is { } withheld && (withheld & mode) == 0
            ? Valid(OpenAt(folder, path, WriteOnly | Create | OnlyIfNew | NotForChildren, (uint)mode))
            : null;

    /// <summary>Reads once; how many bytes came, zero at the end of the file, or below zero for a failure.</summary>
    public static long Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        nint count;
        do
            count = ReadAt(file, buffer, buffer.Length, offset);
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return count;
    }

    /// <summary>Writes all of the content.</summary>
    /// <exception cref="IOException">The system refused; its number is that of the system.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        while (!content.IsEmpty)
        {
            var count = WriteAt(file, content, content.Length, offset);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Interrupted)
                    continue;
                throw new IOException("A file could not be written: " + Marshal.GetPInvokeErrorMessage(error) + ".", error);
            }

            content = content[(int)count..];
            offset += count;
        }
    }

    /// <summary>Sets when an open file changed last, and nothing else; false where the system has another way.</summary>
    public static bool TrySetModified(SafeFileHandle file, DateTimeOffset at)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return false;
        var sinceEpoch = at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(sinceEpoch, TimeSpan.TicksPerSecond, out var ticks);
        if (ticks < 0)
            (seconds, ticks) = (seconds - 1, ticks + TimeSpan.TicksPerSecond);
        return SetTimes(file, [0, LeaveTime, seconds, ticks * TimeSpan.NanosecondsPerTick]) == 0;
    }

    private static SafeFileHandle? Valid(int number) =>
        number >= 0 ? new SafeFileHandle(number, ownsHandle: true) : null;

    private static UnixFileMode? ReadWithheld()
    {
        const string name = "Umask:";
        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? null : (UnixFileMode)Convert.ToInt32(line[name.Length..].Trim(), fromBase: 8);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenPath(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(SafeFileHandle folder, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetTimes(SafeFileHandle file, ReadOnlySpan<long> secondsAndNanoseconds);

    [LibraryImport("libc", EntryPoint = "pread64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadAt(SafeFileHandle file, Span<byte> buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteAt(SafeFileHandle file, ReadOnlySpan<byte> content, nint count, long offset);
}
