using System.Security.Cryptography;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>How far an exchange has come. Safe for use from many threads.</summary>
public sealed class ExchangeProgress
{
    private long _doneBytes;
    private long _totalBytes;

    /// <summary>What is there.</summary>
    public DataSize Done => new(Interlocked.Read(ref _doneBytes));

    /// <summary>All of it, as far as is known by now.</summary>
    public DataSize Total => new(Interlocked.Read(ref _totalBytes));

    internal void Add(long doneBytes, long totalBytes)
    {
        Interlocked.Add(ref _doneBytes, doneBytes);
        Interlocked.Add(ref _totalBytes, totalBytes);
    }
}

/// <summary>What is to come from outside.</summary>
/// <param name="Number">The exchange: an import of the same number goes on where it stopped.</param>
/// <param name="Url">The place.</param>
/// <param name="Store">The name of the store whose credential is used, or empty.</param>
/// <param name="Project">For whom; it decides which stores may be used.</param>
/// <param name="Sha256">What the one file must hash to, or empty.</param>
public sealed record OutsideOrder(long Number, Uri Url, string Store, string Project, string Sha256);

/// <summary>What the downloads of one import share.</summary>
internal sealed record ImportRun(DepotStore Store, IDepotDisk Disk, ImportLedger Ledger, OutsidePatience Patience, ExchangeProgress Progress);

/// <summary>
/// Imports from stores outside the domain. What comes grows in a folder of its own beside the trees; when it is whole and
/// verified, it is hashed and becomes a tree by one rename, without a copy.
/// </summary>
public sealed class OutsideImport(DepotStore store, IDepotDisk disk, OutsideOptions options, TimeProvider clock)
{
    private const string FolderName = "incoming";
    private const UnixFileMode UsualMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private string Folder => Path.Combine(store.Folder, FolderName);

    /// <summary>The imports that were begun here and are not over.</summary>
    public IReadOnlyList<long> Begun => Directory.Exists(Folder)
        ? [.. Directory.EnumerateDirectories(Folder).Select(path => long.TryParse(Path.GetFileName(path), out var number) ? number : 0).Where(n => n > 0).Order()]
        : [];

    /// <summary>Brings a dataset in. What has come stays when that is cancelled, and the next call goes on with it.</summary>
    /// <exception cref="OutsideException">It cannot be had as it was asked for. Nothing of it is left.</exception>
    /// <exception cref="DepotException">It does not fit on the disk or into a dataset. Nothing of it is left.</exception>
    public async Task<DatasetManifest> RunAsync(
        OutsideOrder order, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        try
        {
            using var line = OutsideLine.CreateClient(settings);
            var files = await FilesAsync(order, settings, line);
            var content = await FetchAsync(order, files, progress, cancellation);
            Verify(order, files, content);
            var manifest = await store.TakeInAsync(content, cancellation);
            Abandon(order.Number);
            return manifest;
        }
        catch (Exception fault) when (fault is DepotException or IOException)
        {
            Abandon(order.Number);
            throw;
        }
    }

    /// <summary>Removes what an import has brought so far.</summary>
    public void Abandon(long number) => TreeFolders.Delete(FolderOf(number));

    private string FolderOf(long number) => Path.Combine(Folder, number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Task<IReadOnlyList<IOutsideFile>> FilesAsync(OutsideOrder order, OutsideSettings settings, HttpClient line)
    {
        var known = order.Store.Length > 0 ? settings.StoreFor(order.Store, order.Project) : null;
        if (known?.Covers(order.Url) == false)
            throw OutsideException.Of("outside-store", order.Store);
        var name = Uri.UnescapeDataString(order.Url.Segments[^1].TrimEnd('/'));
        var path = name.Length == 0 ? "index" : name;
        return EntryPath.Fault(path) is { } fault
            ? throw OutsideException.Of("outside-name", EntryPath.Printable(path), fault)
            : Task.FromResult<IReadOnlyList<IOutsideFile>>([new HttpFile(line, order.Url, known?.Authorization, path)]);
    }

    private async Task<string> FetchAsync(
        OutsideOrder order, IReadOnlyList<IOutsideFile> files, ExchangeProgress progress, CancellationToken cancellation)
    {
        var folder = FolderOf(order.Number);
        var content = Path.Combine(folder, "content");
        TreeFolders.Create(Folder, TreeFolders.Private);
        Directory.CreateDirectory(content);
        using var ledger = ImportLedger.Open(folder, disk);
        using var patience = new OutsidePatience(options, clock);
        var run = new ImportRun(store, disk, ledger, patience, progress);
        await Parallel.ForEachAsync(
            files, new ParallelOptions { MaxDegreeOfParallelism = options.ParallelCount, CancellationToken = cancellation },
            async (file, token) => await new RangedDownload(file, Path.Combine(content, file.Path), run).RunAsync(token));
        foreach (var file in files)
            GiveUsualLook(Path.Combine(content, file.Path), ledger.Find(file.Path)!.Head.ModifiedAt);
        return content;
    }

    /// <summary>The same source gives the same dataset, so nothing of it may tell of when or where it was imported.</summary>
    private static void GiveUsualLook(string path, DateTimeOffset? modifiedAt)
    {
        TreeFolders.SetMode(path, UsualMode);
        File.SetLastWriteTimeUtc(path, (modifiedAt ?? DateTimeOffset.UnixEpoch).UtcDateTime);
    }

    private static void Verify(OutsideOrder order, IReadOnlyList<IOutsideFile> files, string content)
    {
        if (order.Sha256.Length == 0)
            return;
        using var file = File.OpenRead(Path.Combine(content, files[0].Path));
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != order.Sha256)
            throw OutsideException.Of("outside-hash", files[0].Address, hash);
    }
}
