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
/// <param name="Url">The place: a file by HTTP, or a bucket with the name of an object or the beginning of names.</param>
/// <param name="Endpoint">Where an S3-compatible store answers; null where the store's settings say so.</param>
/// <param name="Store">The name of the store whose credential is used, or empty.</param>
/// <param name="Project">For whom; it decides which stores may be used.</param>
/// <param name="Sha256">What the one file must hash to, or empty.</param>
public sealed record OutsideOrder(long Number, Uri Url, Uri? Endpoint, string Store, string Project, string Sha256);

/// <summary>What the downloads of one import share.</summary>
internal sealed record ImportRun(DepotStore Store, IDepotDisk Disk, ImportLedger Ledger, OutsidePatience Patience, ExchangeProgress Progress);

/// <summary>
/// Imports from stores outside the domain. What comes grows in a folder of its own beside the trees; when it is whole and
/// verified, it is hashed and becomes a tree by one rename, without a copy.
/// </summary>
public sealed class OutsideImport(DepotStore store, IDepotDisk disk, OutsideOptions options, TimeProvider clock)
{
    /// <summary>The scheme of addresses in S3-compatible stores.</summary>
    public const string S3Scheme = "s3";

    private const string FolderName = "incoming";
    private const UnixFileMode UsualMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private string Folder => Path.Combine(store.Folder, FolderName);

    /// <summary>The imports that were begun here and are not over.</summary>
    public IReadOnlyList<long> Begun => ExchangeFolders.Numbers(Folder);

    /// <summary>Brings a dataset in. What has come stays when that is cancelled, and the next call goes on with it.</summary>
    /// <exception cref="OutsideException">It cannot be had as it was asked for. Nothing of it is left.</exception>
    /// <exception cref="DepotException">It does not fit on the disk or into a dataset. Nothing of it is left.</exception>
    public async Task<DatasetManifest> RunAsync(
        OutsideOrder order, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        try
        {
            var content = order.Url.Scheme == S3Scheme
                ? await FetchObjectsAsync(order, settings, progress, cancellation)
                : await FetchFileAsync(order, settings, progress, cancellation);
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

    private async Task<string> FetchObjectsAsync(
        OutsideOrder order, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        using var line = S3Line.Open(order, settings);
        using var patience = new OutsidePatience(options, clock);
        return await FetchAsync(order, await S3File.ListAsync(line, order.Url, patience, cancellation), progress, cancellation);
    }

    private async Task<string> FetchFileAsync(
        OutsideOrder order, OutsideSettings settings, ExchangeProgress progress, CancellationToken cancellation)
    {
        var known = order.Store.Length > 0 ? settings.StoreFor(order.Store, order.Project) : null;
        if (known?.Covers(order.Url) == false)
            throw OutsideException.Of("outside-store", order.Store);
        var name = Uri.UnescapeDataString(order.Url.Segments[^1].TrimEnd('/'));
        var path = name.Length == 0 ? "index" : name;
        if (EntryPath.Fault(path) is { } fault)
            throw OutsideException.Of("outside-name", EntryPath.Printable(path), fault);
        using var line = OutsideLine.CreateClient(settings, followsRedirections: true);
        var file = new HttpFile(line, order.Url, known?.Authorization, path);
        var content = await FetchAsync(order, [file], progress, cancellation);
        Verify(order, file, Path.Combine(content, path));
        return content;
    }

    private async Task<string> FetchAsync(
        OutsideOrder order, IReadOnlyList<IOutsideFile> files, ExchangeProgress progress, CancellationToken cancellation)
    {
        var folder = FolderOf(order.Number);
        var content = Path.Combine(folder, "content");
        TreeFolders.Create(Folder, TreeFolders.Private);
        Directory.CreateDirectory(content);
        using var ledger = ImportLedger.Open(folder, disk);
        if (ledger.Paths.Except(files.Select(file => file.Path), StringComparer.Ordinal).FirstOrDefault() is { } gone)
            throw OutsideException.Of("outside-changed", gone); // Since a crash.
        using var patience = new OutsidePatience(options, clock);
        var run = new ImportRun(store, disk, ledger, patience, progress);
        await Parallel.ForEachAsync(
            files, new ParallelOptions { MaxDegreeOfParallelism = options.ParallelCount, CancellationToken = cancellation },
            async (file, token) => await new RangedDownload(file, Path.Combine(content, file.Path), run).RunAsync(token));
        foreach (var file in files)
            GiveUsualLook(Path.Combine(content, file.Path), ledger.Find(file.Path)!.Head.ModifiedAt);
        foreach (var inner in Directory.EnumerateDirectories(content, "*", SearchOption.AllDirectories))
            Directory.SetLastWriteTimeUtc(inner, DateTime.UnixEpoch); // A store of objects has no folders, so no times of them.
        return content;
    }

    /// <summary>The same source gives the same dataset, so nothing of it may tell of when or where it was imported.</summary>
    private static void GiveUsualLook(string path, DateTimeOffset? modifiedAt)
    {
        TreeFolders.SetMode(path, UsualMode);
        File.SetLastWriteTimeUtc(path, (modifiedAt ?? DateTimeOffset.UnixEpoch).UtcDateTime);
    }

    private static void Verify(OutsideOrder order, HttpFile source, string path)
    {
        if (order.Sha256.Length == 0)
            return;
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != order.Sha256)
            throw OutsideException.Of("outside-hash", source.Address, hash);
    }
}
