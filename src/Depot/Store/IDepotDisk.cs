using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>The seam to the disk: where bytes are written, and where room runs out.</summary>
public interface IDepotDisk
{
    /// <summary>Creates a file that does not exist yet.</summary>
    Stream Create(string path);

    /// <summary>Writes bytes at a place of an open file.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset);

    /// <summary>Returns only when the file's bytes would survive a loss of power.</summary>
    void Sync(Stream file);

    /// <summary>
    /// Returns only when all that was written below the folder would survive a loss of power. Systems without the
    /// question do it in their own time; what they lose then is found damaged when it is read, and comes again.
    /// </summary>
    void SyncAll(string folder);

    /// <summary>How many bytes may still be written below the folder.</summary>
    long AvailableBytes(string folder);
}

/// <summary>The disk of this machine.</summary>
public sealed partial class LocalDisk : IDepotDisk
{
    private const int ReadOnly = 0;

    /// <inheritdoc/>
    public Stream Create(string path) =>
        new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        });

    /// <inheritdoc/>
    public void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        if (OperatingSystem.IsLinux())
            DirectFiles.Write(file, content, offset);
        else
            RandomAccess.Write(file, content, offset);
    }

    /// <inheritdoc/>
    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void SyncAll(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;

        // One call for a tree of any number of files, where a call for each would take most of a transfer's time.
        var handle = OpenFolder(folder, ReadOnly);
        var isSynchronised = handle >= 0 && SyncFileSystem(handle) == 0;
        var error = Marshal.GetLastPInvokeError();
        if (handle >= 0)
            _ = CloseFolder(handle);
        if (!isSynchronised)
            throw new IOException("The disk below '" + folder + "' could not be synchronised.", error);
    }

    /// <inheritdoc/>
    public long AvailableBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileSystem(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFolder(int file);
}
