using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;

namespace Meridian.Scheduling.Advance;

/// <summary>
/// Chooses the nodes on which a reservation can be kept whatever happens: beside other reservations and beside every task
/// that is not certain to be gone. Each seat goes where it takes the least of what other tasks could use.
/// </summary>
internal sealed class ReservationPlanner
{
    /// <summary>The most later beginnings that are tried to say when it could be kept.</summary>
    private const int LaterMax = 512;

    private readonly ReservationRequest _request;
    private readonly DateTimeOffset _now;
    private readonly TaskShape _shape;
    private readonly List<(NodeView View, NodeCalendar Calendar)> _nodes = [];

    private ReservationPlanner(DomainState state, ReservationRequest request, DateTimeOffset now)
    {
        (_request, _now) = (request, now);
        _shape = new(request.Demand ?? new ResourceDemand(), NeedsSandbox: false, TimeSpan.Zero);
        var worth = new FleetWorth(state.Jobs, state.Sites.Nodes.Values);
        foreach (var node in state.Sites.Nodes.Values.Where(n => n.Id.Pool == request.Pool && n.State == NodeState.Ready))
            _nodes.Add((new(node, worth, Domain.Jobs.KeptRoom.None), new(state.Sites, state.Jobs, state.Reservations, node.Id, now)));
    }

    internal static ReservationPlan Plan(DomainState state, ReservationRequest request, DateTimeOffset now)
    {
        if (ReservationRules.FaultOf(state, request, now) is { } fault)
            return new([], Money.Zero(), fault);
        var planner = new ReservationPlanner(state, request, now);
        var seats = planner.SeatsFrom(request.From);
        if (seats.Count < request.Count)
            return new([], Money.Zero(), planner.Full(seats.Count));
        var command = new MakeReservation(request, [.. seats]);
        var holdings = ReservationRules.Hold(state, command, out var wrong);
        return wrong is null ? new(command.Seats, ReservationRules.PriceOf(holdings, request), Fault: null) : new([], Money.Zero(), wrong);
    }

    private Fault Full(int count)
    {
        var later = _nodes.SelectMany(n => n.Calendar.Ends).Select(end => end + Reservation.Lead)
            .Where(from => from > _request.From).Distinct().Order().Take(LaterMax);
        foreach (var from in later)
        {
            if (SeatsFrom(from).Count == _request.Count)
                return Fault.Of("reservation-full", _request.Pool, count, _request.Count, from.UtcDateTime.ToString("u", CultureInfo.InvariantCulture));
        }

        return Fault.Of("reservation-too-large", _request.Pool, count, _request.Count);
    }

    /// <summary>As many seats as can be held from the beginning on, at most those that were asked for.</summary>
    private List<ReservedSeat> SeatsFrom(DateTimeOffset from)
    {
        var (start, end) = (from - Reservation.Lead, from + (_request.To - _request.From));
        start = start > _now ? start : _now;
        var seats = new List<ReservedSeat>();
        if (_request.Demand is null)
        {
            seats.AddRange(_nodes.Select(n => (Seat: ReservationRules.Whole(n.View.Node), n.View.Node.Total, n.Calendar))
                .Where(n => n.Calendar.Fits(n.Total, n.Seat.Shares, start, end)).Select(n => n.Seat).Take(_request.Count));
            return seats;
        }

        var free = _nodes.Select(n => (n.View, Free: n.Calendar.Free(start, end))).Select(n => n.View.With((n.Free.Amount, [.. n.Free.Milli])));
        foreach (var view in free.Where(v => v.SlotCount(_shape) > 0).OrderBy(v => NodeChoice.Rank(v, _shape)).ThenBy(v => v.Node.Id))
        {
            for (var left = Math.Min(view.SlotCount(_shape), _request.Count - seats.Count); left > 0; left--)
                seats.Add(new(view.Node.Id, view.Take(_shape)));
        }

        return seats;
    }
}
