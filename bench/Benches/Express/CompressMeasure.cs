namespace Meridian.Benches.Express;

/// <summary>
/// Content that compresses, with and without compression: over 100 Mbit/s, and over a line without a limit; and content that does not.
/// </summary>
internal static class CompressMeasure
{
    private const int Megabits = 100;

    internal static void Run(Bench bench)
    {
        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var (slow, _) = lab.Wire(server, client, Megabits, TimeSpan.Zero);
        var (fast, _) = lab.Wire(server, client, megabitsPerSecond: 0, TimeSpan.Zero);
        var bytes = Math.Min(bench.Arguments.Number("--megabytes", 2048), 256) * 1024L * 1024;
        var log = Corpus.Log(bench.Fresh("source"), bytes);
        var random = Corpus.Large(bench.Fresh("source"), fileCount: 1, bytes);
        foreach (var (name, address, source) in new[] { ("slow", slow, log), ("fast", fast, log), ("random", fast, random) })
        {
            using var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, address + ":7443");
            bench.WarmMemory(bytes);
            Note(bench, $"compress_{name}_plain", bytes, bench.PullPlain(depot, client, source));
            bench.WarmMemory(bytes);
            Note(bench, $"compress_{name}_adaptive", bytes, bench.Pull(depot, client, source, megabits: 0));
        }
    }

    private static void Note(Bench bench, string name, long bytes, Measurement measured)
    {
        bench.Note(name + "_seconds", measured.MovingSeconds);
        bench.Note(name + "_line_of_content_ratio", (double)measured.LineBytes / bytes);
        bench.Note(name + "_processor_seconds_per_gigabyte", measured.ProcessorSeconds / (bytes / 1e9));
        bench.Note(name + "_equal", measured.IsWhole ? 1 : 0);
    }
}
