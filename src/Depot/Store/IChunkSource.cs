using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Something that holds the content of a dataset: a depot's store, or a folder that was scanned.</summary>
public interface IChunkSource
{
    /// <summary>Reads a chunk, verified, into the beginning of the buffer.</summary>
    Task ReadChunkAsync(Chunk chunk, Memory<byte> buffer, CancellationToken cancellation);
}
