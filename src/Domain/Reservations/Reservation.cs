using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Reservations;

/// <summary>How far a reservation has come.</summary>
public enum ReservationState
{
    /// <summary>Holds capacity, or is going to.</summary>
    Open,

    /// <summary>Its time is over.</summary>
    Over,

    /// <summary>Ended by its owner.</summary>
    Cancelled,
}

/// <summary>What somebody wants to have for an interval of time.</summary>
/// <param name="Project">Who pays, and whose jobs may use it.</param>
/// <param name="User">Who asks.</param>
/// <param name="Name">What the project calls it; an open reservation's name is its own.</param>
/// <param name="Pool">Where.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends.</param>
/// <param name="Count">How many times the amount, or how many whole nodes.</param>
/// <param name="Demand">What one task needs; nothing for whole nodes.</param>
/// <param name="IdempotencyKey">The hash of the caller's key: the same key makes one reservation; empty for none.</param>
[MemoryPackable]
public sealed partial record ReservationRequest(
    ProjectId Project, string User, string Name, PoolId Pool, [property: CanonicalTime] DateTimeOffset From,
    [property: CanonicalTime] DateTimeOffset To, int Count, ResourceDemand? Demand, SecretHash IdempotencyKey);

/// <summary>Room for one task, or a whole node, that the scheduler proposes to hold.</summary>
[MemoryPackable]
public sealed partial record ReservedSeat(NodeId Node, ImmutableArray<AcceleratorShare> Shares);

/// <summary>What a reservation holds of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Amount">Of everything but accelerators.</param>
/// <param name="Shares">Of its accelerators, at most one share of each.</param>
/// <param name="PerHour">What an hour of it costs.</param>
/// <param name="PaidFrom">Since when it has still to be paid; nothing while it is not there to be used.</param>
[MemoryPackable]
public sealed partial record Holding(
    NodeId Node, Capacity Amount, ImmutableArray<AcceleratorShare> Shares, Money PerHour,
    [property: CanonicalOptionalTime] DateTimeOffset? PaidFrom)
{
    /// <summary>What it costs for so long.</summary>
    public Money PriceFor(TimeSpan time) => new(PerHour.Amount * (decimal)time.TotalSeconds / 3600m, PerHour.Currency);
}

/// <summary>Capacity of a pool that a project has for an interval of time.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Holdings">What it holds, in the order of the nodes.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Held">The money that is set aside for it.</param>
/// <param name="Charged">What was paid.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="EndedAt">When it ended, or nothing.</param>
[MemoryPackable]
public sealed partial record Reservation(
    long Id, ReservationRequest Request, ImmutableArray<Holding> Holdings, ReservationState State, Money Held, Money Charged,
    [property: CanonicalTime] DateTimeOffset MadeAt, [property: CanonicalOptionalTime] DateTimeOffset? EndedAt)
{
    /// <summary>How long before its beginning its room is kept free, and those are stopped that are in the way.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromSeconds(30);

    /// <summary>Whether it is not over.</summary>
    [MemoryPackIgnore]
    public bool IsOpen => State == ReservationState.Open;

    /// <summary>From when on its room is kept free.</summary>
    [MemoryPackIgnore]
    public DateTimeOffset HeldFrom => Request.From - Lead;

    /// <summary>Whether its jobs may run.</summary>
    public bool IsActiveAt(DateTimeOffset at) => IsOpen && Request.From <= at && at < Request.To;

    /// <summary>Whether its room is kept free.</summary>
    public bool IsHeldAt(DateTimeOffset at) => IsOpen && HeldFrom <= at && at < Request.To;

    /// <summary>What it holds of the node, or nothing.</summary>
    public Holding? On(NodeId node)
    {
        foreach (var holding in Holdings)
        {
            if (holding.Node == node)
                return holding;
        }

        return null;
    }
}

/// <summary>A reservation's name in its project.</summary>
[MemoryPackable]
public readonly partial record struct ReservationName(ProjectId Project, string Name) : IComparable<ReservationName>
{
    /// <inheritdoc/>
    public int CompareTo(ReservationName other) =>
        Project != other.Project ? Project.CompareTo(other.Project) : string.CompareOrdinal(Name, other.Name);
}

/// <summary>Capacity is held for a project.</summary>
[MemoryPackable]
public sealed partial record ReservationMade(Reservation Reservation) : DomainEvent;

/// <summary>A part of a reservation was paid, or what it holds came or went.</summary>
[MemoryPackable]
public sealed partial record ReservationPaid(long Reservation, ImmutableArray<Holding> Holdings, Money Held, Money Charged) : DomainEvent;

/// <summary>A reservation is over.</summary>
[MemoryPackable]
public sealed partial record ReservationEnded(
    long Reservation, ReservationState State, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>Holds capacity: all of it, or nothing.</summary>
[MemoryPackable]
public sealed partial record MakeReservation(ReservationRequest Request, ImmutableArray<ReservedSeat> Seats) : DomainCommand;

/// <summary>Ends a reservation before its time.</summary>
[MemoryPackable]
public sealed partial record CancelReservation(long Reservation) : DomainCommand;
