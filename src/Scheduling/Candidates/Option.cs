using System.Collections.Immutable;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Candidates;

/// <summary>A constraint that a pool does not satisfy, and what would have to change.</summary>
internal sealed record Refusal(Reason Reason, SuggestedChange? Change);

/// <summary>A pool as one class of jobs sees it: what never changes during a round.</summary>
/// <param name="View">The pool.</param>
/// <param name="Refusals">The constraints that it does not satisfy; none makes it eligible.</param>
/// <param name="LatencyMicroseconds">To the users, where the job names them.</param>
/// <param name="Shape">What a task needs of a node there.</param>
/// <param name="Equivalence">By what its accelerators stand for those asked for; nothing where they are those.</param>
/// <param name="RunTime">How long a task is expected to run there.</param>
/// <param name="Margin">How much longer it may well run.</param>
/// <param name="AcceleratorsHour">What its accelerators cost for an hour at most.</param>
/// <param name="Until">When the reservation ends that the tasks run in, or nothing.</param>
internal sealed record Candidate(
    PoolView View, ImmutableArray<Refusal> Refusals, long? LatencyMicroseconds, TaskShape Shape, Equivalence? Equivalence, TimeSpan RunTime, TimeSpan Margin,
    decimal AcceleratorsHour, DateTimeOffset? Until)
{
    internal bool IsEligible => Refusals.IsEmpty;

    internal Pool Pool => View.Pool;

    /// <summary>What a second of a task of the class costs at most, in the hour of the time.</summary>
    internal Money PerSecond(DateTimeOffset at) => View.Reservation != 0
        ? Pricing.EnergyPerSecond(View.Site, Pool, Shape.Demand, at)
        : Pricing.PerSecond(View.Site, Pool, Shape.Demand, AcceleratorsHour, at);
}

/// <summary>Tasks on a node, and how their inputs come there.</summary>
internal sealed record Seat(NodeView Node, int Count, StagingPlan Staging);

/// <summary>A way to run the next task of a class, or the whole gang, at a pool: now, or when there is room.</summary>
/// <param name="Candidate">The pool.</param>
/// <param name="Seats">Where tasks can be placed now; none when they have to wait.</param>
/// <param name="RoomAt">When there is room.</param>
/// <param name="Ready">When the inputs are there.</param>
/// <param name="Start">When a task starts.</param>
/// <param name="Finish">When it is expected to end.</param>
/// <param name="Price">What one task costs, with its share of the transport.</param>
/// <param name="CostMax">What one task can cost without transport: the writer sets it aside.</param>
/// <param name="TransferPrice">What the transport costs for all seats.</param>
/// <param name="CarbonGrams">What one task emits.</param>
/// <param name="IsDeferred">Whether it waits for data that a sister node is receiving.</param>
internal sealed record Option(
    Candidate Candidate, ImmutableArray<Seat> Seats, DateTimeOffset RoomAt, DateTimeOffset Ready, DateTimeOffset Start,
    DateTimeOffset Finish, Money Price, Money CostMax, Money TransferPrice, double CarbonGrams, bool IsDeferred)
{
    internal bool IsNow => !Seats.IsEmpty;

    /// <summary>Whether there is room, and it waits for the tenant's bandwidth alone.</summary>
    internal BandwidthWait? Held { get; init; }
}
