using System.Security.Cryptography.X509Certificates;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Brings data to a depot and back. The bytes never pass through the control plane.</summary>
internal static class DataTransfer
{
    public static async Task<DatasetView> PushAsync(
        Session session, string path, UploadCommit wish, CancellationToken cancellation)
    {
        var scan = new Teller<ScanProgress>(seen =>
            session.Progress(Texts.Scanning, path, seen.FileCount, seen.Size));
        var tree = await LocalTree.ScanAsync(path, scan, cancellation);
        var commit = wish with
        {
            Root = tree.Manifest.Root.ToString(),
            Bytes = tree.Manifest.Size.Bytes,
            Files = tree.Manifest.FileCount,
        };
        var ticket = await session.Client.BeginUploadAsync(
            new(commit.Name, commit.Project, commit.Site, commit.Root, commit.Bytes, commit.Files, commit.Sovereignty),
            cancellation);
        using var depot = await ConnectAsync(session, ticket.DepotUrl, ticket.AgentId, cancellation);
        var report = await depot.PushAsync(ticket.Ticket, tree.Manifest, tree, Options(session), cancellation);
        var dataset = await session.Client.CommitUploadAsync(commit, cancellation);
        session.Say(Texts.Pushed, dataset.Name, dataset.Version, commit.Site, report.Sent, report.Reused);
        return dataset;
    }

    public static async Task PullAsync(
        Session session, DatasetName dataset, DownloadTarget target, CancellationToken cancellation)
    {
        var project = await dataset.ProjectOfAsync(session, cancellation);
        var tickets = await session.Client.BeginDownloadAsync(project, dataset.Name, dataset.Version, cancellation);
        var sent = DataSize.Zero;
        foreach (var ticket in tickets)
            sent += await FetchAsync(session, ticket, target, cancellation);
        session.Say(Texts.Pulled, dataset, target.Folder, sent);
    }

    private static async Task<DataSize> FetchAsync(
        Session session, DownloadTicket ticket, DownloadTarget target, CancellationToken cancellation)
    {
        if (!ManifestRoot.TryParse(ticket.Root, out var root))
            throw new UnreachableException(session.Client.Server, inner: null, "the server named no dataset");

        using var depot = await ConnectAsync(session, ticket.DepotUrl, ticket.AgentId, cancellation);
        return (await depot.DownloadAsync(ticket.Ticket, root, target, Options(session), cancellation)).Sent;
    }

    private static async Task<DepotClient> ConnectAsync(
        Session session, string url, string agentId, CancellationToken cancellation)
    {
        var authority = X509Certificate2.CreateFromPem(await session.Client.GetAuthorityAsync(cancellation));
        return session.Context.Depots(
            new Uri(url), new DepotTrust(authority, ExpectedIdentity: null, OwnCertificate: null), agentId);
    }

    private static TransferOptions Options(Session session) => new(
        Rate: null,
        new Teller<TransferProgress>(seen => session.Progress(Texts.Transferring, seen.Done, seen.Total)));

    /// <summary>Tells at once, from whichever thread; the usual kind of progress would tell after the end.</summary>
    private sealed class Teller<T>(Action<T> tell) : IProgress<T>
    {
        private readonly Lock _one = new();

        public void Report(T value)
        {
            lock (_one)
                tell(value);
        }
    }
}
