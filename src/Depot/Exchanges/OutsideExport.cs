using System.Globalization;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// Exports to S3-compatible stores: each file becomes an object below the prefix, under the file's path. Objects of the same names are
/// replaced; folders, times and permissions are not kept, for a store of objects has none.
/// </summary>
public sealed class OutsideExport(DepotStore store, OutsideOptions options, TimeProvider clock)
{
    private const string FolderName = "outgoing";

    private string Folder => Path.Combine(store.Folder, FolderName);

    /// <summary>The exports that were begun here and are not over.</summary>
    public IReadOnlyList<long> Begun => ExchangeFolders.Numbers(Folder);

    /// <summary>Sends the parts of a dataset out, side by side. What was sent stays when that is cancelled, and the next call goes on from there.</summary>
    /// <param name="order">Where to; an export of the same number goes on where it stopped.</param>
    /// <param name="roots">The parts; where two have a file of one name, the later one's counts.</param>
    /// <param name="settings">What may be reached.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    /// <exception cref="OutsideException">The store does not take it.</exception>
    /// <exception cref="DepotException">The dataset is not here, or damaged.</exception>
    public async Task RunAsync(
        OutsideOrder order, IReadOnlyList<ManifestRoot> roots, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        var files = await FilesAsync(roots, cancellation);
        progress.Add(0, files.Values.Sum(item => item.File.SizeBytes));
        TreeFolders.Create(Folder, TreeFolders.Private);
        Directory.CreateDirectory(FolderOf(order.Number));
        using var line = S3Line.Open(order, settings);
        using var patience = new OutsidePatience(options, clock);
        using (var ledger = ExportLedger.Open(Path.Combine(FolderOf(order.Number), "ledger")))
        {
            var run = new ExportRun(line, order.Url.Host, ledger, patience, progress);
            await Parallel.ForEachAsync(
                files.Values, new ParallelOptions { MaxDegreeOfParallelism = options.ParallelCount, CancellationToken = cancellation },
                async (item, token) => await new ObjectUpload(item.File, item.Source, KeyOf(order, item.File.Path), run).RunAsync(token));
        }

        Forget(order.Number);
    }

    /// <summary>Gives up an export: parts of unfinished objects are taken back where the store lets us. Whole objects stay.</summary>
    public async Task AbandonAsync(OutsideOrder order, OutsideSettings settings, CancellationToken cancellation)
    {
        var path = Path.Combine(FolderOf(order.Number), "ledger");
        if (File.Exists(path))
        {
            using var line = S3Line.Open(order, settings);
            using var ledger = ExportLedger.Open(path);
            foreach (var (file, id) in ledger.Unfinished)
                await TryAbortAsync(line, order.Url.Host, KeyOf(order, file), id, cancellation);
        }

        Forget(order.Number);
    }

    /// <summary>Forgets how far an export was.</summary>
    public void Forget(long number) => TreeFolders.Delete(FolderOf(number));

    private string FolderOf(long number) => Path.Combine(Folder, number.ToString(CultureInfo.InvariantCulture));

    private static string KeyOf(OutsideOrder order, string path)
    {
        var prefix = Uri.UnescapeDataString(order.Url.AbsolutePath.Trim('/'));
        return prefix.Length == 0 ? path : prefix + "/" + path;
    }

    private async Task<SortedDictionary<string, (ManifestEntry.File File, IChunkSource Source)>> FilesAsync(
        IReadOnlyList<ManifestRoot> roots, CancellationToken cancellation)
    {
        var files = new SortedDictionary<string, (ManifestEntry.File, IChunkSource)>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            var manifest = await store.FindManifestAsync(root, cancellation) ?? throw new DatasetMissingException(root);
            if (manifest.Entries.OfType<ManifestEntry.Link>().FirstOrDefault() is { } link)
                throw OutsideException.Of("outside-link", EntryPath.Printable(link.Path));
            var source = store.SourceOf(manifest);
            foreach (var file in manifest.Entries.OfType<ManifestEntry.File>())
                files[file.Path] = (file, source);
        }

        return files;
    }

    private async Task TryAbortAsync(S3Line line, string bucket, string key, string upload, CancellationToken cancellation)
    {
        try
        {
            using var watch = new SilenceWatch(line.Endpoint, options.SilenceMax, clock, cancellation);
            await S3Line.AskAsync(key, watch, token => line.Client.AbortMultipartUploadAsync(bucket, key, upload, token));
        }
        catch (Exception fault) when (fault is DepotException or LineBrokenException)
        {
            // Stores remove unfinished uploads by rules of their own as well.
        }
    }
}

/// <summary>The folders of exchanges that are not over: each has its number for a name.</summary>
internal static class ExchangeFolders
{
    public static IReadOnlyList<long> Numbers(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder)
            .Select(path => long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0)
            .Order()]
        : [];
}
