using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// The chunks on the disk, each in a file under its name. They are verified when written and when read.
/// </summary>
internal sealed class ChunkFiles(string folder, string temporaryFolder, WholeFile files)
{
    public string PathOf(ChunkHash hash)
    {
        var text = hash.ToString();
        return Path.Combine(folder, text[..2], text[2..]);
    }

    public bool IsEmpty => !Directory.EnumerateDirectories(folder).Any();

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

        // Made durable when a dataset of it is published, all at once: a chunk that the power took is found damaged.
        await files.WriteAsync(
            (Path.Combine(temporaryFolder, Guid.NewGuid().ToString("n")), PathOf(hash)),
            new(content.Length),
            isDurable: false,
            async file => await file.WriteAsync(content, cancellation),
            cancellation);
        return true;
    }

    /// <summary>
    /// Reads a chunk into the beginning of the buffer. A damaged one is removed, so that it counts as missing.
    /// </summary>
    public void Read(Chunk chunk, Span<byte> buffer)
    {
        var path = PathOf(chunk.Hash);
        var content = buffer[..chunk.SizeBytes];
        if (FileBytes.TryRead(path, content, offset: 0) && ChunkHash.Of(content) == chunk.Hash)
            return;
        if (!File.Exists(path))
            throw new ChunkMissingException(chunk.Hash);

        Delete(chunk.Hash);
        throw new ChunkCorruptException(chunk.Hash, "'" + path + "'");
    }

    /// <summary>Reads a chunk if it is here and whole.</summary>
    public bool TryRead(Chunk chunk, Span<byte> buffer)
    {
        var content = buffer[..chunk.SizeBytes];
        return Has(chunk) && FileBytes.TryRead(PathOf(chunk.Hash), content, offset: 0) && ChunkHash.Of(content) == chunk.Hash;
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
}
