using System.Diagnostics;

namespace Meridian.Benches.Running;

/// <summary>Wall-clock and processor seconds of one piece of work.</summary>
internal readonly record struct Measured(double WallSeconds, double ProcessorSeconds)
{
    /// <summary>Does the work and measures it.</summary>
    internal static (T Result, Measured Time) Of<T>(Func<T> work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var result = work();
        var wall = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return (result, new(wall, (process.TotalProcessorTime - before).TotalSeconds));
    }

    /// <summary>The middle of the numbers; the lower one of two.</summary>
    internal static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(sorted.Length - 1) / 2];
    }
}
