using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>One Merkle tree of a dataset version; the tasks of an array leave one each.</summary>
/// <param name="Root">The content.</param>
/// <param name="Size">The amount of data.</param>
/// <param name="FileCount">The number of files.</param>
[MemoryPackable]
public sealed partial record DatasetPart(ContentRoot Root, DataSize Size, int FileCount);

/// <summary>A version of a dataset: its parts side by side.</summary>
/// <param name="Number">The version, from 1.</param>
/// <param name="Parts">The content.</param>
/// <param name="Sovereignty">The law that its content stays under, or empty for none.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="Job">The job that made it, or 0 for an upload.</param>
/// <param name="DeliverTo">The site that it is to be brought to, or an empty name.</param>
[MemoryPackable]
public sealed partial record DatasetVersion(
    int Number, ImmutableArray<DatasetPart> Parts, string Sovereignty, [property: CanonicalTime] DateTimeOffset CreatedAt, long Job, SiteId DeliverTo)
{
    /// <summary>The amount of data in all parts.</summary>
    [MemoryPackIgnore]
    public DataSize Size => new(Parts.Sum(p => p.Size.Bytes));
}

/// <summary>A named dataset and its versions, the newest last.</summary>
[MemoryPackable]
public sealed partial record Dataset(DatasetId Id, ImmutableArray<DatasetVersion> Versions)
{
    /// <summary>The newest version.</summary>
    [MemoryPackIgnore]
    public DatasetVersion Latest => Versions[^1];
}

/// <summary>Where a transfer stands.</summary>
public enum TransferState
{
    /// <summary>Ordered; the receiving depot pulls.</summary>
    Moving,

    /// <summary>Verified and whole at its target.</summary>
    Done,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>A dataset part on its way from one depot to another.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Root">The content.</param>
/// <param name="Label">The dataset that it belongs to.</param>
/// <param name="From">The depot that sends.</param>
/// <param name="To">The depot that pulls.</param>
/// <param name="Links">The path, in order; empty inside a site.</param>
/// <param name="Rate">The held rate.</param>
/// <param name="Size">The amount of data.</param>
/// <param name="Start">When its circuit begins.</param>
/// <param name="Finish">When its circuit ends.</param>
/// <param name="Job">The job that pays.</param>
/// <param name="Price">What it costs.</param>
/// <param name="State">Where it stands.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="BytesMoved">What was really sent.</param>
/// <param name="Reason">Why it failed, or empty.</param>
[MemoryPackable]
public sealed partial record Transfer(
    long Id, ContentRoot Root, DatasetId Label, NodeId From, NodeId To, ImmutableArray<LinkId> Links, Bandwidth Rate,
    DataSize Size, [property: CanonicalTime] DateTimeOffset Start, [property: CanonicalTime] DateTimeOffset Finish, long Job, Money Price, TransferState State,
    [property: CanonicalOptionalTime] DateTimeOffset? FinishedAt, long BytesMoved, string Reason);

/// <summary>Datasets, where their parts lie, and transfers.</summary>
[MemoryPackable]
public sealed partial record DataState(
    ImmutableSortedDictionary<DatasetId, Dataset> Datasets,
    ImmutableSortedDictionary<ContentRoot, ImmutableSortedSet<NodeId>> Replicas,
    IdMap<Transfer> Transfers,
    ImmutableSortedSet<long> Moving)
{
    /// <summary>No data.</summary>
    public static readonly DataState Empty = new(
        ImmutableSortedDictionary<DatasetId, Dataset>.Empty,
        ImmutableSortedDictionary<ContentRoot, ImmutableSortedSet<NodeId>>.Empty, IdMap<Transfer>.Empty, []);

    /// <summary>The depots that hold the content, whole.</summary>
    public ImmutableSortedSet<NodeId> HoldersOf(ContentRoot root) => Replicas.GetValueOrDefault(root, []);

    /// <summary>The transfer of the content to the depot that is under way, or nothing.</summary>
    public Transfer? Underway(ContentRoot root, NodeId to) =>
        Moving.Select(id => Transfers[id]).FirstOrDefault(t => t.Root == root && t.To == to);

    /// <summary>The version that <c>name</c> or <c>name@version</c> means in the project, or nothing.</summary>
    public DatasetVersion? Find(ProjectId project, string reference)
    {
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? reference : reference[..at];
        if (!Datasets.TryGetValue(DatasetId.Of(project, name), out var dataset))
            return null;
        if (at < 0)
            return dataset.Latest;
        return int.TryParse(reference.AsSpan(at + 1), out var number)
            ? dataset.Versions.FirstOrDefault(v => v.Number == number)
            : null;
    }

    /// <summary>Whether a result has yet to be brought to the site that asked for it.</summary>
    [MemoryPackIgnore]
    public bool HasUndelivered => Datasets.Values.Any(d => d.Versions.Any(v =>
        v.DeliverTo.Value.Length > 0 && v.Parts.Any(p => !HoldersOf(p.Root).Any(n => n.Site == v.DeliverTo))));

    /// <summary>The only thing that changes the data. Events of other features pass by.</summary>
    public DataState Evolve(DomainEvent happened) => happened switch
    {
        DatasetRegistered e => this with { Datasets = Datasets.SetItem(e.Dataset, Register(e)) },
        DatasetRemoved e => this with { Datasets = Datasets.Remove(e.Dataset) },
        ReplicaAdded e => this with { Replicas = Replicas.SetItem(e.Root, HoldersOf(e.Root).Add(e.Node)) },
        ReplicasForgotten e => this with { Replicas = Replicas.Remove(e.Root) },
        TransferOrdered e => this with
        {
            Transfers = Transfers.Set(e.Transfer.Id, e.Transfer),
            Moving = Moving.Add(e.Transfer.Id),
        },
        TransferEnded e => End(e),
        _ => this,
    };

    private Dataset Register(DatasetRegistered e) => Datasets.TryGetValue(e.Dataset, out var known)
        ? known with { Versions = known.Versions.Add(e.Version) }
        : new(e.Dataset, [e.Version]);

    private DataState End(TransferEnded e) => this with
    {
        Transfers = Transfers.Set(e.Transfer, Transfers[e.Transfer] with
        {
            State = e.Succeeded ? TransferState.Done : TransferState.Failed,
            FinishedAt = e.At,
            BytesMoved = e.BytesMoved,
            Reason = e.Reason,
        }),
        Moving = Moving.Remove(e.Transfer),
    };
}
