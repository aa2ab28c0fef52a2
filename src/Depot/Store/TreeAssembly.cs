using System.Buffers;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Builds a dataset's files from its chunks in a folder that nobody sees before it is whole.</summary>
internal sealed class TreeAssembly(IChunkSource source, DurableFile durable)
{
    /// <summary>Writes every name of the manifest below the folder, read-only, and makes it durable.</summary>
    public async Task BuildAsync(DatasetManifest manifest, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach (var directory in manifest.Entries.OfType<ManifestEntry.Directory>())
            Directory.CreateDirectory(Path.Combine(folder, directory.Path));

        foreach (var file in manifest.Entries.OfType<ManifestEntry.File>())
            await WriteFileAsync(file, folder, cancellation);

        // Links come after the files, so that no file is ever written through one.
        foreach (var link in manifest.Entries.OfType<ManifestEntry.Link>())
            File.CreateSymbolicLink(Path.Combine(folder, link.Path), link.Target);

        // From the inside out: setting what is inside a directory changes the time of the directory.
        foreach (var directory in manifest.Entries.OfType<ManifestEntry.Directory>().Reverse())
        {
            var path = Path.Combine(folder, directory.Path);
            Directory.SetLastWriteTimeUtc(path, directory.ModifiedAt.UtcDateTime);
            TreeFolders.SetMode(path, TreeFolders.PublishedFolder);
        }
    }

    /// <summary>Writes a file's content, chunk by verified chunk.</summary>
    public static async Task CopyAsync(
        ManifestEntry.File file, IChunkSource source, Stream destination, CancellationToken cancellation)
    {
        if (file.Chunks.IsEmpty)
            return;

        var buffer = ArrayPool<byte>.Shared.Rent(file.Chunks.Max(chunk => chunk.SizeBytes));
        try
        {
            foreach (var chunk in file.Chunks)
            {
                await source.ReadChunkAsync(chunk, buffer, cancellation);
                await destination.WriteAsync(buffer.AsMemory(0, chunk.SizeBytes), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteFileAsync(ManifestEntry.File file, string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, file.Path);
        try
        {
            await durable.CreateAsync(path, stream => CopyAsync(file, source, stream, cancellation));
        }
        catch (IOException fault) when (DepotFullException.IsMeantBy(fault))
        {
            throw new DepotFullException(path, new(file.SizeBytes), fault);
        }

        File.SetLastWriteTimeUtc(path, file.ModifiedAt.UtcDateTime);
        TreeFolders.SetMode(path, TreeFolders.PublishedFile(file.Mode));
    }
}
