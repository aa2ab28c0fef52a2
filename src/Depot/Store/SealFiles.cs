using System.Collections.Concurrent;
using System.Security.Cryptography;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// Which datasets here are also served sealed, and with which key. Only the owner of the depot may read these files:
/// whoever has a key can open what relays carry.
/// </summary>
internal sealed class SealFiles(string folder, string temporaryFolder, WholeFile files)
{
    private readonly ConcurrentDictionary<ManifestRoot, (ManifestRoot Opened, DatasetSeal Seal)> _known = new();

    /// <summary>What a sealed dataset holds and with which key, if it is sealed here.</summary>
    public (ManifestRoot Opened, DatasetSeal Seal)? Find(ManifestRoot whole)
    {
        if (_known.TryGetValue(whole, out var known))
            return known;

        if (!File.Exists(PathOf(whole)))
            return null;

        // What the disk has damaged is sealed again, with the same key, when somebody orders it again.
        var bytes = File.ReadAllBytes(PathOf(whole));
        if (bytes.Length != ChunkHash.SizeBytes + DatasetSeal.SecretBytes)
            return null;
        return _known[whole] = (
            new(new ChunkHash(bytes.AsSpan(0, ChunkHash.SizeBytes))), new(bytes.AsSpan(ChunkHash.SizeBytes)));
    }

    /// <summary>The name under which a dataset is sealed here with the key, or nothing.</summary>
    public ManifestRoot? Find(ManifestRoot opened, DatasetSeal seal)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (ManifestRoot.TryParse(Path.GetFileName(path), out var whole) && Find(whole) is { } known
                && known.Opened == opened && CryptographicOperations.FixedTimeEquals(known.Seal.Secret, seal.Secret))
                return whole;
        }

        return null;
    }

    /// <summary>Keeps the key of a sealed dataset.</summary>
    public async Task WriteAsync(SealedManifest manifest, DatasetSeal seal, CancellationToken cancellation)
    {
        var bytes = new byte[ChunkHash.SizeBytes + DatasetSeal.SecretBytes];
        manifest.Opened.Root.Hash.CopyTo(bytes);
        seal.Secret.CopyTo(bytes.AsSpan(ChunkHash.SizeBytes));
        await files.WriteAsync(
            (Path.Combine(temporaryFolder, Guid.NewGuid().ToString("n")), PathOf(manifest.Sealed.Root)),
            new(bytes.Length),
            isDurable: true,
            async file => await file.WriteAsync(bytes, cancellation),
            cancellation);
        _known[manifest.Sealed.Root] = (manifest.Opened.Root, seal);
    }

    /// <summary>Forgets the keys of a dataset that is removed, whether it is named sealed or open.</summary>
    public void Delete(ManifestRoot root)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (ManifestRoot.TryParse(Path.GetFileName(path), out var whole)
                && (whole == root || Find(whole)?.Opened == root))
            {
                _known.TryRemove(whole, out _);
                File.Delete(path);
            }
        }
    }

    private string PathOf(ManifestRoot whole) => Path.Combine(folder, whole.ToString());
}
