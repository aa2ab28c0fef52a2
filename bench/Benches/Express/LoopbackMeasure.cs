namespace Meridian.Benches.Express;

/// <summary>The unshaped rate over a machine's own loopback, encrypted, and what it costs.</summary>
internal static class LoopbackMeasure
{
    private const string Address = "127.0.0.1";

    internal static void Run(Bench bench)
    {
        using var lab = new Lab();
        var space = lab.Add("l");
        var bytes = bench.Arguments.Number("--megabytes", 2048) * 1024L * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 4, bytes);
        using (var depot = ServingDepot.Start(bench, space, bench.Fresh("depot"), source, Address + ":7443"))
        {
            bench.Note("loopback_meridian_take_in_seconds", depot.Served.ScanSeconds);
            bench.WarmMemory(bytes);
            Note(bench, "meridian", bytes, bench.Pull(depot, space, source, megabits: 0));
        }

        foreach (var tool in OtherTool.All.Where(tool => tool.Missing is null))
        {
            bench.WarmMemory(bytes);
            Note(bench, tool.Name, bytes, tool.Measure(bench, (space, space), Address, source));
        }
    }

    private static void Note(Bench bench, string name, long bytes, Measurement measured)
    {
        bench.Note($"loopback_{name}_megabytes_per_second", bytes / 1e6 / measured.WallSeconds);
        bench.Note($"loopback_{name}_processor_seconds_per_gigabyte", measured.ProcessorSeconds / (bytes / 1e9));
        bench.Note($"loopback_{name}_equal", measured.IsWhole ? 1 : 0);
    }
}
