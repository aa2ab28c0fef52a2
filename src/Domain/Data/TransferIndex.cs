using System.Collections.Immutable;
using MemoryPack;

namespace Meridian.Domain.Data;

/// <summary>A transfer in an order: of moments in ticks of UTC, or of the network's counts of changes.</summary>
/// <param name="Rank">The moment or the count.</param>
/// <param name="Transfer">The transfer's number.</param>
[MemoryPackable]
public readonly partial record struct RankedTransfer(long Rank, long Transfer) : IComparable<RankedTransfer>
{
    /// <inheritdoc/>
    public int CompareTo(RankedTransfer other) => (Rank, Transfer).CompareTo((other.Rank, other.Transfer));
}

/// <summary>That a transfer brings a content to a depot.</summary>
[MemoryPackable]
public readonly partial record struct HopPlace(NodeId To, ContentRoot Root, long Transfer) : IComparable<HopPlace>
{
    /// <inheritdoc/>
    public int CompareTo(HopPlace other) => (To, Root, Transfer).CompareTo((other.To, other.Root, other.Transfer));
}

/// <summary>
/// The open transfers by what is asked about them all the time, so that those of which nothing is to be done cost nothing:
/// it follows from the transfers, and is kept beside them because a walk over all of them at every tick is what it saves.
/// </summary>
/// <param name="Due">By the moment from which the passing of time may ask something of them; paused ones have none.</param>
/// <param name="Cheaper">Those that may find a cheaper way, by the network's count of changes when they were planned last.</param>
/// <param name="Lost">Those of which a part needs another way.</param>
/// <param name="Places">Where they bring what, also what has arrived.</param>
/// <param name="Sealers">The depots that they wait for to encrypt what.</param>
[MemoryPackable]
public sealed partial record TransferIndex(
    ImmutableSortedSet<RankedTransfer> Due, ImmutableSortedSet<RankedTransfer> Cheaper, ImmutableSortedSet<long> Lost,
    ImmutableSortedSet<HopPlace> Places, ImmutableSortedSet<HopPlace> Sealers)
{
    /// <summary>The index of no transfers.</summary>
    public static readonly TransferIndex Empty = new([], [], [], [], []);

    /// <summary>The transfers of which the time may ask something now, by number. No other has a hop to start or to halt.</summary>
    public ImmutableSortedSet<long> DueAt(DateTimeOffset now) => [.. UpTo(Due, now.UtcTicks)];

    /// <summary>The transfers that may need another plan, by number. No other does.</summary>
    /// <param name="linkChanges">The network's count of changes.</param>
    /// <param name="now">The time.</param>
    public ImmutableSortedSet<long> Suspects(long linkChanges, DateTimeOffset now) =>
        Lost.Union(UpTo(Due, now.UtcTicks)).Union(UpTo(Cheaper, linkChanges - 1));

    /// <summary>The transfers that bring something to the depot, or have brought it, by number.</summary>
    public ImmutableSortedSet<long> To(NodeId to) => [.. From(Places, new(to, new(""), Transfer: 0), place => place.To == to)];

    /// <summary>The transfers that wait for the depot to encrypt something, by number.</summary>
    public ImmutableSortedSet<long> SealedBy(NodeId sealer) => [.. From(Sealers, new(sealer, new(""), Transfer: 0), place => place.To == sealer)];

    /// <summary>The transfers that bring the content to the depot, or have brought it, by number.</summary>
    public IEnumerable<long> To(NodeId to, ContentRoot root) =>
        From(Places, new(to, root, Transfer: 0), place => place.To == to && place.Root == root);

    /// <summary>The index after a change of a transfer.</summary>
    /// <param name="before">The transfer as the index knows it; nothing for a new one.</param>
    /// <param name="after">The transfer as it is now.</param>
    public TransferIndex With(Transfer? before, Transfer after) => new(
        Replace(Due, DueOf(before), DueOf(after)), Replace(Cheaper, CheaperOf(before), CheaperOf(after)),
        Replace(Lost, LostOf(before), LostOf(after)), Replace(Places, PlacesOf(before), PlacesOf(after)),
        Replace(Sealers, SealersOf(before), SealersOf(after)));

    private static IEnumerable<long> UpTo(ImmutableSortedSet<RankedTransfer> ranked, long rank) =>
        ranked.TakeWhile(one => one.Rank <= rank).Select(one => one.Transfer);

    private static IEnumerable<long> From(ImmutableSortedSet<HopPlace> places, HopPlace least, Func<HopPlace, bool> isMeant)
    {
        var index = places.IndexOf(least);
        for (index = index < 0 ? ~index : index; index < places.Count && isMeant(places[index]); index++)
            yield return places[index].Transfer;
    }

    private static RankedTransfer? DueOf(Transfer? transfer) =>
        transfer is { State: TransferState.Admitted or TransferState.Moving } && transfer.Hops.Min(h => h.Next) is { } next
            ? new(next.UtcTicks, transfer.Id) : null;

    private static RankedTransfer? CheaperOf(Transfer? transfer) =>
        IsPlannedAnew(transfer) && transfer!.Request.Mode == TransferMode.Offpeak && transfer.Hops.Any(h => h.State == HopState.Waiting)
            ? new(transfer.LinkChanges, transfer.Id) : null;

    private static long? LostOf(Transfer? transfer) =>
        IsPlannedAnew(transfer) && transfer!.Hops.Any(h => h.State is HopState.Failed or HopState.Paused) ? transfer.Id : null;

    private static bool IsPlannedAnew(Transfer? transfer) =>
        transfer is { State: TransferState.Admitted or TransferState.Moving, Request.Purpose: not TransferPurpose.Staging };

    private static IEnumerable<HopPlace> PlacesOf(Transfer? transfer) =>
        transfer is { IsOpen: true } ? transfer.Hops.Select(h => new HopPlace(h.To, h.Root, transfer.Id)) : [];

    private static IEnumerable<HopPlace> SealersOf(Transfer? transfer) =>
        transfer is { IsOpen: true, Seals.IsDefaultOrEmpty: false }
            ? transfer.Seals.Where(transfer.Awaits).Select(s => new HopPlace(s.By, s.Root, transfer.Id)) : [];

    private static ImmutableSortedSet<T> Replace<T>(ImmutableSortedSet<T> all, T? before, T? after)
        where T : struct
    {
        if (Nullable.Equals(before, after))
            return all;
        var rest = before is { } old ? all.Remove(old) : all;
        return after is { } fresh ? rest.Add(fresh) : rest;
    }

    private static ImmutableSortedSet<HopPlace> Replace(
        ImmutableSortedSet<HopPlace> all, IEnumerable<HopPlace> before, IEnumerable<HopPlace> after) =>
        before.SequenceEqual(after) ? all : all.Except(before).Union(after);
}
