using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Something that holds the content of a dataset: a depot's store, or a folder that was scanned.</summary>
public interface IChunkSource
{
    /// <summary>
    /// Reads a chunk, verified, into the beginning of the buffer. It does not wait elsewhere: a file's bytes come from
    /// the memory of the system or from the disk, and a hand-over to another thread costs more than a small read.
    /// </summary>
    void ReadChunk(Chunk chunk, Span<byte> buffer);
}
