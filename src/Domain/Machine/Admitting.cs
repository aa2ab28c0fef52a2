using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Networking.Calendar;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>
/// Which transfers are taken in. A planner proposes hops; here every rule is checked again, for its picture may be old, and
/// circuits and money are taken in one decision, or nothing is.
/// </summary>
internal static class Admitting
{
    private const int HopCountMax = 4_096;
    private const int WindowCountMax = 1_000;
    internal static readonly TimeSpan StartTolerance = TimeSpan.FromMinutes(1);

    internal static Decision Order(DomainState state, OrderTransfer c, DateTimeOffset now)
    {
        var key = c.Request.IdempotencyKey;
        if (key.Value.Length > 0 && state.Data.ByKey.TryGetValue(key, out var made))
            return new([], Fault: null, made);
        var draft = new Draft(state, now);
        return Admit(draft, c.Request, c.Hops) is { } fault ? new([], fault, Value: 0) : draft.Decide(draft.State.Data.Transfers.Count);
    }

    internal static Decision Replan(DomainState state, ReplanTransfer c, DateTimeOffset now)
    {
        if (!state.Data.Transfers.TryGet(c.Transfer, out var transfer))
            return Decision.Refuse("no-such-transfer", c.Transfer);
        if (!transfer.IsOpen)
            return Decision.Refuse("transfer-over", c.Transfer);
        if (c.IsResumed != (transfer.State == TransferState.Paused))
            return c.IsResumed ? Decision.Nothing : Decision.Refuse("transfer-paused", c.Transfer);

        var draft = new Draft(state, now);
        return Replan(draft, c) is { } fault ? new([], fault, Value: 0) : draft.Decide(c.Transfer);
    }

    /// <summary>Takes the transfer in; nothing, or why not.</summary>
    internal static Fault? Admit(Draft draft, TransferRequest request, ImmutableArray<PlannedHop> planned)
    {
        if (RequestFault(draft.State, request, planned) is { } wrong)
            return wrong;
        var id = draft.State.Data.Transfers.Count + 1;
        var booking = new Booking(draft, request, id, []) { Planned = planned };
        foreach (var hop in planned)
        {
            if (booking.Add(hop, before: null) is { } fault)
                return fault;
        }

        if (Missing(draft.State, request, booking.Hops) is { } missing)
            return missing;
        if (TransferMoney.Reserve(draft, request, booking.Price) is { } unpaid)
            return unpaid;
        var arrival = booking.Hops.Max(h => h.Finish) + Transfer.HandOver;
        draft.Add(new TransferOrdered(new(
            id, request, [.. booking.Hops], TransferState.Admitted, booking.Price, Money.Zero(), draft.Now, arrival, arrival,
            EndedAt: null, draft.State.Network.LinkChanges, FailureCount: 0, Reason: "", Sealing.Of(booking.Hops, before: null))));
        Transferring.StartDue(draft, id);
        return null;
    }

    private static Fault? Replan(Draft draft, ReplanTransfer c)
    {
        var before = draft.State.Data.Transfers[c.Transfer];
        var replaced = before.Hops.Where(h => h.State is not (HopState.Done or HopState.Moving)).ToList();
        if (replaced.Count == 0)
            return Fault.Of("bad-window");
        Release(draft, c.Transfer, before);
        var agreed = replaced.Aggregate(Money.Zero(), (sum, h) => sum + h.Price);
        TransferMoney.Settle(draft, c.Transfer, agreed, Money.Zero());

        var booking = new Booking(draft, before.Request, c.Transfer, before.Hops.Where(h => h.State is HopState.Done or HopState.Moving)) { Planned = c.Hops };
        foreach (var hop in c.Hops)
        {
            if (booking.Add(hop, replaced.Find(h => h.Root == hop.Root && h.To == hop.To)) is { } fault)
                return fault;
        }

        if (Missing(draft.State, before.Request, booking.Hops) is { } missing)
            return missing;
        if (!c.IsResumed)
            booking.KeepPrice(agreed);
        if (TransferMoney.Reserve(draft, before.Request, booking.Price) is { } unpaid)
            return unpaid;
        var now = draft.State.Data.Transfers[c.Transfer];
        draft.Add(new TransferMoneyChanged(c.Transfer, now.Held + booking.Price, now.Charged));
        draft.Add(new TransferReplanned(
            c.Transfer, [.. booking.Hops], booking.Hops.Select(h => h.Finish + Transfer.HandOver).Append(draft.Now).Max(), c.IsResumed, draft.State.Network.LinkChanges, draft.Now,
            Sealing.Of(booking.Hops, before)));
        Sealing.ClearLeft(draft, before, booking.Hops);
        Transferring.Strand(draft, c.Transfer);
        Transferring.StartDue(draft, c.Transfer);
        if (booking.Hops.TrueForAll(h => h.State == HopState.Done))
            Transferring.Finish(draft, c.Transfer, TransferState.Done, ""); // Something else has brought what was missing.
        return null;
    }

