using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// The datasets that lie ready as files. A folder with a root's name is whole; with a dot before it, it is coming in and
/// goes on after a crash; other hidden ones are on their way out.
/// </summary>
internal sealed class TreeFiles(string folder, IDepotDisk disk)
{
    private const string HiddenPrefix = ".";

    public string PathOf(ManifestRoot root) => Path.Combine(folder, root.ToString());

    public bool Has(ManifestRoot root) => Directory.Exists(PathOf(root));

    /// <summary>Removes what a crash left on its way out, or of no use.</summary>
    public void Prepare()
    {
        TreeFolders.Create(folder, TreeFolders.EnterOnly);
        foreach (var hidden in Directory.EnumerateDirectories(folder, HiddenPrefix + "*"))
        {
            if (!ManifestRoot.TryParse(Path.GetFileName(hidden.AsSpan())[HiddenPrefix.Length..], out _))
                TreeFolders.Delete(hidden);
        }
    }

    /// <summary>Begins to lay out a dataset, or goes on with it.</summary>
    public Landing Land(DatasetManifest manifest) => Landing.Open(manifest, LandingPath(manifest.Root), disk);

    /// <summary>Lets a folder be where the dataset comes in, unless it is here or coming in already.</summary>
    public void Offer(string path, ManifestRoot root)
    {
        if (!Has(root) && !Directory.Exists(LandingPath(root)))
            Directory.Move(path, LandingPath(root));
    }

    /// <summary>Gives a finished landing its name.</summary>
    public void Publish(Landing landing, ManifestRoot root)
    {
        try
        {
            Directory.Move(landing.Folder, PathOf(root));
        }
        catch (IOException) when (Has(root))
        {
            // Somebody else laid out the same files a moment ago.
            TreeFolders.Delete(landing.Folder);
        }
    }

    /// <summary>Lets a folder elsewhere stand for the tree.</summary>
    public void Adopt(string path, ManifestRoot root)
    {
        if (!Has(root))
            Directory.CreateSymbolicLink(PathOf(root), path);
    }

    /// <summary>Takes a damaged tree back to where it is coming in, so that only what is damaged comes again.</summary>
    public void Demote(ManifestRoot root)
    {
        if (new DirectoryInfo(PathOf(root)).LinkTarget is not null)
            Directory.Delete(PathOf(root));
        else if (Has(root) && !Directory.Exists(LandingPath(root)))
            Directory.Move(PathOf(root), LandingPath(root));
    }

    public bool Remove(ManifestRoot root)
    {
        TreeFolders.Delete(LandingPath(root));
        var path = PathOf(root);
        if (!Directory.Exists(path))
            return false;

        if (new DirectoryInfo(path).LinkTarget is not null)
        {
            Directory.Delete(path);
            return true;
        }

        var hidden = Path.Combine(folder, HiddenPrefix + Guid.NewGuid().ToString("n"));
        Directory.Move(path, hidden);
        TreeFolders.Delete(hidden);
        return true;
    }

    /// <summary>Removes what began to come in, so that nothing of it is left.</summary>
    public void Abandon(ManifestRoot root) => TreeFolders.Delete(LandingPath(root));

    /// <summary>The datasets that began to come in and were not touched since.</summary>
    public IEnumerable<ManifestRoot> Unfinished(DateTimeOffset touchedBefore)
    {
        foreach (var hidden in new DirectoryInfo(folder).EnumerateDirectories(HiddenPrefix + "*"))
        {
            if (hidden.LastWriteTimeUtc < touchedBefore.UtcDateTime
                && ManifestRoot.TryParse(hidden.Name.AsSpan(HiddenPrefix.Length), out var root))
                yield return root;
        }
    }

    /// <summary>Reads a chunk where it lies in the tree; false when it is not there or damaged.</summary>
    public bool TryRead(DatasetManifest manifest, Chunk chunk, Span<byte> buffer) =>
        TryLoad(manifest, chunk, buffer) && ChunkHash.Of(buffer[..chunk.SizeBytes]) == chunk.Hash;

    /// <summary>Reads what lies in the place of a chunk, whatever it is; false when the file is gone or too short.</summary>
    public bool TryLoad(DatasetManifest manifest, Chunk chunk, Span<byte> buffer) =>
        manifest.TryGetPlace(chunk.Hash, out var place)
        && FileBytes.TryRead(
            PathOf(manifest.Root) + "/" + manifest.Entries[place.EntryIndex].Path, buffer[..chunk.SizeBytes], place.Offset);

    // It has the same parent as the final path, because moving a read-only folder elsewhere needs a right to write.
    private string LandingPath(ManifestRoot root) => Path.Combine(folder, HiddenPrefix + root);
}
