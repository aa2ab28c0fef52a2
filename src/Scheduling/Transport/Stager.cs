using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>What is sought among the ways that data can take.</summary>
internal enum Haste
{
    /// <summary>The cheapest way, and the earliest of those.</summary>
    Thrift,

    /// <summary>The earliest arrival, and the cheapest of those.</summary>
    Speed,
}

/// <summary>Plans how the inputs of a task come to a node, in one state of the domain.</summary>
internal sealed class Stager
{
    /// <summary>The rate between nodes of one site; no links are held for it.</summary>
    internal static readonly Bandwidth LocalRate = new(10_000_000_000);

    private static readonly List<Coming> Nothing = [];

    private readonly DateTimeOffset _now;
    private readonly PathBook _paths;
    private readonly Dictionary<ContentRoot, List<Coming>> _underway = [];
    private readonly Dictionary<TenantId, TenantBound?> _bounds = [];
    private DomainState _state;

    internal Stager(DomainState state, DateTimeOffset now)
    {
        (_state, _now, _paths) = (state, now, PathBook.Of(state.Network));
        foreach (var id in state.Data.Open)
            Note(state.Data.Transfers[id]);
    }

    /// <summary>Grows with every transfer that is ordered, so that answers can be kept until then.</summary>
    internal int Version { get; private set; }

    /// <summary>Sees what the round has proposed since.</summary>
    internal void Follow(DomainState state)
    {
        for (long id = _state.Data.Transfers.Count + 1; id <= state.Data.Transfers.Count; id++)
        {
            Note(state.Data.Transfers[id]);
            Version++;
        }

        if (!ReferenceEquals(state.Data, _state.Data))
            _bounds.Clear();
        _state = state;
    }

    /// <summary>What is held, and what may be held for jobs of the project.</summary>
    internal CircuitCalendar NewCalendar(ProjectId project) => new(_state.Network, BoundOf(_state.Accounts.Projects[project].Tenant));

    private TenantBound? BoundOf(TenantId tenant)
    {
        if (!_bounds.TryGetValue(tenant, out var bound))
            _bounds.Add(tenant, bound = TenantCircuits.BoundOf(_state, tenant, except: 0, _now));
        return bound;
    }

    internal DataDistance Distance(ImmutableArray<NeededPart> parts, NodeId node)
    {
        var (far, near) = (0L, 0L);
        foreach (var (part, _) in parts)
        {
            var holders = _state.Data.HoldersOf(part.Root);
            if (holders.Contains(node) || ComingOf(part.Root).Any(t => t.To == node))
                continue;
            if (holders.Any(h => h.Site == node.Site && IsReady(h)))
                near += part.Size.Bytes;
            else
                far += part.Size.Bytes;
        }

        return new(far, near);
    }

    /// <summary>
    /// The plan to bring the parts to the node. Unless the copy is needed at once, what a sister node is receiving is
    /// not sent to the site a second time.
    /// </summary>
    internal StagingPlan Plan(
        ImmutableArray<NeededPart> parts, NodeId node, Haste haste, CircuitCalendar calendar, bool mayDefer)
    {
        var plan = StagingPlan.Nothing(_now);
        if (parts.IsEmpty)
            return plan;
        var transfers = ImmutableArray.CreateBuilder<PlannedTransfer>();
        foreach (var needed in parts)
        {
            var holders = _state.Data.HoldersOf(needed.Part.Root);
            if (holders.Contains(node))
                continue;
            if (ComingOf(needed.Part.Root).Find(t => t.To == node) is { } moving)
            {
                plan = plan with { Ready = Latest(plan.Ready, moving.Finish) };
                continue;
            }

            var way = Nearby(needed, node, holders) ?? (mayDefer ? Awaited(needed, node) : null) ?? Far(needed, node, holders, haste, calendar);
            if (way is not { } found)
                return plan with { Missing = needed };
            plan = plan with { Ready = Latest(plan.Ready, found.Finish), IsDeferred = plan.IsDeferred || found.Transfer is null };
            if (found.Transfer is not { } transfer)
                continue;
            var window = new Window(transfer.Rate, transfer.Start, transfer.Finish);
            plan = plan with { Held = plan.Held ?? calendar.HeldBack(transfer.Links, window, transfer.Size, _now) };
            calendar.Book(transfer.Links, window);
            transfers.Add(transfer);
            plan = plan with { Price = plan.Price + found.Price };
        }

        return plan with { Transfers = transfers.ToImmutable() };
    }

