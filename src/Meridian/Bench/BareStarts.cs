using System.Diagnostics;
using System.Globalization;

namespace Meridian.Host.Bench;

/// <summary>
/// What the machine allows with no platform at all: a shell that starts <c>/bin/true</c> one after another, from so many
/// loops at once. A rate of tasks beyond it would be a mistake in the measure.
/// </summary>
internal static class BareStarts
{
    private const int StartsPerLoop = 300;

    /// <summary>Starts a second, all loops together.</summary>
    internal static async Task<double> PerSecondAsync(int loopCount, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, loopCount).Select(_ => LoopAsync(cancellation)));
        return loopCount * StartsPerLoop / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task LoopAsync(CancellationToken cancellation)
    {
        var count = StartsPerLoop.ToString(CultureInfo.InvariantCulture);
        const string script = "i=0; while [ $i -lt $1 ]; do /bin/true; i=$((i+1)); done";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "meridian-bench", count]) { UseShellExecute = false })!;
        await shell.WaitForExitAsync(cancellation);
    }
}
