using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// Holds a flow to a rate: a token bucket of a tenth of a second, shared by all who take from it. It begins empty, so
/// that a short transfer is not faster than its rate.
/// </summary>
public sealed class Pacer
{
    /// <summary>The most bytes to take at once, for a smooth flow: 64 KiB.</summary>
    public const int SliceBytes = 64 * 1024;

    private static readonly TimeSpan Depth = TimeSpan.FromMilliseconds(100);

    // A shorter wait costs more than it orders; what is not waited now is owed to the next turn.
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly long _origin;
    private readonly double _bytesPerSecond;
    private double _freeAtSeconds;

    /// <summary>A flow that begins now.</summary>
    /// <param name="rate">Above zero.</param>
    /// <param name="clock">The time.</param>
    public Pacer(Bandwidth rate, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate.BitsPerSecond, nameof(rate));
        _clock = clock;
        _origin = clock.GetTimestamp();
        _bytesPerSecond = rate.BytesPerSecond;
    }

    /// <summary>Returns when the bytes may flow.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellation)
    {
        var wait = Reserve(bytes);
        if (wait >= WaitMin)
            await Task.Delay(wait, _clock, cancellation);
    }

    private TimeSpan Reserve(int bytes)
    {
        lock (_gate)
        {
            var now = _clock.GetElapsedTime(_origin).TotalSeconds;

            // Whoever was idle has saved up at most the depth of the bucket.
            _freeAtSeconds = Math.Max(_freeAtSeconds, now - Depth.TotalSeconds) + bytes / _bytesPerSecond;
            return TimeSpan.FromSeconds(Math.Max(0, _freeAtSeconds - now));
        }
    }
}
