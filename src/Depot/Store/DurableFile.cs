using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Writes files that are either whole or absent, whatever happens in between.</summary>
internal sealed class DurableFile(IDepotDisk disk)
{
    /// <summary>Writes to a temporary path, makes it durable and gives it its name in one step.</summary>
    public async Task WriteAsync(
        string temporaryPath, string path, DataSize size, Func<Stream, Task> write, CancellationToken cancellation)
    {
        try
        {
            await CreateAsync(temporaryPath, write);
            cancellation.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporaryPath, path, overwrite: true);
        }
        catch (Exception fault)
        {
            File.Delete(temporaryPath);
            if (fault is IOException full && DepotFullException.IsMeantBy(full))
                throw new DepotFullException(path, size, fault);
            throw;
        }
    }

    /// <summary>Writes a new file and makes it durable.</summary>
    public async Task CreateAsync(string path, Func<Stream, Task> write)
    {
        await using var file = disk.Create(path);
        await write(file);
        disk.Sync(file);
    }
}
