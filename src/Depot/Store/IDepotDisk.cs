namespace Meridian.Depot;

/// <summary>The seam to the disk: where bytes are written, and where room runs out.</summary>
public interface IDepotDisk
{
    /// <summary>Creates a file that does not exist yet.</summary>
    Stream Create(string path);

    /// <summary>Returns only when the file's bytes would survive a loss of power.</summary>
    void Sync(Stream file);

    /// <summary>How many bytes may still be written below the folder.</summary>
    long AvailableBytes(string folder);
}

/// <summary>The disk of this machine.</summary>
public sealed class LocalDisk : IDepotDisk
{
    /// <inheritdoc/>
    public Stream Create(string path) =>
        new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        });

    /// <inheritdoc/>
    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public long AvailableBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
