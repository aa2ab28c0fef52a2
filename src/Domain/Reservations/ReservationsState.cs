using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Jobs;
using Meridian.Primitives;

namespace Meridian.Domain.Reservations;

/// <summary>Every reservation of capacity.</summary>
/// <param name="All">Every reservation by its number.</param>
/// <param name="Open">Those that are not over.</param>
/// <param name="ByName">The latest reservation of each project and name.</param>
/// <param name="ByKey">The reservation that each key made.</param>
[MemoryPackable]
public sealed partial record ReservationsState(
    IdMap<Reservation> All, ImmutableSortedSet<long> Open, ImmutableSortedDictionary<ReservationName, long> ByName,
    ImmutableSortedDictionary<SecretHash, long> ByKey)
{
    /// <summary>No reservations.</summary>
    public static readonly ReservationsState Empty = new(
        IdMap<Reservation>.Empty, [], ImmutableSortedDictionary<ReservationName, long>.Empty,
        ImmutableSortedDictionary<SecretHash, long>.Empty);

    /// <summary>The open reservations that hold something of each node; follows from them, so it is not kept with the state.</summary>
    [MemoryPackIgnore]
    public ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> ByNode { get; private init; } = Index(All, Open);

    /// <summary>The open reservations that hold something of the node.</summary>
    public IEnumerable<Reservation> On(NodeId node) =>
        ByNode.TryGetValue(node, out var ids) ? ids.Select(id => All[id]) : [];

    /// <summary>The open reservation that the job runs in, or nothing.</summary>
    public Reservation? OfJob(Job job) =>
        job.Reservation != 0 && All.TryGet(job.Reservation, out var reservation) && reservation.IsOpen ? reservation : null;

    /// <summary>The open reservation of the name, or nothing.</summary>
    public Reservation? Find(ProjectId project, string name) =>
        ByName.TryGetValue(new(project, name), out var id) && All[id] is { IsOpen: true } open ? open : null;

    /// <summary>The only thing that changes the reservations. Events of other features pass by.</summary>
    public ReservationsState Evolve(DomainEvent happened) => happened switch
    {
        ReservationMade e => Make(e.Reservation),
        ReservationPaid e => this with
        {
            All = All.Set(e.Reservation, All[e.Reservation] with { Holdings = e.Holdings, Held = e.Held, Charged = e.Charged }),
        },
        ReservationEnded e => this with
        {
            All = All.Set(e.Reservation, All[e.Reservation] with { State = e.State, EndedAt = e.At }),
            Open = Open.Remove(e.Reservation),
            ByNode = Without(ByNode, All[e.Reservation]),
        },
        _ => this,
    };

    private ReservationsState Make(Reservation made) => this with
    {
        All = All.Set(made.Id, made),
        Open = Open.Add(made.Id),
        ByName = ByName.SetItem(new(made.Request.Project, made.Request.Name), made.Id),
        ByKey = made.Request.IdempotencyKey.Value.Length == 0 ? ByKey : ByKey.SetItem(made.Request.IdempotencyKey, made.Id),
        ByNode = With(ByNode, made),
    };

    private static ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> Index(IdMap<Reservation> all, ImmutableSortedSet<long> open) =>
        open.Aggregate(ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>>.Empty, (index, id) => With(index, all[id]));

    private static ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> With(
        ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> index, Reservation made) => made.Holdings.Aggregate(
            index, (all, holding) => all.SetItem(holding.Node, all.GetValueOrDefault(holding.Node, []).Add(made.Id)));

    private static ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> Without(
        ImmutableSortedDictionary<NodeId, ImmutableSortedSet<long>> index, Reservation ended) => ended.Holdings.Aggregate(index, (all, holding) =>
        {
            var left = all.GetValueOrDefault(holding.Node, []).Remove(ended.Id);
            return left.IsEmpty ? all.Remove(holding.Node) : all.SetItem(holding.Node, left);
        });
}
