using System.ComponentModel;
using System.Diagnostics;

namespace Meridian.Agent.Circuits;

/// <summary>What a tool of the system answered.</summary>
internal sealed record ToolAnswer(int ExitCode, string Output, string Error)
{
    internal bool IsGood => ExitCode == 0;
}

/// <summary>Runs tools of the system with lists of arguments; no shell reads them.</summary>
/// <param name="before">What comes before each tool's name, such as <c>ip netns exec NAME</c>; usually nothing.</param>
internal sealed class SystemTool(params IReadOnlyList<string> before)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where the tools run; empty for this process's own network.</summary>
    internal string Where => string.Join(' ', before);

    /// <summary>Runs the tool to its end. A tool that is not there, or takes too long, fails.</summary>
    internal async Task<ToolAnswer> RunAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var all = before.Concat(words).ToList();
        var start = new ProcessStartInfo(all[0])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        all.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        start.Environment["LC_ALL"] = "C";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
                await process.WaitForExitAsync(patience.Token);
                return new(process.ExitCode, await output, (await error).Trim());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception failure)
        {
            return new(-1, "", $"{all[0]}: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(-1, "", $"{string.Join(' ', words)}: no end after {Patience.TotalSeconds} s");
        }
    }
}
