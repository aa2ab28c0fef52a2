using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>A folder of the depot's machine that orders may read and write.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Projects">The projects that may use it; <c>*</c> for all.</param>
public sealed record OutsideFolder(string Path, IReadOnlyList<string> Projects)
{
    /// <summary>Whether the project may use the path: it is the folder or below it, and no link leads out on the way.</summary>
    public bool Opens(string path, string project)
    {
        if (!Projects.Contains(project, StringComparer.Ordinal) && !Projects.Contains("*", StringComparer.Ordinal))
            return false;
        var within = System.IO.Path.GetRelativePath(Path, path);
        if (within == ".." || within.StartsWith("../", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(within))
            return false;
        for (var at = path; at.Length > Path.Length; at = System.IO.Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is not null)
                return false;
        }

        return true;
    }
}

/// <summary>Imports from and exports to folders of the depot's own machine that its operator has opened.</summary>
public sealed class FolderExchange(DepotStore store)
{
    /// <summary>The scheme of addresses of folders and files.</summary>
    public static readonly string Scheme = Uri.UriSchemeFile;

    /// <summary>Takes a copy of a folder or file into the store.</summary>
    /// <exception cref="OutsideException">The project may not read it, or it is not there.</exception>
    /// <exception cref="DepotException">It changed meanwhile, or does not fit.</exception>
    public async Task<DatasetManifest> ImportAsync(
        OutsideOrder order, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        var path = Permitted(order, settings);
        if (!System.IO.Path.Exists(path))
            throw OutsideException.Of("outside-missing", path);
        return await store.IngestAsync(path, new Scanning(progress), cancellation);
    }

    /// <summary>
    /// Lays the parts of a dataset out in a folder, side by side, with their own permissions and times. Equal files are left alone, and
    /// differing ones are not replaced. After a crash the next call goes on.
    /// </summary>
    /// <exception cref="OutsideException">The project may not write there.</exception>
    /// <exception cref="DownloadConflictException">Files there differ, and nothing was changed.</exception>
    public async Task ExportAsync(
        OutsideOrder order, IReadOnlyList<ManifestRoot> roots, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        var path = Permitted(order, settings);
        var manifests = new List<DatasetManifest>();
        foreach (var root in roots)
            manifests.Add(await store.FindManifestAsync(root, cancellation) ?? throw new DatasetMissingException(root));
        progress.Add(0, manifests.Sum(manifest => manifest.Size.Bytes));
        foreach (var manifest in manifests)
        {
            await Task.Run(() => LayOut(manifest, path, cancellation), cancellation);
            progress.Add(manifest.Size.Bytes, 0);
        }
    }

    private void LayOut(DatasetManifest manifest, string path, CancellationToken cancellation)
    {
        var download = new Download(manifest, path);
        download.Check(force: false, cancellation);
        using (var landing = download.Land())
        {
            var ledger = download.Ledger(landing);
            download.EnsureRoom(ledger.MissingSize);
            landing.Fill(ledger.Missing, store.SourceOf(manifest), cancellation);
            download.Write(landing, cancellation);
        }

        TreeFolders.Delete(download.StagingFolder);
    }

    private static string Permitted(OutsideOrder order, OutsideSettings settings)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(order.Url.LocalPath));
        return settings.Folders.Any(folder => folder.Opens(path, order.Project)) ? path : throw OutsideException.Of("outside-folder", path);
    }

    private sealed class Scanning(ExchangeProgress progress) : IProgress<ScanProgress>
    {
        private long _seenBytes;

        // Scans tell one after another.
        public void Report(ScanProgress value)
        {
            progress.Add(value.Size.Bytes - _seenBytes, 0);
            _seenBytes = value.Size.Bytes;
        }
    }
}
