using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Sites;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Chooses the depots that callers are sent to.</summary>
internal sealed class Depots(ITicketIssuer tickets, INodeLoads loads)
{
    /// <summary>A ticket of the least busy ready depot that holds the content; nothing when there is none.</summary>
    public Rest.DownloadTicket? Read(Call call, ContentRoot root) =>
        Best(call.State.Data.HoldersOf(root).Select(id => call.State.Sites.Nodes.GetValueOrDefault(id)).OfType<Node>()) is { } node
            ? tickets.ForRead(root, node.Id, call.Now)
            : null;

    /// <summary>The ready depot of the site that takes an upload; one that holds the content already comes first.</summary>
    public NodeId? ForUpload(Call call, SiteId site, ContentRoot root)
    {
        var nodes = call.State.Sites.Nodes.Values.Where(n => n.Id.Site == site).ToList();
        var holders = call.State.Data.HoldersOf(root);
        return (Best(nodes.Where(n => holders.Contains(n.Id))) ?? Best(nodes))?.Id;
    }

    /// <summary>The least busy ready depot at the place (a site, an agent, or anywhere where none is named) that holds all of the version.</summary>
    public NodeId? Holding(Call call, DatasetVersion version, string place) => Best(call.State.Sites.Nodes.Values.Where(node =>
        (place.Length == 0 || IsAt(node.Id, place)) && version.Parts.All(part => call.State.Data.HoldersOf(part.Root).Contains(node.Id))))?.Id;

    /// <summary>The least busy ready depot at the place: a site, or an agent.</summary>
    public NodeId? At(Call call, string place) => Best(call.State.Sites.Nodes.Values.Where(node => IsAt(node.Id, place)))?.Id;

    private static bool IsAt(NodeId node, string place) => node.Value == place || node.Site.Value == place;

    public Rest.UploadTicket Write(NodeId node, ContentRoot root, long bytesMax, DateTimeOffset now) =>
        tickets.ForWrite(node, root, bytesMax, now);

    private Node? Best(IEnumerable<Node> nodes) => nodes
        .Where(n => n.State == NodeState.Ready && n.DepotUrl.Length > 0)
        .OrderByDescending(n => loads.IsConnected(n.Id))
        .ThenBy(n => loads.LoadShare(n.Id))
        .ThenBy(n => n.Id)
        .FirstOrDefault();
}
