using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// How much has been stored under each write ticket since the depot started. A restart forgets it, and then the limit
/// holds anew; the size of what is published is checked against the limit by itself.
/// </summary>
internal sealed class UploadBudgets(TimeProvider clock)
{
    private const int TicketCountMax = 10_000;

    private readonly Lock _gate = new();
    // Told apart by what they say: one signature can be spelled in more than one way.
    private readonly Dictionary<DepotTicket, long> _used = [];

    /// <summary>Counts bytes against the ticket, or refuses.</summary>
    public void Take(DepotTicket ticket, DataSize size)
    {
        var limit = ticket.SizeMax;
        lock (_gate)
        {
            var usedBytes = _used.GetValueOrDefault(ticket);
            if (size.Bytes > limit.Bytes - usedBytes)
                throw Refusal.TooLarge("The ticket permits " + limit + " in all, and this would be more.");
            if (_used.Count >= TicketCountMax && !_used.ContainsKey(ticket))
                Forget();
            _used[ticket] = usedBytes + size.Bytes;
        }
    }

    /// <summary>Gives bytes back that were not stored after all.</summary>
    public void Return(DepotTicket ticket, DataSize size)
    {
        lock (_gate)
        {
            if (_used.TryGetValue(ticket, out var usedBytes))
                _used[ticket] = Math.Max(0, usedBytes - size.Bytes);
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var ticket in _used.Keys)
        {
            // A ticket that has expired is refused at the gate, so nobody will ask for its budget again.
            if (ticket.ExpiresAt <= now)
                _used.Remove(ticket);
        }

        if (_used.Count >= TicketCountMax)
            throw Refusal.Busy();
    }
}
