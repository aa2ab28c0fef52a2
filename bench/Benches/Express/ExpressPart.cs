using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Benches.Express;

/// <summary>One party of a measurement in a process of its own: a depot that serves, or one that pulls.</summary>
internal static class ExpressPart
{
    internal const string Name = "part";

    /// <summary>The command that runs a party in a namespace.</summary>
    internal static string[] Command(string space, params string[] arguments) =>
        [.. Lab.In(space), Environment.ProcessPath!, "express", Name, .. arguments];

    internal static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        return args switch
        {
            ["serve", var keys, var store, var source, var address] =>
                await ServeAsync(keys, store, source, IPEndPoint.Parse(address), output),
            ["receive", var keys, var store, var ticket, var root, var share, var address, .. var urls] =>
                await ReceiveAsync(keys, store, (ticket, root), share, IPEndPoint.Parse(address), urls, output),
            ["pull", var keys, var store, var ticket, var root, var megabits, .. var urls] =>
                await PullAsync(keys, store, (ticket, root), int.Parse(megabits, CultureInfo.InvariantCulture), urls, output),
            ["pull-plain", var keys, var store, var ticket, var root, var url] =>
                await PullAsync(keys, store, (ticket, root), megabits: 0, [url], output, CompressionUse.Never),
            _ => 2,
        };
    }

    private static async Task<int> ServeAsync(string keyFolder, string folder, string source, IPEndPoint at, TextWriter output)
    {
        using var keys = ExpressKeys.Read(keyFolder);
        using var certificate = keys.Issue();
        using var store = DepotStore.Open(folder, new LocalDisk());
        var clock = Stopwatch.StartNew();
        var manifest = await store.AdoptAsync(source, progress: null, CancellationToken.None);
        var scanned = clock.Elapsed;
        await using var host = await HostAsync(store, keys, certificate, at);
        output.WriteLine(JsonSerializer.Serialize(new Served(
            manifest.Root.ToString(), keys.ReadTicket(manifest.Root), scanned.TotalSeconds)));

        // The measurement closes the input when it is over, and so does its end by whatever cause.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Receives and passes on what has come, until the measurement is over.</summary>
    private static async Task<int> ReceiveAsync(
        string keyFolder, string folder, (string Ticket, string Root) dataset, string share, IPEndPoint at, string[] urls, TextWriter output)
    {
        using var keys = ExpressKeys.Read(keyFolder);
        using var certificate = keys.Issue();
        using var store = DepotStore.Open(folder, new LocalDisk());
        if (!ManifestRoot.TryParse(dataset.Root, out var root))
            return 2;
        await using var host = await HostAsync(store, keys, certificate, at);
        var numbers = Array.ConvertAll(share.Split('/'), text => int.Parse(text, CultureInfo.InvariantCulture));
        List<(DepotClient Client, string Ticket)> sources =
            [.. urls.Select(url => (DepotClient.Connect(new(url), keys.Trust, new(), TimeProvider.System), dataset.Ticket))];

        // The first ones hold everything, the others get it at the same time. All begin at the same word.
        var fullCount = numbers[2];
        output.WriteLine("ready");
        await Console.In.ReadLineAsync();
        var clock = Stopwatch.StartNew();
        var report = await DepotClient.PullAsync(
            sources[..fullCount], root, store,
            TransferOptions.Unlimited with
            {
                Swarm = sources.Count == fullCount ? null : new(sources[fullCount..], numbers[0], numbers[1]),
            },
            CancellationToken.None);
        output.WriteLine(JsonSerializer.Serialize(new Pulled(
            report.Sent.Bytes, report.Reused.Bytes, clock.Elapsed.TotalSeconds, store.TreePath(root), report.OnLine.Bytes)));
        await Console.In.ReadToEndAsync();
        sources.ForEach(source => source.Client.Dispose());
        return 0;
    }

    private static Task<DepotHost> HostAsync(
        DepotStore store, ExpressKeys keys, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, IPEndPoint at) =>
        DepotHost.StartAsync(
            store,
            new()
            {
                Depot = new() { Site = ExpressKeys.Site, TicketKey = () => keys.TicketKey },
                Address = at.Address,
                Port = at.Port,
                Certificate = () => certificate,
                CallerIsTrusted = (_, _, _) => true,
            },
            TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    private static async Task<int> PullAsync(
        string keyFolder, string folder, (string Ticket, string Root) dataset, int megabits, string[] urls, TextWriter output,
        CompressionUse compression = CompressionUse.Adaptive)
    {
        using var keys = ExpressKeys.Read(keyFolder);
        using var store = DepotStore.Open(folder, new LocalDisk());
        if (!ManifestRoot.TryParse(dataset.Root, out var root))
            return 2;
        var clients = urls.Select(url => DepotClient.Connect(new(url), keys.Trust, new() { Compression = compression }, TimeProvider.System)).ToList();
        Bandwidth? rate = megabits > 0 ? Bandwidth.FromMbps(megabits) : null;
        var clock = Stopwatch.StartNew();
        var report = await DepotClient.PullAsync(
            [.. clients.Select(client => (client, dataset.Ticket))], root, store, new(rate, Progress: null), CancellationToken.None);
        output.WriteLine(JsonSerializer.Serialize(new Pulled(
            report.Sent.Bytes, report.Reused.Bytes, clock.Elapsed.TotalSeconds, store.TreePath(root), report.OnLine.Bytes)));
        clients.ForEach(client => client.Dispose());
        return 0;
    }
}

/// <summary>What a serving party says when it is ready.</summary>
/// <param name="Root">The dataset.</param>
/// <param name="Ticket">The right to read it.</param>
/// <param name="ScanSeconds">How long it took to take the folder in.</param>
internal sealed record Served(string Root, string Ticket, double ScanSeconds);

/// <summary>What a pulling party says at its end.</summary>
/// <param name="SentBytes">The content that was sent.</param>
/// <param name="ReusedBytes">What was there before.</param>
/// <param name="Seconds">How long it took, without the start of the process.</param>
/// <param name="Tree">Where the files lie.</param>
/// <param name="LineBytes">The bytes of the packs on the line.</param>
internal sealed record Pulled(long SentBytes, long ReusedBytes, double Seconds, string Tree, long LineBytes);
