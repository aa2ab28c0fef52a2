using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>The hop that a fetch is for.</summary>
/// <param name="Transfer">The transfer's number.</param>
/// <param name="Hop">The hop's place in it, from 0.</param>
[MemoryPackable]
public readonly partial record struct HopKey(long Transfer, int Hop);

/// <summary>Datasets, where their parts lie, and transfers.</summary>
/// <param name="Datasets">The datasets.</param>
/// <param name="Replicas">The depots that hold each content.</param>
/// <param name="Transfers">Every transfer.</param>
/// <param name="Open">The transfers that are not over.</param>
/// <param name="Fetches">What depots pull now, by the number of the order.</param>
/// <param name="FetchCount">How many orders to pull there ever were.</param>
/// <param name="ByKey">The transfer that each key made.</param>
/// <param name="Index">The open transfers by what is asked about them all the time.</param>
[MemoryPackable]
public sealed partial record DataState(
    ImmutableSortedDictionary<DatasetId, Dataset> Datasets,
    ImmutableSortedDictionary<ContentRoot, ImmutableSortedSet<NodeId>> Replicas,
    IdMap<Transfer> Transfers,
    ImmutableSortedSet<long> Open,
    ImmutableSortedDictionary<long, HopKey> Fetches,
    long FetchCount,
    ImmutableSortedDictionary<SecretHash, long> ByKey,
    TransferIndex Index)
{
    /// <summary>No data.</summary>
    public static readonly DataState Empty = new(
        ImmutableSortedDictionary<DatasetId, Dataset>.Empty,
        ImmutableSortedDictionary<ContentRoot, ImmutableSortedSet<NodeId>>.Empty, IdMap<Transfer>.Empty, [],
        ImmutableSortedDictionary<long, HopKey>.Empty, FetchCount: 0, ImmutableSortedDictionary<SecretHash, long>.Empty,
        TransferIndex.Empty);

    /// <summary>The depots that hold the content, whole.</summary>
    public ImmutableSortedSet<NodeId> HoldersOf(ContentRoot root) => Replicas.GetValueOrDefault(root, []);

    /// <summary>The hops of open transfers that have not arrived, with their transfers.</summary>
    [MemoryPackIgnore]
    public IEnumerable<(Transfer Transfer, Hop Hop)> OpenHops => Open.Select(id => Transfers[id])
        .SelectMany(t => t.Hops.Where(h => h.State != HopState.Done), (t, h) => (t, h));

    /// <summary>Those of them that lead to the depot.</summary>
    public IEnumerable<(Transfer Transfer, Hop Hop)> OpenHopsTo(NodeId to) => Index.To(to).Select(id => Transfers[id])
        .SelectMany(t => t.Hops.Where(h => h.State != HopState.Done && h.To == to), (t, h) => (t, h));

    /// <summary>
    /// The transfer that is bringing the content to the depot for good and soon, or nothing: one that is paused, or waits
    /// for cheap hours, is not waited for.
    /// </summary>
    public Transfer? Underway(ContentRoot root, NodeId to) => Index.To(to, root).Select(id => Transfers[id]).FirstOrDefault(t =>
        IsAwaited(t) && t.Hops.Any(h => h.HoldsCircuits && h.Root == root && h.To == to && t.IsTarget(h)));

    /// <summary>Whether tasks may wait for the transfer.</summary>
    public static bool IsAwaited(Transfer transfer) =>
        transfer.State != TransferState.Paused && transfer.Request.Mode != TransferMode.Offpeak;

    /// <summary>The version that <c>name</c> or <c>name@version</c> means in the project, or nothing.</summary>
    public DatasetVersion? Find(ProjectId project, string reference)
    {
        if (!Datasets.TryGetValue(DatasetOf(project, reference), out var dataset))
            return null;
        if (NumberOf(reference) is not { } text)
            return dataset.Latest;
        return int.TryParse(text, out var number) ? dataset.Versions.FirstOrDefault(v => v.Number == number) : null;
    }

    /// <summary>
    /// The version that the reference means at the node, or nothing. Where it names none, that is the newest of which the node
    /// holds everything: a newer one may have come to another node since the data was brought here.
    /// </summary>
    public DatasetVersion? FindAt(ProjectId project, string reference, NodeId node)
    {
        if (NumberOf(reference) is not null || !Datasets.TryGetValue(DatasetOf(project, reference), out var dataset))
            return Find(project, reference);
        return dataset.Versions.LastOrDefault(v => v.Parts.All(p => HoldersOf(p.Root).Contains(node))) ?? dataset.Latest;
    }

    /// <summary>The dataset that the reference names, whichever version.</summary>
    public static DatasetId DatasetOf(ProjectId project, string reference)
    {
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        return DatasetId.Of(project, at < 0 ? reference : reference[..at]);
    }

    private static string? NumberOf(string reference) =>
        reference.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? reference[(at + 1)..] : null;

    /// <summary>The version of the number, or nothing.</summary>
    public DatasetVersion? Find(DatasetId dataset, int version) =>
        Datasets.TryGetValue(dataset, out var known) ? known.Versions.FirstOrDefault(v => v.Number == version) : null;

    /// <summary>Whether a result has yet to be brought to the site that asked for it.</summary>
    [MemoryPackIgnore]
    public bool HasUndelivered => Datasets.Values.Any(d => d.Versions.Any(v =>
        v.DeliverTo.Value.Length > 0 && v.Parts.Any(p => !HoldersOf(p.Root).Any(n => n.Site == v.DeliverTo))));

    /// <summary>The transfers that need another way, or may find a cheaper one since the links have changed, by number.</summary>
    public IEnumerable<Transfer> NeedingPlan(long linkChanges, DateTimeOffset now) => Index.Suspects(linkChanges, now)
        .Select(id => Transfers[id]).Where(t => TransferRules.NeedsPlan(t, linkChanges, now));

    /// <summary>The only thing that changes the data. Events of other features pass by.</summary>
    public DataState Evolve(DomainEvent happened) => happened switch
    {
        DatasetRegistered e => this with { Datasets = Datasets.SetItem(e.Dataset, Register(e)) },
        DatasetRemoved e => this with { Datasets = Datasets.Remove(e.Dataset) },
        ReplicaAdded e => this with { Replicas = Replicas.SetItem(e.Root, HoldersOf(e.Root).Add(e.Node)) },
        ReplicasForgotten e => this with { Replicas = Replicas.Remove(e.Root) },
        TransferOrdered e => Order(e.Transfer),
        HopStarted e => Start(e),
        HopMarked e => With(e.Transfer, t => t.WithHop(e.Hop, h => h with { BytesDone = e.BytesDone })),
        HopHalted e => Halt(e),
        HopEnded e => End(e),
        PartSealed e => With(e.Transfer, t => t.WithSeal(e.Seal)),
        TransferPaused e => With(e.Transfer, t => t with { State = TransferState.Paused }),
        TransferReplanned e => With(e.Transfer, t => t.Replanned(e)).WithFetchesOf(e.Transfer),
        TransferMoneyChanged e => With(e.Transfer, t => t with { Held = e.Held, Charged = e.Charged }),
        TransferEnded e => With(e.Transfer, t => t with { State = e.State, EndedAt = e.At, Reason = e.Reason }) with { Open = Open.Remove(e.Transfer) },
        _ => this,
    };

    private Dataset Register(DatasetRegistered e) => Datasets.TryGetValue(e.Dataset, out var known)
        ? known with { Versions = known.Versions.Add(e.Version) }
        : new(e.Dataset, [e.Version]);

    private DataState Order(Transfer transfer) => this with
    {
        Transfers = Transfers.Set(transfer.Id, transfer),
        Open = Open.Add(transfer.Id),
        Index = Index.With(before: null, transfer),
        ByKey = transfer.Request.IdempotencyKey.Value.Length > 0 ? ByKey.SetItem(transfer.Request.IdempotencyKey, transfer.Id) : ByKey,
    };

    private DataState Start(HopStarted e) =>
        With(e.Transfer, t => t.WithHop(e.Hop, h => h with { State = HopState.Moving, Fetch = e.Fetch, Window = e.Window }) with { State = TransferState.Moving }) with
        {
            Fetches = Fetches.Add(e.Fetch, new(e.Transfer, e.Hop)),
            FetchCount = e.Fetch,
        };

    private DataState Halt(HopHalted e) => WithoutFetch(e.Transfer, e.Hop).With(e.Transfer, t => t.WithHop(e.Hop, h => h with
    {
        State = e.State,
        Fetch = 0,
        Window = h.WindowAt(e.At),
        BytesPaid = e.State == HopState.Paused ? h.BytesDone : h.BytesPaid,
        Price = h.Price - e.Charge,
    }));

    private DataState End(HopEnded e) => WithoutFetch(e.Transfer, e.Hop).With(e.Transfer, t => t.WithHop(e.Hop, h => h with
    {
        State = e.Succeeded ? HopState.Done : HopState.Failed,
        Fetch = 0,
        BytesDone = e.Succeeded ? h.Size.Bytes : h.BytesDone,
        BytesMoved = e.BytesMoved,
    }) with
    {
        FailureCount = t.FailureCount + (e.Succeeded ? 0 : 1),
        Reason = e.Succeeded ? t.Reason : e.Reason,
    });

    private DataState WithoutFetch(long transfer, int hop) => this with { Fetches = Fetches.Remove(Transfers[transfer].Hops[hop].Fetch) };

    /// <summary>Hops change their places when others are put in; what moves keeps its order.</summary>
    private DataState WithFetchesOf(long transfer)
    {
        var fetches = Fetches;
        foreach (var (hop, index) in Transfers[transfer].Hops.Select((hop, index) => (hop, index)))
        {
            if (hop.Fetch != 0)
                fetches = fetches.SetItem(hop.Fetch, new(transfer, index));
        }

        return this with { Fetches = fetches };
    }

    private DataState With(long id, Func<Transfer, Transfer> change)
    {
        var (before, after) = (Transfers[id], change(Transfers[id]));
        return this with { Transfers = Transfers.Set(id, after), Index = Index.With(before, after) };
    }
}

/// <summary>How a transfer changes.</summary>
internal static class TransferChanges
{
    internal static Transfer WithHop(this Transfer transfer, int index, Func<Hop, Hop> change) =>
        transfer with { Hops = transfer.Hops.SetItem(index, change(transfer.Hops[index])) };

    internal static Transfer WithSeal(this Transfer transfer, TransferSeal made) =>
        transfer with { Seals = [.. transfer.Seals.Select(s => s.Root == made.Root && s.By == made.By ? made : s)] };

    internal static Transfer Replanned(this Transfer transfer, TransferReplanned e) => transfer with
    {
        Hops = e.Hops,
        State = transfer.State == TransferState.Paused ? TransferState.Admitted : transfer.State,
        Expected = e.Expected,
        Promised = e.IsResumed ? e.Expected : transfer.Promised,
        LinkChanges = e.LinkChanges,
        Seals = e.Seals,
    };
}