    /// <summary>Gives back the circuits of what waits; what moves keeps its own.</summary>
    private static void Release(Draft draft, long id, Transfer transfer)
    {
        foreach (var window in transfer.Hops.Where(h => h.State == HopState.Waiting).SelectMany(h => h.Windows).Where(w => draft.Now < w.Finish))
        {
            var from = draft.Now > window.Start ? draft.Now : window.Start;
            foreach (var source in window.Sources.Where(s => !s.Links.IsEmpty))
                draft.Add(new CircuitReleased(id, source.Links, source.Rate, from, window.Finish));
        }
    }

    private static Fault? RequestFault(DomainState state, TransferRequest request, ImmutableArray<PlannedHop> planned)
    {
        if (!state.Accounts.Projects.ContainsKey(request.Project))
            return Fault.Of("no-such-project", request.Project);
        if (request.Job != 0 && !state.Jobs.Jobs.Contains(request.Job))
            return Fault.Of("no-such-job", request.Job);
        if (request.To.IsEmpty || request.To.Length > TransferRules.SiteCountMax || request.Priority is < 0 or > TransferRules.PriorityMax)
            return Fault.Of("bad-transfer", TransferRules.SiteCountMax, TransferRules.PriorityMax);
        if (planned.IsEmpty || planned.Length > HopCountMax)
            return Fault.Of("bad-window");
        foreach (var to in request.To)
        {
            if (!state.Sites.Sites.TryGetValue(to, out var site))
                return Fault.Of("no-such-site", to);
            if (request.Version > 0 && LawFault(state, request, site) is { } unlawful)
                return unlawful;
        }

        return null;
    }

    private static Fault? LawFault(DomainState state, TransferRequest request, Site site)
    {
        if (state.Data.Find(request.Dataset, request.Version) is not { } version)
            return Fault.Of("no-such-dataset", request.Dataset);
        return version.Sovereignty.Length > 0 && !string.Equals(version.Sovereignty, site.Sovereignty, StringComparison.Ordinal)
            ? Fault.Of("sovereignty", request.Dataset, version.Sovereignty, site.Id, site.Sovereignty)
            : null;
    }

    /// <summary>A part that no hop brings to a site that wants it.</summary>
    private static Fault? Missing(DomainState state, TransferRequest request, List<Hop> hops)
    {
        if (request.Version == 0)
            return null;
        foreach (var site in request.To)
        {
            foreach (var part in state.Data.Find(request.Dataset, request.Version)!.Parts)
            {
                if (!state.Data.HoldersOf(part.Root).Any(h => h.Site == site) && !hops.Exists(h => h.Root == part.Root && h.To.Site == site))
                    return Fault.Of("transfer-incomplete", request.Dataset, site);
            }
        }

        return null;
    }

    /// <summary>Hops taken one after the other: each is checked beside the circuits of those before it.</summary>
    private sealed class Booking(Draft draft, TransferRequest request, long id, IEnumerable<Hop> kept)
    {
        private Timeline? _mine;
        private Bandwidth _most;

        internal List<Hop> Hops { get; } = [.. kept];

        /// <summary>All hops of the plan: targets that get a part at the same time may give it to each other.</summary>
        internal required ImmutableArray<PlannedHop> Planned { get; init; }

        /// <summary>The price of the hops that were added.</summary>
        internal Money Price { get; private set; } = Money.Zero();

        /// <summary>What was agreed is not exceeded because another way had to be found: the dearer hops cost as much less.</summary>
        internal void KeepPrice(Money agreed)
        {
            var over = Price - agreed;
            for (var index = Hops.Count - 1; index >= 0 && over.Amount > 0; index--)
            {
                var hop = Hops[index];
                if (hop.State != HopState.Waiting)
                    continue;
                var less = hop.Price < over ? hop.Price : over;
                Hops[index] = hop with { Price = hop.Price - less };
                (over, Price) = (over - less, Price - less);
            }
        }

