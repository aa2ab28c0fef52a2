using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// The datasets that lie ready as files. A folder with a root's name is whole; hidden ones are on their way.
/// </summary>
internal sealed class TreeFiles(string folder, TreeAssembly assembly)
{
    private const string HiddenPrefix = ".";

    public string PathOf(ManifestRoot root) => Path.Combine(folder, root.ToString());

    /// <summary>Removes what a crash left on its way in or out.</summary>
    public void Prepare()
    {
        TreeFolders.Create(folder, TreeFolders.EnterOnly);
        foreach (var hidden in Directory.EnumerateDirectories(folder, HiddenPrefix + "*"))
            TreeFolders.Delete(hidden);
    }

    public async Task<string> AssembleAsync(DatasetManifest manifest, CancellationToken cancellation)
    {
        var path = PathOf(manifest.Root);
        var hidden = HiddenPath();
        try
        {
            await assembly.BuildAsync(manifest, hidden, cancellation);
            TreeFolders.SetMode(hidden, TreeFolders.PublishedFolder);
            Publish(hidden, path);
            return path;
        }
        finally
        {
            TreeFolders.Delete(hidden);
        }
    }

    public bool Remove(ManifestRoot root)
    {
        var path = PathOf(root);
        if (!Directory.Exists(path))
            return false;

        var hidden = HiddenPath();
        Directory.Move(path, hidden);
        TreeFolders.Delete(hidden);
        return true;
    }

    private static void Publish(string hidden, string path)
    {
        try
        {
            Directory.Move(hidden, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // Somebody else laid out the same files a moment ago.
        }
    }

    // It has the same parent as the final path, because moving a read-only folder elsewhere needs a right to write.
    private string HiddenPath() => Path.Combine(folder, HiddenPrefix + Guid.NewGuid().ToString("n"));
}
