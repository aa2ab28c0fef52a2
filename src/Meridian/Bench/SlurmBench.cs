using System.Diagnostics;

namespace Meridian.Host.Bench;

/// <summary>The same small tasks through a Slurm on the same machine, as one array, from submission to an empty queue.</summary>
internal static class SlurmBench
{
    internal static async Task<double> RunAsync(string script, int taskCount, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"meridian-slurm-{Environment.ProcessId}");
        await ShellAsync($"SLURM_LOCAL_REST=0 '{script}' start '{folder}'", cancellation);
        try
        {
            var began = Stopwatch.GetTimestamp();
            await ShellAsync(
                $"cd '{folder}'; export SLURM_CONF=$(find '{folder}' -name slurm.conf | head -n 1); sbatch --wait --array=1-{taskCount} -o /dev/null --wrap /bin/true", cancellation);
            return taskCount / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            await ShellAsync($"'{script}' stop '{folder}'", CancellationToken.None);
        }
    }

    private static async Task ShellAsync(string command, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command]) { UseShellExecute = false })!;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
    }
}
