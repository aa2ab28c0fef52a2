using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A part that a depot is to have.</summary>
/// <param name="Root">The content.</param>
/// <param name="Size">The amount of data.</param>
/// <param name="Left">What of it has not come yet, as far as is known.</param>
/// <param name="To">The depot.</param>
internal sealed record Need(ContentRoot Root, DataSize Size, DataSize Left, NodeId To);

/// <summary>A depot that has the content, from a moment on.</summary>
internal sealed record Copy(NodeId Node, DateTimeOffset From);

/// <summary>What one transfer still has to do, and the plan for it in the making.</summary>
internal sealed class Errand
{
    private readonly DomainState _state;
    private readonly Transfer? _transfer;
    private readonly SortedDictionary<ContentRoot, List<Copy>> _copies = [];

    private Errand(DomainState state, TransferRequest request, Transfer? transfer, DateTimeOffset now)
    {
        (_state, _transfer, Request, Now) = (state, transfer, request, now);
        var network = transfer is null ? state.Network : WithoutWaiting(state.Network, transfer, now);
        Calendar = new(network, Bound());
        Paths = PathBook.Of(network);
    }

    internal TransferRequest Request { get; }

    internal DateTimeOffset Now { get; }

    internal CircuitCalendar Calendar { get; }

    internal PathBook Paths { get; }

    internal ImmutableArray<Need> Needs { get; private set; } = [];

    /// <summary>The hops that were planned.</summary>
    internal List<PlannedHop> Hops { get; } = [];

    /// <summary>Why nothing can be planned, or nothing.</summary>
    internal Fault? Fault { get; private set; }

    internal static Errand New(DomainState state, TransferRequest request, DateTimeOffset now)
    {
        var errand = new Errand(state, request, transfer: null, now);
        errand.Needs = errand.OfVersion();
        return errand;
    }

    internal static Errand Rest(DomainState state, Transfer transfer, DateTimeOffset now)
    {
        var errand = new Errand(state, transfer.Request, transfer, now);
        errand.Needs = transfer.Request.Version > 0
            ? errand.OfVersion()
            : [.. transfer.Hops.Where(h => h.State is not (HopState.Done or HopState.Moving)).Select(h => errand.NeedOf(h.Root, h.Size, h.To))];
        return errand;
    }

    /// <summary>The depots that have the content or will have it by this plan, the earliest first.</summary>
    internal IReadOnlyList<Copy> CopiesOf(ContentRoot root)
    {
        if (_copies.TryGetValue(root, out var known))
            return known;
        var from = Request.IsSealed && Needs.FirstOrDefault(n => n.Root == root) is { } need ? Now + TransferRules.SealTime(need.Size) : Now;
        var copies = _state.Data.HoldersOf(root).Where(IsReady).Select(h => new Copy(h, from)).ToList();
        foreach (var hop in Kept().Where(h => h.Root == root && IsReady(h.To) && !copies.Exists(c => c.Node == h.To)))
            copies.Add(new(hop.To, hop.State == HopState.Done || hop.Finish < Now ? Now : hop.Finish));
        _copies.Add(root, copies);
        return copies;
    }

    /// <summary>Whether the site may keep the dataset for a while.</summary>
    internal bool MayLieAt(SiteId site) =>
        _state.Data.Find(Request.Dataset, Request.Version)?.Sovereignty is not { Length: > 0 } law
        || string.Equals(_state.Sites.Sites[site].Sovereignty, law, StringComparison.Ordinal);

    /// <summary>The ready depot of the site that does least, or nothing.</summary>
    internal NodeId? DepotOf(SiteId site) => _state.Sites.Nodes.Values
        .Where(n => n.Id.Site == site && IsReady(n.Id))
        .OrderBy(n => _state.Data.OpenHopsTo(n.Id).Count()).ThenBy(n => n.Id)
        .Select(n => (NodeId?)n.Id)
        .FirstOrDefault();

    /// <summary>Takes the hop into the plan: its circuits are held, and from its end on its depot has the content.</summary>
    internal void Add(PlannedHop hop)
    {
        Calendar.Book(hop);
        Hops.Add(hop);
        _ = CopiesOf(hop.Root);
        _copies[hop.Root].Add(new(hop.To, hop.Finish));
    }

    /// <summary>What the hops cost, as the writer sees it.</summary>
    internal Money Price() => Hops.Aggregate(Money.Zero(), (sum, hop) => sum + TransportPrice.Of(
        Calendar.Network, new(hop.Size.Bytes - (Before(hop.Root, hop.To)?.BytesPaid ?? 0)), hop.Windows));

    private ImmutableArray<Need> OfVersion()
    {
        var needs = ImmutableArray.CreateBuilder<Need>();
        foreach (var site in Request.To)
        {
            foreach (var part in _state.Data.Find(Request.Dataset, Request.Version)!.Parts)
            {
                if (_state.Data.HoldersOf(part.Root).Any(h => h.Site == site) || Kept().Any(h => h.Root == part.Root && h.To.Site == site))
                    continue;
                if (TargetOf(part.Root, site) is not { } node)
                {
                    Fault = Domain.Fault.Of("no-ready-depot", site);
                    return [];
                }

                needs.Add(NeedOf(part.Root, part.Size, node));
            }
        }

        return needs.ToImmutable();
    }

    /// <summary>A depot that has a part of the content already goes on with it.</summary>
    private NodeId? TargetOf(ContentRoot root, SiteId site) =>
        _transfer?.Hops.FirstOrDefault(h => h.Root == root && h.To.Site == site && IsReady(h.To))?.To ?? DepotOf(site);

    private Need NeedOf(ContentRoot root, DataSize size, NodeId to) =>
        new(root, size, new(Math.Max(0, size.Bytes - (Before(root, to)?.BytesDone ?? 0))), to);

    private Hop? Before(ContentRoot root, NodeId to) => _transfer?.Hops.FirstOrDefault(
        h => h.State is not (HopState.Done or HopState.Moving) && h.Root == root && h.To == to);

    private IEnumerable<Hop> Kept() => _transfer?.Hops.Where(h => h.State is HopState.Done or HopState.Moving) ?? [];

    private bool IsReady(NodeId node) => _state.Sites.Nodes.TryGetValue(node, out var known) && known.State == NodeState.Ready;

    private TenantBound? Bound()
    {
        var tenant = _state.Accounts.Projects.GetValueOrDefault(Request.Project)?.Tenant;
        return tenant is { } known ? TenantCircuits.BoundOf(_state, known, _transfer?.Id ?? 0, Now) : null;
    }

    private static NetworkState WithoutWaiting(NetworkState network, Transfer transfer, DateTimeOffset now)
    {
        foreach (var window in transfer.Hops.Where(h => h.State == HopState.Waiting).SelectMany(h => h.Windows).Where(w => now < w.Finish))
        {
            foreach (var source in window.Sources)
                network = network.Evolve(new CircuitReleased(transfer.Id, source.Links, source.Rate, now > window.Start ? now : window.Start, window.Finish));
        }

        return network;
    }
}
