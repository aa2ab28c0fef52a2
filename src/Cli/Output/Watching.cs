namespace Meridian.Cli;

/// <summary>Shows something again and again.</summary>
internal static class Watching
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Renders until it is interrupted, and writes what differs from the last time.</summary>
    /// <param name="context">Where it is shown: a terminal is cleared, anything else gets one after the other.</param>
    /// <param name="render">Writes the current state; returns whether it will change again.</param>
    /// <param name="cancellation">The interruption, which is the usual end.</param>
    public static async Task RunAsync(
        CliContext context, Func<TextWriter, Task<bool>> render, CancellationToken cancellation)
    {
        var last = "";
        try
        {
            while (true)
            {
                var text = new StringWriter { NewLine = "\n" };
                var goesOn = await render(text);
                if (!string.Equals(text.ToString(), last, StringComparison.Ordinal))
                    await context.Out.WriteAsync((context.IsOutTerminal ? "\u001b[H\u001b[2J" : "") + text);
                last = text.ToString();
                if (!goesOn)
                    return;
                await Task.Delay(Pause, context.Clock, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how one stops watching.
        }
    }
}
