using System.Collections.Immutable;
using Meridian.Domain.Data;

namespace Meridian.Domain.Machine;

/// <summary>Parts that travel encrypted: who encrypts, what depots say of it, and what they may forget when it is over.</summary>
internal static class Sealing
{
    private const int KeyLengthMax = 1_024;

    internal static Decision Report(DomainState state, ReportSeal c, DateTimeOffset now)
    {
        if (!state.Data.Transfers.TryGet(c.Transfer, out var transfer) || !transfer.IsOpen
            || transfer.SealBy(c.Seal.Root, c.Seal.By) is not { } known || !transfer.Awaits(known))
            return Decision.Nothing;

        var draft = new Draft(state, now);
        if (c.Reason.Length > 0)
        {
            var index = transfer.Hops.IndexOf(transfer.Hops.First(h =>
                h.State is not (HopState.Done or HopState.Moving) && h.Root == known.Root && h.Sealer == known.By && !transfer.IsSealReady(h)));
            if (transfer.Hops[index].State == HopState.Waiting)
                Transferring.Fail(draft, new(c.Transfer, index), c.Reason);
            return draft.Decide();
        }

        ImmutableArray<SealedKey> fresh = [.. c.Seal.Keys.Where(k => k.Text.Length <= KeyLengthMax && transfer.Request.To.Contains(k.For.Site))];
        // A depot that calls it otherwise than before has another key: what it gave for that one opens nothing any more.
        var kept = known.Name == c.Seal.Name ? known.Keys.Where(k => fresh.All(f => f.For != k.For)) : [];
        draft.Add(new PartSealed(c.Transfer, known with { Name = c.Seal.Name, Keys = [.. kept, .. fresh] }, now));
        Transferring.StartDue(draft, c.Transfer);
        return draft.Decide();
    }

    /// <summary>The depot that encrypts what the hop brings, or no name: whoever encrypted it on its way to the source, or else the source.</summary>
    internal static NodeId SealerOf(DataState data, TransferRequest request, PlannedHop hop, IReadOnlyList<Hop> before)
    {
        var source = hop.Windows[0].Sources.Select(s => s.From).FirstOrDefault(data.HoldersOf(hop.Root).Contains, hop.Windows[0].Sources[0].From);
        if (!data.HoldersOf(hop.Root).Contains(source) && before.FirstOrDefault(h => h.Root == hop.Root && h.To == source) is { IsSealed: true } way)
            return way.Sealer;
        return request.IsSealed || !request.To.Contains(hop.To.Site) ? source : default;
    }

    /// <summary>The seals of the hops. What is known of one stays, unless its own depot failed to serve it and nobody moves under it.</summary>
    internal static ImmutableArray<TransferSeal> Of(IReadOnlyList<Hop> hops, Transfer? before) =>
    [
        .. hops.Where(h => h.IsSealed).Select(h => (h.Root, h.Sealer)).Distinct().Select(s =>
            before?.SealBy(s.Root, s.Sealer) is { } known
            && (hops.Any(h => h.State == HopState.Moving && h.Root == s.Root && h.Sealer == s.Sealer)
                || !before.Hops.Any(h => h.State == HopState.Failed && IsServedBySealer(h, known)))
                ? known : TransferSeal.ToMake(s.Root, s.Sealer)),
    ];

    /// <summary>Relays may drop what lay there, and those who encrypted or opened it the encrypted form, unless another transfer needs it.</summary>
    internal static void Clear(Draft draft, long id)
    {
        var transfer = draft.State.Data.Transfers[id];
        var places = transfer.Hops.Where(h => !transfer.IsTarget(h) || h.IsSealed).SelectMany(h => Places(transfer, h)).Distinct();
        foreach (var (name, node) in places.ToList())
            Clear(draft, name, node);
    }

    /// <summary>Relays that no longer are on the way may drop what came there.</summary>
    internal static void ClearLeft(Draft draft, Transfer before, IReadOnlyList<Hop> hops)
    {
        foreach (var hop in before.Hops.Where(h => !before.IsTarget(h) && !hops.Any(n => n.To == h.To && n.Root == h.Root && n.Sealer == h.Sealer)))
        {
            if (before.NameOf(hop) is { } name)
                Clear(draft, name, hop.To);
        }
    }

    private static IEnumerable<(ContentRoot Name, NodeId Node)> Places(Transfer transfer, Hop hop)
    {
        if (transfer.NameOf(hop) is not { } name)
            return [];
        return hop.IsSealed ? [(name, hop.To), (name, hop.Sealer)] : [(name, hop.To)];
    }

    private static void Clear(Draft draft, ContentRoot name, NodeId node)
    {
        var data = draft.State.Data;
        var isNeeded = data.HoldersOf(name).Contains(node) || data.Open.Select(open => data.Transfers[open]).Any(t =>
            t.Hops.Any(h => t.NameOf(h) is { } other ? other == name && (h.To == node || h.Sealer == node) : h.Sealer == node));
        if (!isNeeded)
            draft.Add(new RelayCleared(name, node));
    }

    private static bool IsServedBySealer(Hop hop, TransferSeal seal) =>
        hop.Root == seal.Root && hop.Sealer == seal.By && hop.Windows.Any(w => w.Sources.Any(s => s.From == seal.By));
}
