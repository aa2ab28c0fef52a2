using System.Net;
using System.Net.Http.Headers;
using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Writer;
using Meridian.Datasets;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Security;

/// <summary>Signs what depots honour, and asks a depot what it holds.</summary>
public sealed class DepotTickets(Authority authority, IDomain domain, TimeProvider time) : IDepotTickets, ITicketIssuer, IUploadProof
{
    private static readonly TimeSpan PullLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan PersonLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ProofTimeout = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string AuthorityPem => authority.Pem;

    /// <inheritdoc/>
    public string ForReading(ContentRoot root, NodeId node) => Read(root, node, time.GetUtcNow() + PullLifetime);

    /// <inheritdoc/>
    public byte[] CertificateOf(Node node)
    {
        using var signed = authority.SignForSealing(Convert.FromBase64String(node.PublicKey), node.Id.Value);
        return signed.RawData;
    }

    /// <inheritdoc/>
    public Rest.DownloadTicket ForRead(ContentRoot root, NodeId node, DateTimeOffset now) => new(
        root.Value, DepotUrl(node), Read(root, node, now + PersonLifetime), node.Value, node.Site.Value, now + PersonLifetime);

    /// <inheritdoc/>
    public Rest.UploadTicket ForWrite(NodeId node, ContentRoot root, long bytesMax, DateTimeOffset now)
    {
        var until = now + PersonLifetime;
        var ticket = DepotTicket.ForWriting(node.Site.Value, Root(root), until, new DataSize(bytesMax)).Sign(authority.Key);
        return new(DepotUrl(node), ticket, node.Value, until);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> HoldsAsync(NodeId node, ContentRoot root, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is System.Security.Cryptography.X509Certificates.X509Certificate2 certificate
            && string.Equals(authority.AgentOf(certificate), node.Value, StringComparison.Ordinal);
        using var http = new HttpClient(handler) { Timeout = ProofTimeout };
        using var ask = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(DepotUrl(node)), $"depot/v1/manifests/{root}"));
        ask.Headers.Authorization = new AuthenticationHeaderValue("Depot", Read(root, node, time.GetUtcNow() + ProofTimeout));
        using var answer = await http.SendAsync(ask, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private string Read(ContentRoot root, NodeId node, DateTimeOffset until) =>
        DepotTicket.ForReading(node.Site.Value, Root(root), until).Sign(authority.Key);

    private string DepotUrl(NodeId node) =>
        domain.State().Sites.Nodes.TryGetValue(node, out var known) ? known.DepotUrl : "";

    private static ManifestRoot Root(ContentRoot root)
    {
        Invariant.Holds(ManifestRoot.TryParse(root.Value, out var parsed), "a registered root is a manifest's root");
        return parsed;
    }
}
