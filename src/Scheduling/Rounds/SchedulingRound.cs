using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Rounds;

/// <summary>What one round proposes to the writer.</summary>
/// <param name="Commands">Placements and deliveries, to be handed over in this order.</param>
/// <param name="Pending">The jobs that were looked at and still have waiting tasks, and why.</param>
/// <param name="NextLook">When time alone may change the answer, or nothing.</param>
public sealed record SchedulingRound(
    ImmutableArray<DomainCommand> Commands, ImmutableArray<(long Job, PendingReason Reason)> Pending,
    DateTimeOffset? NextLook);

/// <summary>The bounds of a round.</summary>
public sealed record SchedulingOptions
{
    /// <summary>The most task placements in a round, from 1; a gang larger than that is placed alone.</summary>
    public int Limit { get; init; } = 1_000;

    /// <summary>The most jobs that a round looks at, from 1.</summary>
    public int LookLimit { get; init; } = 100_000;

    /// <summary>How long a job waits before room is kept for it at the pool that it waits for, from zero.</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a project's oldest waiting job waits, from zero, before a task of it comes before all others whatever the
    /// shares and priorities are: one in each such span. No plan of the batch holds a job back for longer.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The most deliveries of results that a round orders, from 0.</summary>
    public int DeliveryLimit { get; init; } = 100;

    /// <summary>Whether every job that waits says why. Otherwise a round ends where nothing more fits, and the rest of the queue is not read.</summary>
    public bool GivesReasons { get; init; } = true;
}
