using System.Collections.Concurrent;
using Meridian.ControlPlane.Api;

namespace Meridian.ControlPlane.Agents;

/// <summary>
/// How far fetches have come, as agents say in passing. It is kept in memory only: after a restart the next word of each
/// agent fills it again.
/// </summary>
public sealed class FetchBook(TimeProvider time) : IFetchProgress
{
    private const int KeptMax = 100_000;

    /// <summary>How long a word counts; agents speak every second.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    /// <summary>The weight of the latest second in the rate.</summary>
    private const double Newest = 0.3;

    private readonly ConcurrentDictionary<long, Entry> _known = new();

    /// <inheritdoc/>
    public (long BytesDone, long BitsPerSecond)? Of(long fetch) =>
        _known.TryGetValue(fetch, out var entry) && time.GetUtcNow() - entry.At < Fresh ? (entry.BytesDone, (long)entry.BitsPerSecond) : null;

    /// <summary>The agent said so.</summary>
    internal void Note(long fetch, long bytesDone)
    {
        var now = time.GetUtcNow();
        _known.AddOrUpdate(
            fetch, _ => new(bytesDone, 0, now), (_, before) => new(bytesDone, Rate(before, bytesDone, now), now));
        if (_known.Count <= KeptMax)
            return;
        foreach (var (id, entry) in _known)
        {
            if (now - entry.At > Fresh)
                _known.TryRemove(id, out _);
        }
    }

    /// <summary>The fetch is over.</summary>
    internal void Forget(long fetch) => _known.TryRemove(fetch, out _);

    private static double Rate(Entry before, long bytesDone, DateTimeOffset now)
    {
        var seconds = (now - before.At).TotalSeconds;
        if (seconds <= 0)
            return before.BitsPerSecond;
        var latest = Math.Max(0, bytesDone - before.BytesDone) * 8 / seconds;
        return before.BitsPerSecond <= 0 ? latest : (latest * Newest) + (before.BitsPerSecond * (1 - Newest));
    }

    private sealed record Entry(long BytesDone, double BitsPerSecond, DateTimeOffset At);
}
