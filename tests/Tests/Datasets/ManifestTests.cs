using CsCheck;
using Meridian.Datasets;
using Xunit;

namespace Meridian.Tests.Datasets;

public sealed class ManifestTests
{
    [Fact]
    public void What_is_encoded_is_read_back_the_same()
    {
        Manifests.Any.Sample(manifest =>
        {
            Assert.True(DatasetManifest.TryParse(manifest.Encoded.Span, out var read, out _));
            Assert.Equal(manifest.Root, read.Root);
            Assert.Equal(manifest.Entries, read.Entries);
            Assert.Equal(manifest.Size, read.Size);
            Assert.Equal(manifest.Chunks, read.Chunks);
        });
    }

    [Fact]
    public void The_order_in_which_names_are_found_does_not_matter()
    {
        Gen.Select(Manifests.Any, Gen.ULong).Sample((manifest, salt) =>
        {
            var shuffled = manifest.Entries.OrderBy(entry => Manifests.ChunkOf(entry.Path + salt).Hash);

            var again = Manifests.Of([.. shuffled]);

            Assert.Equal(manifest.Root, again.Root);
        });
    }

    [Fact]
    public void Cut_or_flipped_bytes_are_never_read_as_the_same_dataset_and_never_crash()
    {
        Gen.Select(Manifests.Any, Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample((manifest, place, flip) =>
        {
            var bytes = manifest.Encoded.ToArray();
            var cut = bytes.AsSpan(0, place % bytes.Length);
            bytes[place % bytes.Length] ^= flip;

            Assert.False(DatasetManifest.TryParse(cut, out _, out var faults));
            Assert.NotEmpty(faults);
            if (DatasetManifest.TryParse(bytes, out var other, out _))
                Assert.NotEqual(manifest.Root, other.Root);
        });
    }

    [Fact]
    public void Random_bytes_are_refused_without_a_crash()
    {
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            byte[] marked = [.. "MRDNSET1"u8, .. bytes];

            Assert.False(DatasetManifest.TryParse(bytes, out _, out _));
            if (DatasetManifest.TryParse(marked, out var manifest, out _))
                Assert.Equal(marked, manifest.Encoded.ToArray());
        });
    }

    [Fact]
    public void A_stated_count_beyond_the_bytes_reserves_nothing()
    {
        byte[] bytes = [.. "MRDNSET1"u8, 0xFF, 0xFF, 0xFF, 0xFF];

        Assert.False(DatasetManifest.TryParse(bytes, out _, out var faults));

        Assert.Contains("too early", faults[0].Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_out_of_order_are_not_canonical()
    {
        var first = Manifests.Of(Manifests.Folder("a"));
        var second = Manifests.Of(Manifests.Folder("b"));
        byte[] bytes = [.. "MRDNSET1"u8, 0, 0, 0, 2, .. second.Encoded.Span[12..], .. first.Encoded.Span[12..]];

        Assert.False(DatasetManifest.TryParse(bytes, out _, out var faults));

        Assert.Contains("canonical", faults[0].Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tree_hash_is_that_of_rfc_6962()
    {
        // The leaves and roots of the reference tests of Certificate Transparency.
        byte[][] leaves = [[], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43]];
        var hashes = leaves.Select(leaf => MerkleTree.Leaf(leaf)).ToArray();

        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", RootOf(0));
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", RootOf(1));
        Assert.Equal("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", RootOf(2));
        Assert.Equal("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", RootOf(3));
        Assert.Equal("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", RootOf(4));
        Assert.Equal("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", RootOf(5));
        Assert.Equal("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", RootOf(6));

        string RootOf(int count) => MerkleTree.Root(hashes.AsSpan(0, count)).ToString();
    }

    [Fact]
    public void Any_change_of_content_changes_the_root()
    {
        var before = Manifests.Of(Manifests.File("a", "one"));

        Assert.NotEqual(before.Root, Manifests.Of(Manifests.File("a", "two")).Root);
        Assert.NotEqual(before.Root, Manifests.Of(Manifests.File("b", "one")).Root);
        Assert.NotEqual(before.Root, Manifests.Of(Manifests.File("a", "one") with { Mode = 0x1ED }).Root);
    }
}
