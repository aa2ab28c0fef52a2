using System.Collections.Immutable;
using Meridian.Domain.Jobs;

namespace Meridian.Domain.Reservations;

/// <summary>What reservations keep of a node at one moment, and what their own jobs use of that.</summary>
public static class ReservedRoom
{
    /// <summary>What all reservations that are held now keep free of the node, beyond what their own jobs take of it.</summary>
    public static KeptRoom On(JobsState jobs, ReservationsState reservations, NodeId node, DateTimeOffset now)
    {
        var all = KeptRoom.None;
        foreach (var reservation in reservations.On(node))
        {
            if (reservation.IsHeldAt(now))
                all += Left(jobs, reservation, node);
        }

        return all;
    }

    /// <summary>What the reservation's own jobs may still take of the node.</summary>
    public static KeptRoom Left(JobsState jobs, Reservation reservation, NodeId node)
    {
        if (reservation.On(node) is not { } holding)
            return KeptRoom.None;
        var (amount, milli) = (holding.Amount, holding.Shares.ToImmutableSortedDictionary(s => s.Index, s => s.Milli));
        foreach (var attempt in Within(jobs, reservation.Id, node))
        {
            amount -= attempt.Amount;
            foreach (var share in attempt.Shares)
                milli = milli.SetItem(share.Index, milli.GetValueOrDefault(share.Index) - share.Milli);
        }

        return new KeptRoom(amount, milli).AtLeastNothing();
    }

    /// <summary>The live attempts of the reservation's jobs on the node.</summary>
    public static IEnumerable<Attempt> Within(JobsState jobs, long reservation, NodeId node) => jobs.ByNode.GetValueOrDefault(node, [])
        .Where(id => jobs.Jobs[id.Job].Reservation == reservation)
        .Select(id => jobs.Current(id)?.Live).OfType<Attempt>();
}
