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
    private readonly Dictionary<ChunkHash, (long Bytes, DateTimeOffset ExpiresAt)> _used = [];

    /// <summary>Counts bytes against the ticket, or refuses.</summary>
    public void Take(AdmittedTicket admitted, DataSize size)
    {
        var limit = admitted.Ticket.SizeMax;
        lock (_gate)
        {
            var usedBytes = _used.GetValueOrDefault(admitted.Key).Bytes;
            if (size.Bytes > limit.Bytes - usedBytes)
                throw Refusal.TooLarge("The ticket permits " + limit + " in all, and this would be more.");
            if (_used.Count >= TicketCountMax && !_used.ContainsKey(admitted.Key))
                Forget();
            _used[admitted.Key] = (usedBytes + size.Bytes, admitted.Ticket.ExpiresAt);
        }
    }

    /// <summary>Gives bytes back that were not stored after all.</summary>
    public void Return(AdmittedTicket admitted, DataSize size)
    {
        lock (_gate)
        {
            if (_used.TryGetValue(admitted.Key, out var used))
                _used[admitted.Key] = used with { Bytes = Math.Max(0, used.Bytes - size.Bytes) };
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, used) in _used)
        {
            // A ticket that has expired is refused at the gate, so nobody will ask for its budget again.
            if (used.ExpiresAt <= now)
                _used.Remove(key);
        }

        if (_used.Count >= TicketCountMax)
            throw Refusal.Busy();
    }
}
