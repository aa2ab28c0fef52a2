using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Reservations;
using Meridian.Primitives;

namespace Meridian.Scheduling.Advance;

/// <summary>How a reservation can be kept and what it costs, or why it cannot.</summary>
/// <param name="Seats">What is to be held; nothing where it cannot be kept.</param>
/// <param name="Price">What it costs, used or not.</param>
/// <param name="Fault">Why it cannot be kept, with what is free instead, or nothing.</param>
public sealed record ReservationPlan(ImmutableArray<ReservedSeat> Seats, Money Price, Fault? Fault)
{
    /// <summary>The command that makes it so.</summary>
    public MakeReservation ToCommand(ReservationRequest request) => new(request, Seats);
}
