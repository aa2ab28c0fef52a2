using System.Diagnostics;
using System.Text.Json;

namespace Meridian.Benches.Express;

/// <summary>A depot in a process and a namespace of its own.</summary>
internal sealed class ServingDepot : IDisposable
{
    private readonly Process _process;

    private ServingDepot(Process process, Served served, string address) =>
        (_process, Served, Url) = (process, served, "https://" + address);

    internal Served Served { get; }

    internal string Url { get; }

    /// <summary>Processor seconds until now.</summary>
    internal double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts a depot that takes the source in, and waits until it listens.</summary>
    internal static ServingDepot Start(Bench bench, string space, string store, string source, string address, string? reachedAt = null)
    {
        var process = Shell.Start(ExpressPart.Command(space, "serve", bench.Keys, store, source, address));
        var line = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("A depot did not start: " + process.StandardError.ReadToEnd());
        return new(process, JsonSerializer.Deserialize<Served>(line)!, reachedAt ?? address);
    }

    /// <summary>The command that pulls the dataset from here, and from other depots with the same ticket.</summary>
    internal string[] PullCommand(Bench bench, string space, string store, int megabits, params string[] others) =>
        ExpressPart.Command(
            space, ["pull", bench.Keys, store, Served.Ticket, Served.Root, $"{megabits}", Url, .. others]);

    /// <summary>The command that pulls the dataset from here without compression.</summary>
    internal string[] PlainPullCommand(Bench bench, string space, string store) =>
        ExpressPart.Command(space, "pull-plain", bench.Keys, store, Served.Ticket, Served.Root, Url);

    /// <summary>The command of a depot that receives and passes on.</summary>
    /// <param name="bench">The measurement.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="share">Its number, how many receivers there are, and how many of the sources hold everything.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="urls">The sources, those that hold everything first.</param>
    internal string[] ReceiveCommand(Bench bench, string space, string share, string address, params string[] urls) =>
        ExpressPart.Command(
            space, ["receive", bench.Keys, bench.Fresh("store"), Served.Ticket, Served.Root, share, address, .. urls]);

    /// <summary>Ends it without a warning.</summary>
    internal void Crash() => Shell.Crash(_process);

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(15)))
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
