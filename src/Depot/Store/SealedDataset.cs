using System.Buffers;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>A dataset that is here, sealed as it is read; nothing of it is stored twice.</summary>
internal sealed class SealedDataset(SealedManifest manifest, DatasetSeal seal, Holding opened) : IChunkSource
{
    /// <summary>What can be served of it now.</summary>
    public Holding Holding => new(
        manifest.Sealed, this, whole => !manifest.TryOpen(whole, out var chunk, out _) || opened.Has(chunk));

    /// <summary>Seals every chunk once, to learn the names.</summary>
    public static SealedManifest Name(
        DatasetManifest opened, DatasetSeal seal, IChunkSource source, CancellationToken cancellation)
    {
        var chunks = new Chunk[opened.Chunks.Length];
        OnAllCores.Run(chunks.Length, cancellation, (index, buffer) =>
        {
            var chunk = opened.Chunks[index];
            if (DatasetSeal.SealedBytes(chunk) > Chunk.SizeBytesMax)
                throw new IngestException("The chunk " + chunk.Hash + " is too long to be sealed.", inner: null);
            var whole = ArrayPool<byte>.Shared.Rent(DatasetSeal.SealedBytes(chunk));
            source.ReadChunk(chunk, buffer);
            chunks[index] = seal.Seal(chunk, buffer, whole);
            ArrayPool<byte>.Shared.Return(whole);
        });
        var pieces = SealedManifest.Pieces(opened).Select(piece => SealPiece(seal, piece.Span).Chunk);
        return SealedManifest.Create(opened, [.. pieces], [.. chunks]);
    }

    /// <inheritdoc/>
    public void ReadChunk(Chunk chunk, Span<byte> buffer) => Read(chunk, buffer, opened.Source.ReadChunk);

    /// <inheritdoc/>
    public void LoadChunk(Chunk chunk, Span<byte> buffer) => Read(chunk, buffer, opened.Source.LoadChunk);

    private void Read(Chunk whole, Span<byte> buffer, Action<Chunk, Span<byte>> read)
    {
        if (!manifest.TryOpen(whole, out var chunk, out var pieceIndex))
        {
            SealPiece(seal, SealedManifest.Pieces(manifest.Opened).ElementAt(pieceIndex).Span).Bytes.CopyTo(buffer);
            return;
        }

        var content = ArrayPool<byte>.Shared.Rent(chunk.SizeBytes);
        try
        {
            read(chunk, content);
            seal.Seal(chunk, content, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static (Chunk Chunk, byte[] Bytes) SealPiece(DatasetSeal seal, ReadOnlySpan<byte> piece)
    {
        var chunk = new Chunk(ChunkHash.Of(piece), piece.Length);
        var bytes = new byte[DatasetSeal.SealedBytes(chunk)];
        return (seal.Seal(chunk, piece, bytes), bytes);
    }

}
