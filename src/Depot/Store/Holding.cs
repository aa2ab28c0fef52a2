using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>What a depot can serve of a dataset, which may still be coming in.</summary>
/// <param name="Manifest">The dataset.</param>
/// <param name="Source">The content of the chunks that are here.</param>
/// <param name="Has">Whether a chunk is here.</param>
internal sealed record Holding(DatasetManifest Manifest, IChunkSource Source, Func<Chunk, bool> Has)
{
    /// <summary>One bit for each distinct chunk in the order of the manifest, the first in the lowest bit.</summary>
    public byte[] ToBits()
    {
        var bits = new byte[(Manifest.Chunks.Length + 7) / 8];
        for (var index = 0; index < Manifest.Chunks.Length; index++)
        {
            if (Has(Manifest.Chunks[index]))
                bits[index / 8] |= (byte)(1 << (index % 8));
        }

        return bits;
    }
}

/// <summary>A dataset that is coming in: what is here of it can be passed on already.</summary>
internal sealed class IncomingDataset(DepotStore store, Landing landing) : IChunkSource
{
    /// <inheritdoc/>
    public void ReadChunk(Chunk chunk, Span<byte> buffer)
    {
        if (!landing.TryLoad(chunk, buffer))
            store.SourceOf(landing.Manifest).ReadChunk(chunk, buffer);
        else if (ChunkHash.Of(buffer[..chunk.SizeBytes]) != chunk.Hash)
            throw new ChunkCorruptException(chunk.Hash, "'" + landing.Folder + "'");
    }

    /// <inheritdoc/>
    public void LoadChunk(Chunk chunk, Span<byte> buffer)
    {
        // Published a moment ago, it has another name.
        if (!landing.TryLoad(chunk, buffer))
            store.SourceOf(landing.Manifest).LoadChunk(chunk, buffer);
    }
}
