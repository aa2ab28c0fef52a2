using CsCheck;
using Meridian.Datasets;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Datasets;

public sealed class PlanTests
{
    private static readonly Gen<Chunk[]> Chunks =
        from sizes in Gen.OneOf(Gen.Int[1, 2000], Gen.Int[1, Chunk.SizeBytesMax]).Array[0, 200]
        select sizes.Select((size, index) => new Chunk(ChunkHash.Of(BitConverter.GetBytes(index)), size)).ToArray();

    [Fact]
    public void Packs_hold_every_chunk_once_in_order_and_within_their_limits()
    {
        Gen.Select(Chunks, Gen.Int[1, 32 * 1024 * 1024], Gen.Int[1, 2000]).Sample((chunks, sizeMax, countMax) =>
        {
            var packs = Pack.Plan(chunks, new(sizeMax), countMax);

            Assert.Equal(chunks, packs.SelectMany(pack => pack.Chunks));
            Assert.All(packs, pack =>
            {
                Assert.Equal(pack.Size.Bytes, pack.Chunks.Sum(chunk => (long)chunk.SizeBytes));
                Assert.InRange(pack.Chunks.Length, 1, Math.Min(countMax, Pack.ChunkCountMax));
                Assert.True(pack.Chunks.Length == 1 || pack.Size.Bytes <= Math.Min(sizeMax, Pack.SizeBytesMax));
            });
        });
    }

    [Fact]
    public void Small_files_travel_together()
    {
        var chunks = Enumerable.Range(0, 1000).Select(index => Manifests.ChunkOf("content " + index));

        Assert.Equal(2, Pack.Plan(chunks, DataSize.FromMebibytes(8), 512).Length);
    }

    [Theory]
    [InlineData(0, Chunk.SizeBytesUsual)]
    [InlineData(1L << 30, Chunk.SizeBytesUsual)]
    [InlineData((1L << 30) + 1, Chunk.SizeBytesOfLarge)]
    [InlineData(long.MaxValue, Chunk.SizeBytesOfLarge)]
    public void Long_files_are_cut_into_longer_chunks(long fileBytes, int chunkBytes) =>
        Assert.Equal(chunkBytes, Chunk.SizeBytesIn(fileBytes));

    [Fact]
    public void A_ledger_divides_a_dataset_into_what_is_here_and_what_is_not()
    {
        Gen.Select(Manifests.Any, Gen.Int[1, 4]).Sample((manifest, divisor) =>
        {
            var ledger = ResumeLedger.Of(manifest, chunk => (uint)chunk.Hash.GetHashCode() % divisor == 0);

            Assert.Equal(
                manifest.Chunks.Sum(chunk => (long)chunk.SizeBytes),
                ledger.PresentSize.Bytes + ledger.MissingSize.Bytes);
            Assert.Equal(manifest.Chunks.Where(chunk => (uint)chunk.Hash.GetHashCode() % divisor != 0), ledger.Missing);
            Assert.Equal(ledger.Missing.Length == 0, ledger.IsComplete);
        });
    }

    [Fact]
    public void A_hash_has_one_spelling()
    {
        Gen.Byte.Array[32].Sample(bytes =>
        {
            var hash = new ChunkHash(bytes);

            Assert.True(ChunkHash.TryParse(hash.ToString(), out var read));
            Assert.Equal(hash, read);
            var upper = hash.ToString().ToUpperInvariant();
            Assert.Equal(upper == hash.ToString(), ChunkHash.TryParse(upper, out _));
            Assert.False(ChunkHash.TryParse(hash.ToString().AsSpan(1), out _));
        });
    }
}
