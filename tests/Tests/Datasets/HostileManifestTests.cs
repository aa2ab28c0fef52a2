using Meridian.Datasets;
using Xunit;

namespace Meridian.Tests.Datasets;

public sealed class HostileManifestTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../up")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData("a\uD800b")]
    public void A_path_that_leaves_the_tree_or_misleads_a_reader_is_refused(string path)
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File(path, "x")));
    }

    [Fact]
    public void A_path_of_any_dimension_too_large_is_refused()
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File(new string('n', 256), "x")));
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File(string.Join('/', Enumerable.Repeat("d", 200)), "x")));
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File(new string('n', 5000), "x")));
    }

    [Fact]
    public void A_name_occurs_once()
    {
        var faults = Manifests.FaultsOf(Manifests.File("a", "x"), Manifests.File("a", "y"));

        Assert.Contains(faults, fault => fault.Rule.Contains("twice", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_lies_below_a_file_a_link_or_nothing()
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File("a", "x"), Manifests.File("a/b", "y")));
        Assert.NotEmpty(Manifests.FaultsOf(
            Manifests.Folder("real"), Manifests.Link("a", "real"), Manifests.File("a/b", "y")));
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File("a/b", "y")));
    }

    [Fact]
    public void Sizes_and_chunks_agree()
    {
        var file = Manifests.File("a", "one", "two");
        var lying = new Chunk(file.Chunks[0].Hash, 4);

        Assert.NotEmpty(Manifests.FaultsOf(file with { SizeBytes = 5 }));
        Assert.NotEmpty(Manifests.FaultsOf(file with { SizeBytes = -1 }));
        Assert.NotEmpty(Manifests.FaultsOf(file with { SizeBytes = 7, Chunks = [file.Chunks[0], lying] }));
        foreach (var size in (int[])[0, -1, Chunk.SizeBytesMax + 1])
        {
            var unfit = lying with { SizeBytes = size };
            Assert.NotEmpty(Manifests.FaultsOf(file with { SizeBytes = size, Chunks = [unfit] }));
        }
    }

    [Fact]
    public void Special_permissions_are_refused()
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.File("a", "x") with { Mode = 0x9ED })); // 04755
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../x")]
    [InlineData("..//../x")]
    [InlineData("inner/../../../x")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void A_link_that_leads_out_is_refused(string target)
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.Folder("d"), Manifests.Link("d/l", target)));
    }

    [Fact]
    public void A_link_that_leads_out_by_way_of_another_link_is_refused()
    {
        // By its text alone d/e/out stays inside; but d/e/top is the top, and above that is outside.
        var faults = Manifests.FaultsOf(
            Manifests.Folder("d"),
            Manifests.Folder("d/e"),
            Manifests.Link("d/e/top", "../.."),
            Manifests.Link("d/e/out", "top/../secret"));

        Assert.Equal("d/e/out", Assert.Single(faults).Path);
    }

    [Fact]
    public void Links_inside_are_followed()
    {
        var manifest = Manifests.Of(
            Manifests.Folder("d"),
            Manifests.File("d/f", "x"),
            Manifests.Link("short", "d"),
            Manifests.Link("long", "short/../short/f"));

        // "short/.." is the parent of d, which is the top.
        Assert.Equal("d/f", manifest.Follow("long")?.Path);
        Assert.Null(manifest.Follow("missing"));
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        Assert.NotEmpty(Manifests.FaultsOf(Manifests.Link("a", "b"), Manifests.Link("b", "a")));
    }

    [Fact]
    public void Faults_are_reported_together_up_to_a_limit_and_can_be_printed()
    {
        var entries = Enumerable.Range(0, 100).Select(index => (ManifestEntry)Manifests.File("bad\u001b" + index, "x"));

        var faults = Manifests.FaultsOf([.. entries]);

        Assert.Equal(ManifestLimits.FaultCountMax, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.ToString().Any(char.IsControl));
    }
}