        internal Fault? Add(PlannedHop planned, Hop? before)
        {
            var state = draft.State;
            if (!state.Sites.Nodes.TryGetValue(planned.To, out var to) || to.State != NodeState.Ready)
                return Fault.Of("node-not-ready", planned.To); // Nobody would ever say what became of it.
            if (!request.To.Contains(planned.To.Site) && LawFault(state, request, state.Sites.Sites[planned.To.Site]) is { } unlawful)
                return unlawful;
            if (planned.Windows.IsEmpty || planned.Windows.Length > WindowCountMax)
                return Fault.Of("bad-window");
            var earliest = draft.Now - StartTolerance;
            foreach (var window in planned.Windows)
            {
                if (WindowFault(planned, window, earliest) is { } fault)
                    return fault;
                earliest = window.Finish;
            }

            var sealer = Sealing.SealerOf(state.Data, request, planned, Hops);
            if (SealFault(planned, sealer) is { } unsealed)
                return unsealed;
            // What came to a relay under another seal is of no use.
            if (before?.Sealer != sealer && !request.To.Contains(planned.To.Site))
                before = null;
            var (done, paid) = (before?.BytesDone ?? 0, before?.BytesPaid ?? 0);
            var price = TransportPrice.Of(state.Network, new(planned.Size.Bytes - paid), planned.Windows);
            Price += price;
            Hops.Add(new(planned.Root, planned.Size, planned.To, planned.Windows, HopState.Waiting, Fetch: 0, Window: 0, done, paid, BytesMoved: 0, price, sealer));
            return null;
        }

        /// <summary>Whoever sends must have it encrypted by the same depot, and a target's agent must have said by which key to reach it.</summary>
        private Fault? SealFault(PlannedHop hop, NodeId sealer)
        {
            if (sealer == default)
                return null;
            var others = hop.Windows.SelectMany(w => w.Sources).Select(s => s.From).Where(from => from != sealer);
            if (others.FirstOrDefault(from => !Planned.Any(h => h.Root == hop.Root && h.To == from) && !Hops.Exists(h => h.Root == hop.Root && h.To == from && h.Sealer == sealer)) is { Value: not null } stranger)
                return Fault.Of("no-replica", stranger);
            return request.To.Contains(hop.To.Site) && draft.State.Sites.Nodes[hop.To].PublicKey is not { Length: > 0 } ? Fault.Of("no-public-key", hop.To) : null;
        }

        private Fault? WindowFault(PlannedHop hop, HopWindow window, DateTimeOffset earliest)
        {
            if (window.Finish <= window.Start || window.Start < earliest || window.Sources.IsEmpty || window.Sources.Length > TransferRules.SourceCountMax)
                return Fault.Of("bad-window");
            foreach (var source in window.Sources)
            {
                if (SourceFault(hop, window, source) is { } fault)
                    return fault;
                if (source.Links.IsEmpty)
                    continue;
                if (NetworkRules.FirstFull(draft.State.Network, source.Links, source.Rate, window.Start, window.Finish) is { } full)
                    return Fault.Of("link-full", full, source.Rate);
                if (!FitsCap(window, source.Rate))
                    return Fault.Of("quota", TenantId, "bandwidth");
                draft.Add(new CircuitBooked(id, source.Links, source.Rate, window.Start, window.Finish));
            }

            return null;
        }

        private Fault? SourceFault(PlannedHop hop, HopWindow window, HopSource source)
        {
            if (source.Rate <= Bandwidth.Zero)
                return Fault.Of("bad-window");
            if (!HasContent(hop, window, source) && !(IsPeer(hop, window, source) && window.Sources.Any(s => HasContent(hop, window, s))))
                return Fault.Of("no-replica", source.From);
            return Joins(draft.State.Network, source, hop.To) ? null : Fault.Of("no-path", source.From.Site, hop.To.Site);
        }

        /// <summary>It holds the content, or a hop that was taken before brings it there first.</summary>
        private bool HasContent(PlannedHop hop, HopWindow window, HopSource source) => draft.State.Data.HoldersOf(hop.Root).Contains(source.From)
            || Hops.Exists(h => h.Root == hop.Root && h.To == source.From && !IsPeer(hop, window, source));

        private bool IsPeer(PlannedHop hop, HopWindow window, HopSource source) => source.From != hop.To
            && Planned.Any(h => h.To == source.From && TransferRules.IsPeer(h.Root, h.Windows, hop.Root, window));

        private TenantId TenantId => draft.State.Accounts.Projects[request.Project].Tenant;

        /// <summary>Whether the tenant's circuits stay under its bandwidth, whatever they are for.</summary>
        private bool FitsCap(HopWindow window, Bandwidth rate)
        {
            if (_mine is null)
            {
                if (TenantCircuits.BoundOf(draft.State, TenantId, except: id, draft.Now) is not { } bound)
                    return true;
                (_mine, _most) = (bound.Held, bound.Most);
            }

            if (_mine.MaxIn(window.Start, window.Finish) + rate.BitsPerSecond > _most.BitsPerSecond)
                return false;
            _mine = _mine.Add(window.Start, window.Finish, rate.BitsPerSecond);
            return true;
        }
    }

    private static bool Joins(NetworkState network, HopSource source, NodeId to)
    {
        var here = source.From.Site;
        foreach (var id in source.Links)
        {
            if (!network.Links.TryGetValue(id, out var link) || link.From != here)
                return false;
            here = link.To;
        }

        return here == to.Site;
    }
}
