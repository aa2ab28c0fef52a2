using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>A dataset that is here: its chunks lie in its tree, or each by itself.</summary>
internal sealed class StoredDataset(DepotStore store, DatasetManifest manifest, TreeFiles trees, ChunkFiles chunks)
    : IChunkSource
{
    private readonly bool _hasTree = trees.Has(manifest.Root);

    /// <inheritdoc/>
    /// <exception cref="ChunkCorruptException">
    /// It has been damaged since it came. The dataset counts as incomplete now, and a transfer repairs it.
    /// </exception>
    /// <exception cref="ChunkMissingException">It is not here.</exception>
    public void ReadChunk(Chunk chunk, Span<byte> buffer)
    {
        if (!_hasTree)
        {
            chunks.Read(chunk, buffer);
            return;
        }

        if (trees.TryRead(manifest, chunk, buffer) || chunks.TryRead(chunk, buffer))
            return;
        store.Demote(manifest.Root);
        throw new ChunkCorruptException(chunk.Hash, "'" + trees.PathOf(manifest.Root) + "'");
    }

    /// <inheritdoc/>
    public void LoadChunk(Chunk chunk, Span<byte> buffer)
    {
        if (!_hasTree || !trees.TryLoad(manifest, chunk, buffer))
            ReadChunk(chunk, buffer);
    }
}
