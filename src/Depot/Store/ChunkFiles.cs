using Meridian.Datasets;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>
/// The chunks on the disk, each in a file under its name. They are verified when written and when read.
/// </summary>
internal sealed class ChunkFiles(string folder, string temporaryFolder, DurableFile durable)
{
    public string PathOf(ChunkHash hash)
    {
        var text = hash.ToString();
        return Path.Combine(folder, text[..2], text[2..]);
    }

    public bool Has(ChunkHash hash) => File.Exists(PathOf(hash));

    public bool Has(Chunk chunk)
    {
        var file = new FileInfo(PathOf(chunk.Hash));
        return file.Exists && file.Length == chunk.SizeBytes;
    }

    public async Task<bool> WriteAsync(
        ChunkHash hash, ReadOnlyMemory<byte> content, string source, CancellationToken cancellation)
    {
        if (content.Length is 0 or > Chunk.SizeBytesMax || ChunkHash.Of(content.Span) != hash)
            throw new ChunkCorruptException(hash, source);
        if (Has(new Chunk(hash, content.Length)))
            return false;

        await durable.WriteAsync(
            Path.Combine(temporaryFolder, Guid.NewGuid().ToString("n")),
            PathOf(hash),
            new(content.Length),
            async file => await file.WriteAsync(content, cancellation),
            cancellation);
        return true;
    }

    /// <summary>
    /// Reads a chunk into the beginning of the buffer. A damaged one is removed, so that it counts as missing.
    /// </summary>
    public async Task ReadAsync(Chunk chunk, Memory<byte> buffer, CancellationToken cancellation)
    {
        var path = PathOf(chunk.Hash);
        var content = buffer[..chunk.SizeBytes];
        bool isWhole;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            isWhole = RandomAccess.GetLength(file) == chunk.SizeBytes
                && await ReadFullyAsync(file, content, cancellation);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ChunkMissingException(chunk.Hash);
        }

        if (isWhole && ChunkHash.Of(content.Span) == chunk.Hash)
            return;

        Delete(chunk.Hash);
        throw new ChunkCorruptException(chunk.Hash, "'" + path + "'");
    }

    public void Delete(ChunkHash hash)
    {
        try
        {
            File.Delete(PathOf(hash));
        }
        catch (DirectoryNotFoundException)
        {
            // No chunk with this beginning was ever here.
        }
    }

    /// <summary>The files of the chunks that are here.</summary>
    public IEnumerable<(ChunkHash Hash, FileInfo File)> All()
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (ChunkHash.TryParse(file.Directory!.Name + file.Name, out var hash))
                yield return (hash, file);
        }
    }

    private static async Task<bool> ReadFullyAsync(
        SafeFileHandle file, Memory<byte> buffer, CancellationToken cancellation)
    {
        var readBytes = 0;
        while (readBytes < buffer.Length)
        {
            var count = await RandomAccess.ReadAsync(file, buffer[readBytes..], readBytes, cancellation);
            if (count == 0)
                return false;
            readBytes += count;
        }

        return true;
    }
}