    /// <summary>
    /// The plan to bring the parts to the node where at most one of them is not at its site and takes the way; nothing where
    /// that cannot be done.
    /// </summary>
    internal StagingPlan? Along(ImmutableArray<NeededPart> parts, NodeId node, CircuitWay? way, CircuitCalendar calendar)
    {
        var (plan, transfers) = (StagingPlan.Nothing(_now), ImmutableArray.CreateBuilder<PlannedTransfer>());
        foreach (var needed in parts)
        {
            var holders = _state.Data.HoldersOf(needed.Part.Root);
            if (holders.Contains(node))
                continue;
            if ((Nearby(needed, node, holders) ?? Along((needed, node), holders, way, calendar)) is not { Transfer: { } transfer } found
                || ComingOf(needed.Part.Root).Any(t => t.To.Site == node.Site))
                return null;
            way = transfer.Links.IsEmpty ? way : null;
            transfers.Add(transfer);
            plan = plan with { Ready = Latest(plan.Ready, found.Finish), Price = plan.Price + found.Price };
        }

        return plan with { Transfers = transfers.ToImmutable() };
    }

    private Way? Along((NeededPart Part, NodeId Node) wanted, ImmutableSortedSet<NodeId> holders, CircuitWay? way, CircuitCalendar calendar)
    {
        var (needed, node) = wanted;
        if (way is null || calendar.Earliest(way, needed.Part.Size, _now) is not { } window
            || calendar.HeldBack(way.Links, window, needed.Part.Size, _now) is not null)
            return null;
        var (from, to) = (_state.Network.Links[way.Links[0]].From, _state.Network.Links[way.Links[^1]].To);
        foreach (var holder in holders)
        {
            if (holder.Site == from && to == node.Site && IsReady(holder))
                return new(window.Finish, TransportPrice.Of(_state.Network, needed.Part.Size, way.Links, window.Start, window.Finish), Order(needed, holder, node, way.Links, window));
        }

        return null;
    }

    private Way? Nearby(NeededPart needed, NodeId node, ImmutableSortedSet<NodeId> holders)
    {
        foreach (var holder in holders)
        {
            if (holder.Site == node.Site && IsReady(holder))
            {
                var finish = _now + CircuitCalendar.HoldTime(needed.Part.Size, LocalRate);
                return new(finish, Money.Zero(), Order(needed, holder, node, [], new(LocalRate, _now, finish)));
            }
        }

        return null;
    }

    private Way? Awaited(NeededPart needed, NodeId node)
    {
        DateTimeOffset? soonest = null;
        foreach (var transfer in ComingOf(needed.Part.Root))
        {
            if (transfer.To.Site == node.Site && (soonest is null || transfer.Finish < soonest))
                soonest = transfer.Finish;
        }

        return soonest is { } at
            ? new(Latest(_now, at) + CircuitCalendar.HoldTime(needed.Part.Size, LocalRate), Money.Zero(), Transfer: null)
            : null;
    }

    private Way? Far(
        NeededPart needed, NodeId node, ImmutableSortedSet<NodeId> holders, Haste haste, CircuitCalendar calendar)
    {
        Way? best = null;
        foreach (var holder in holders.Where(h => h.Site != node.Site && IsReady(h)))
        {
            foreach (var path in _paths.Between(holder.Site, node.Site))
            {
                if (calendar.Earliest(path, needed.Part.Size, _now) is not { } window)
                    continue;
                var price = TransportPrice.Of(_state.Network, needed.Part.Size, path.Links, window.Start, window.Finish);
                if (best is null || IsBetter(haste, (price, window.Finish), (best.Value.Price, best.Value.Finish)))
                    best = new(window.Finish, price, Order(needed, holder, node, path.Links, window));
            }
        }

        return best;
    }

    private static bool IsBetter(Haste haste, (Money Price, DateTimeOffset Finish) left, (Money Price, DateTimeOffset Finish) right) =>
        haste == Haste.Thrift
            ? left.Price < right.Price || (left.Price == right.Price && left.Finish < right.Finish)
            : left.Finish < right.Finish || (left.Finish == right.Finish && left.Price < right.Price);

    private static PlannedTransfer Order(
        NeededPart needed, NodeId from, NodeId to, ImmutableArray<LinkId> links, Window window) =>
        new(needed.Part.Root, needed.Label, from, to, links, window.Rate, needed.Part.Size, window.Start, window.Finish);

    private void Note(Transfer transfer)
    {
        if (!DataState.IsAwaited(transfer))
            return;
        foreach (var hop in transfer.Hops.Where(h => h.HoldsCircuits && transfer.IsTarget(h)))
        {
            if (!_underway.TryGetValue(hop.Root, out var coming))
                _underway.Add(hop.Root, coming = []);
            coming.Add(new(hop.To, hop.Finish));
        }
    }

    private List<Coming> ComingOf(ContentRoot root) => _underway.GetValueOrDefault(root) ?? Nothing;

    private bool IsReady(NodeId node) =>
        _state.Sites.Nodes.TryGetValue(node, out var known) && known.State == NodeState.Ready;

    private static DateTimeOffset Latest(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private sealed record Coming(NodeId To, DateTimeOffset Finish);

    private readonly record struct Way(DateTimeOffset Finish, Money Price, PlannedTransfer? Transfer);
}
