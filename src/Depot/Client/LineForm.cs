using System.Buffers;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>How the chunks of a dataset look on the line: as they are, or sealed.</summary>
/// <param name="opened">The dataset as it is laid out at the end.</param>
/// <param name="whole">The sealed dataset and what is in it; null when the chunks travel as they are.</param>
/// <param name="seal">The key; null when the chunks travel as they are.</param>
internal sealed class LineForm(DatasetManifest opened, SealedManifest? whole, DatasetSeal? seal)
{
    /// <summary>The dataset as it is laid out at the end.</summary>
    public DatasetManifest Opened => opened;

    /// <summary>The dataset that the other depots know.</summary>
    public DatasetManifest Manifest => whole?.Sealed ?? opened;

    /// <summary>Whether the chunks travel sealed.</summary>
    public bool IsSealed => seal is not null;

    /// <summary>The chunk to ask for.</summary>
    public Chunk Of(Chunk chunk) => whole?.Seal(chunk) ?? chunk;

    /// <summary>Gives the content of a chunk that came to a landing. Returns false when it was there already.</summary>
    /// <exception cref="ChunkCorruptException">It is not what the seal made, or has another name.</exception>
    public bool Open(Landing landing, Chunk chunk, ReadOnlySpan<byte> came, string source)
    {
        if (seal is null)
            return landing.Write(chunk, came, source);

        var buffer = ArrayPool<byte>.Shared.Rent(chunk.SizeBytes);
        try
        {
            var content = buffer.AsSpan(0, chunk.SizeBytes);
            return seal.TryOpen(came, content) ? landing.Write(chunk, content, source) : throw new ChunkCorruptException(chunk.Hash, source);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
