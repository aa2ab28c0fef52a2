using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>How a depot behaves towards a store outside the domain.</summary>
public sealed record OutsideOptions
{
    /// <summary>The size of the parts in which large files come; 16 MiB unless stated.</summary>
    public DataSize PartSize { get; init; } = new(16 << 20);

    /// <summary>Requests under way at once; 8 unless stated.</summary>
    public int ParallelCount { get; init; } = 8;

    /// <summary>Failures without any progress after which a store counts as unreachable; 6 unless stated.</summary>
    public int FailureCountMax { get; init; } = 6;

    /// <summary>The wait after the first failure, doubled after each further one; 250 ms unless stated.</summary>
    public TimeSpan BackOffFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait between attempts; 15 s unless stated.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a store may say nothing; 30 s unless stated.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Asks a store again after a broken line, within bounds, and lets only so many ask at once.</summary>
internal sealed class OutsidePatience(OutsideOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _room = new(options.ParallelCount);

    public OutsideOptions Options => options;

    /// <summary>
    /// Runs attempts until one says that it is done. The wait grows with each failure, and starts anew after an attempt that brought something.
    /// </summary>
    /// <param name="address">Who is asked, for the message.</param>
    /// <param name="attempt">Does some of the work; returns whether all is done.</param>
    /// <param name="doneBytes">How far the work is, to tell progress.</param>
    /// <param name="cancellation">Stops between attempts and within.</param>
    /// <exception cref="OutsideException">It cannot be done, or the line broke too often.</exception>
    public async Task RunAsync(
        string address, Func<SilenceWatch, Task<bool>> attempt, Func<long> doneBytes, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        try
        {
            for (var failureCount = 0; ;)
            {
                var before = doneBytes();
                if (await TryAsync(address, attempt, cancellation) is not { } broken)
                    return;
                failureCount = doneBytes() > before ? 1 : failureCount + 1;
                if (failureCount >= options.FailureCountMax)
                    throw new OutsideException(Reason.Of("outside-unreachable", address, broken.Message), broken);
                await Task.Delay(Wait(failureCount), clock, cancellation);
            }
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task<LineBrokenException?> TryAsync(string address, Func<SilenceWatch, Task<bool>> attempt, CancellationToken cancellation)
    {
        try
        {
            using var watch = new SilenceWatch(new Uri(address), options.SilenceMax, clock, cancellation);
            while (!await attempt(watch))
                cancellation.ThrowIfCancellationRequested();
            return null;
        }
        catch (LineBrokenException broken)
        {
            return Denial(broken) is { } denied ? throw new OutsideException(denied.Reason, broken) : broken;
        }
        catch (DepotUntrustedException untrusted)
        {
            throw new OutsideException(Reason.Of("outside-unreachable", address, untrusted.InnerException!.InnerException!.Message), untrusted);
        }
    }

    /// <summary>What the settings refused when the line was made: HTTP wraps it.</summary>
    private static OutsideException? Denial(Exception? fault) => fault is null or OutsideException ? fault as OutsideException : Denial(fault.InnerException);

    private TimeSpan Wait(int failureCount)
    {
        var grown = Math.Min(options.BackOffFirst.Ticks * (double)(1L << Math.Min(failureCount - 1, 20)), options.BackOffMax.Ticks);

        // Spread, so that parts that broke together do not come back together.
        return TimeSpan.FromTicks((long)(grown * (0.5 + (Random.Shared.NextDouble() / 2))));
    }
}
