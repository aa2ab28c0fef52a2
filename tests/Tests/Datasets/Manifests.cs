using System.Text;
using CsCheck;
using Meridian.Datasets;
using Xunit;

namespace Meridian.Tests.Datasets;

/// <summary>Manifests for tests.</summary>
internal static class Manifests
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Chunk ChunkOf(string text) =>
        new(ChunkHash.Of(Encoding.UTF8.GetBytes(text)), Encoding.UTF8.GetByteCount(text));

    public static ManifestEntry.File File(string path, params string[] contents)
    {
        var chunks = contents.Select(ChunkOf).ToArray();
        return new(path, 0x1A4, Noon, chunks.Sum(chunk => (long)chunk.SizeBytes), [.. chunks]);
    }

    public static ManifestEntry Folder(string path) => new ManifestEntry.Directory(path, 0x1ED, Noon);

    public static ManifestEntry Link(string path, string target) =>
        new ManifestEntry.Link(path, 0x1FF, Noon, target);

    public static DatasetManifest Of(params ManifestEntry[] entries)
    {
        Assert.True(DatasetManifest.TryCreate(entries, out var manifest, out var faults), string.Join("; ", faults));
        return manifest;
    }

    public static IReadOnlyList<ManifestFault> FaultsOf(params ManifestEntry[] entries)
    {
        Assert.False(DatasetManifest.TryCreate(entries, out _, out var faults));
        return faults;
    }

    /// <summary>Folders of random names, with files in them and links between them.</summary>
    public static readonly Gen<DatasetManifest> Any =
        from names in Gen.String[Gen.Char["abcdé字-. "], 1, 12].Where(name => name is not ("." or "..")).HashSet[0, 12]
        from contents in Gen.String[1, 40].Array[0, 3].Array[12]
        from kinds in Gen.Int[0, 2].Array[12]
        from modes in Gen.Int[0, 0x1FF].Array[12]
        select Build([.. names], contents, kinds, modes);

    private static DatasetManifest Build(string[] names, string[][] contents, int[] kinds, int[] modes)
    {
        var entries = new List<ManifestEntry> { Folder("top") };
        for (var index = 0; index < names.Length; index++)
        {
            var path = "top/" + names[index];
            entries.Add(kinds[index] switch
            {
                0 => new ManifestEntry.Directory(path, modes[index], Noon.AddMilliseconds(index)),
                1 => File(path, contents[index]) with { Mode = modes[index] },
                _ => Link(path, "../top/nowhere" + index),
            });
        }

        return Of([.. entries]);
    }
}
