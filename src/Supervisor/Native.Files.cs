using System.Runtime.InteropServices;

namespace Meridian.Supervisor;

/// <content>Files that one task after another may have.</content>
internal static unsafe partial class Native
{
    private const int NoFollow = 0x20000;
    private const int SetLease = 1024;
    private const int WriteLease = 1;
    private const int NoLease = 2;
    private const int ByHandle = 0x1000; // AT_EMPTY_PATH: the file is the handle's.
    private const uint LinksAndKind = 0x5; // STATX_TYPE | STATX_NLINK
    private const int KindMask = 0xF000;
    private const int PlainFile = 0x8000;
    private const int NotSupported = 95;

    /// <summary>
    /// Empties the file, where nobody can still reach it by a handle, another name or attributes that an owner left. False
    /// where somebody can, or that cannot be told.
    /// </summary>
    internal static bool TryEmptyUnshared(string path)
    {
        var handle = open(path, CloseOnExec | WriteOnly | NoFollow);
        if (handle < 0)
            return false;
        try
        {
            // The kernel leases a file for writing only to whoever alone has it open.
            return HasOneName(handle) && !HasAttributes(path)
                && fcntl(handle, SetLease, WriteLease) == 0 && fcntl(handle, SetLease, NoLease) == 0 && ftruncate(handle, 0) == 0;
        }
        finally
        {
            _ = close(handle);
        }
    }

    /// <summary>Whether an owner left attributes on the file or folder, such as rights of others. True where that cannot be told.</summary>
    internal static bool HasAttributes(string path)
    {
        var count = llistxattr(path, null, 0);
        return count > 0 || (count < 0 && Marshal.GetLastPInvokeError() != NotSupported);
    }

    private static bool HasOneName(int handle)
    {
        var about = stackalloc uint[64]; // struct statx: the links are at byte 16, kind and mode at byte 28.
        return statx(handle, "", ByHandle, LinksAndKind, about) == 0 && about[4] == 1 && (about[7] & KindMask) == PlainFile;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, uint* about);

    [LibraryImport("libc")]
    private static partial int ftruncate(int handle, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint llistxattr(string path, byte* names, nint length);
}
