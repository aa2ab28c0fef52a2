using System.Collections.Concurrent;
using Meridian.ControlPlane.Api;

namespace Meridian.ControlPlane.Agents;

/// <summary>How far exchanges with the world outside have come, as agents say in passing. It is kept in memory only.</summary>
public sealed class ExchangeBook(TimeProvider time) : IExchangeProgress
{
    private readonly FetchBook _pace = new(time);
    private readonly ConcurrentDictionary<long, long> _totals = new();

    /// <inheritdoc/>
    public (long BytesDone, long BytesTotal, long BitsPerSecond)? Of(long exchange) =>
        _pace.Of(exchange) is { } told ? (told.BytesDone, _totals.GetValueOrDefault(exchange), told.BitsPerSecond) : null;

    /// <summary>The agent said so; a total that it does not know yet is 0.</summary>
    internal void Note(long exchange, long bytesDone, long bytesTotal)
    {
        _totals[exchange] = bytesTotal;
        _pace.Note(exchange, bytesDone);
    }

    /// <summary>The exchange is over.</summary>
    internal void Forget(long exchange)
    {
        _pace.Forget(exchange);
        _totals.TryRemove(exchange, out _);
    }
}
