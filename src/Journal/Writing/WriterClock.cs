namespace Meridian.Journal.Writing;

/// <summary>
/// The writer's time: UTC that never goes back and never jumps. It is anchored once, and then advances with the
/// monotonic clock, so that setting the machine's clock cannot end leases early.
/// </summary>
public sealed class WriterClock(TimeProvider time)
{
    private readonly long _anchor = time.GetTimestamp();
    private DateTimeOffset _start = time.GetUtcNow();

    /// <summary>The time now.</summary>
    public DateTimeOffset Now() => _start + time.GetElapsedTime(_anchor);

    /// <summary>Moves the time on to at least the given one: what the journal holds has already happened.</summary>
    public void NotBefore(DateTimeOffset moment)
    {
        var behind = moment - Now();
        if (behind > TimeSpan.Zero)
            _start += behind;
    }
}
