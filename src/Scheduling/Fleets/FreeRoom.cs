using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>What is free of a node beside claims and reservations.</summary>
internal static class FreeRoom
{
    /// <summary>What is free for all: now, and from the beginning of each reservation to come.</summary>
    internal static NodeView ForAll(DomainState state, Node node, FleetWorth worth, DateTimeOffset now)
    {
        var claimed = KeptRoom.OfClaims(state.Jobs, node.Id);
        if (!state.Reservations.ByNode.ContainsKey(node.Id))
            return new(node, worth, claimed);
        var reservations = state.Reservations.On(node.Id).ToList();
        var view = new NodeView(node, worth, claimed + ReservedRoom.On(state.Jobs, state.Reservations, node.Id, now)) { Reservations = reservations };
        var calendar = new NodeCalendar(state.Sites, state.Jobs, state.Reservations, node.Id, now);
        foreach (var from in reservations.Select(r => r.HeldFrom).Where(from => from > now).Distinct().Order())
            view.KeepFrom(from - now - NodeCalendar.Allowance, calendar.Free(from, from));

        return view;
    }

    /// <summary>What the reservation's own jobs may still take, as far as others have left it.</summary>
    internal static NodeView Within(DomainState state, Node node, Reservation reservation, FleetWorth worth)
    {
        var free = new NodeView(node, worth, KeptRoom.OfClaims(state.Jobs, node.Id));
        var left = ReservedRoom.Left(state.Jobs, reservation, node.Id);
        free.Limit(left.Amount, (int[])[.. Enumerable.Range(0, node.Accelerators.Length).Select(left.MilliOf)]);
        return free;
    }
}
