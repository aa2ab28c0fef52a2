using System.Runtime.InteropServices;

namespace Meridian.Agent.Attempts;

/// <summary>Makes names durable: a file's new name is only in its folder, which .NET cannot flush.</summary>
internal static partial class DurableFolder
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Returns when the folder's names are on the disk. Throws where the disk fails.</summary>
    internal static void Sync(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var handle = open(folder, CloseOnExec);
        if (handle < 0)
            throw new IOException($"The folder '{folder}' cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        var result = fsync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = close(handle);
        if (result != 0)
            throw new IOException($"The folder '{folder}' cannot be flushed (error {error}).");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int handle);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
