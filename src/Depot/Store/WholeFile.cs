using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Writes files that are either whole or absent.</summary>
internal sealed class WholeFile(IDepotDisk disk)
{
    /// <summary>Writes to a temporary path and gives it its name in one step, durable if that is asked for.</summary>
    public async Task WriteAsync(
        (string Temporary, string Final) paths, DataSize size, bool isDurable, Func<Stream, Task> write, CancellationToken cancellation)
    {
        try
        {
            await using (var file = disk.Create(paths.Temporary))
            {
                await write(file);
                if (isDurable)
                    disk.Sync(file);
            }

            cancellation.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(paths.Final)!);
            File.Move(paths.Temporary, paths.Final, overwrite: true);
        }
        catch (Exception fault)
        {
            File.Delete(paths.Temporary);
            if (fault is IOException full && DepotFullException.IsMeantBy(full))
                throw new DepotFullException(paths.Final, size, fault);
            throw;
        }
    }
}
