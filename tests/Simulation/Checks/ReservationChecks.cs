using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;

namespace Meridian.Simulation.Checks;

/// <summary>What holds of reservations in every state, and what holds after every look at the time.</summary>
public static class ReservationChecks
{
    /// <summary>Everything that does not hold, in words.</summary>
    public static IEnumerable<string> Broken(DomainState state, DateTimeOffset now)
    {
        foreach (var node in state.Reservations.ByNode.Keys)
        {
            var all = state.Reservations.On(node).ToList();
            foreach (var at in all.Select(r => r.HeldFrom > now ? r.HeldFrom : now))
            {
                if (!Fits(state.Sites.Nodes[node], all.Where(r => r.IsHeldAt(at)).Select(r => r.On(node)!).Select(h => (h.Amount, h.Shares))))
                    yield return $"{node} is reserved more than there is of it at {at:u}";
            }
        }

        foreach (var reservation in state.Reservations.All.Values)
        {
            foreach (var holding in reservation.Holdings)
            {
                var used = ReservedRoom.Within(state.Jobs, reservation.Id, holding.Node).Select(a => (a.Amount, a.Shares)).ToList();
                if (!Sum(used).FitsIn(holding.Amount)
                    || holding.Shares.Any(held => used.SelectMany(u => u.Shares).Where(s => s.Index == held.Index).Sum(s => s.Milli) > held.Milli))
                    yield return $"the jobs of reservation {reservation.Id} take more of {holding.Node} than it holds";
            }

            if (reservation.Held.Amount < 0 || (!reservation.IsOpen && reservation.Held.Amount != 0))
                yield return $"reservation {reservation.Id} holds {reservation.Held}";
            if (reservation.IsOpen != state.Reservations.Open.Contains(reservation.Id))
                yield return $"reservation {reservation.Id} is wrongly in or out of the open ones";
        }

        var index = state.Reservations.Open.SelectMany(id => state.Reservations.All[id].Holdings, (id, h) => (h.Node, id)).Order();
        if (!index.SequenceEqual(state.Reservations.ByNode.SelectMany(on => on.Value, (on, id) => (on.Key, id)).Order()))
            yield return "the reservations by node are not the open ones";
    }

    /// <summary>
    /// Right after a look at the time: what is in the way of a reservation and is not being stopped, in words.
    /// </summary>
    public static IEnumerable<string> InTheWay(DomainState state, DateTimeOffset now)
    {
        foreach (var node in state.Reservations.ByNode.Keys)
        {
            var held = state.Reservations.On(node).Where(r => r.IsHeldAt(now)).ToList();
            if (held.Count == 0)
                continue;
            var others = state.Jobs.ByNode.GetValueOrDefault(node, [])
                .Where(id => !held.Exists(r => r.Id == state.Jobs.Jobs[id.Job].Reservation))
                .Select(id => state.Jobs.Current(id)).Where(task => task is not (null or Stopping)).Select(task => task!.Live!);
            if (!Fits(state.Sites.Nodes[node], held.Select(r => r.On(node)!).Select(h => (h.Amount, h.Shares)).Concat(others.Select(a => (a.Amount, a.Shares)))))
                yield return $"{node} is reserved, and others go on in that room";
        }
    }

    private static bool Fits(Node node, IEnumerable<(Capacity Amount, System.Collections.Immutable.ImmutableArray<AcceleratorShare> Shares)> parts)
    {
        var all = parts.ToList();
        return Sum(all).FitsIn(node.Total) && all.SelectMany(p => p.Shares).GroupBy(s => s.Index).All(one => one.Sum(s => s.Milli) <= 1000);
    }

    private static Capacity Sum(IEnumerable<(Capacity Amount, System.Collections.Immutable.ImmutableArray<AcceleratorShare> Shares)> parts) =>
        parts.Aggregate(default(Capacity), (sum, p) => sum + p.Amount);
}
