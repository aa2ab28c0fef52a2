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

    /// <summary>
    /// Reads a chunk for somebody who verifies it himself: hashing at both ends would double the dearest part of a
    /// transfer. Whoever receives damage asks again for what is verified here as well.
    /// </summary>
    void LoadChunk(Chunk chunk, Span<byte> buffer) => ReadChunk(chunk, buffer);
}
