namespace Meridian.Benches.Express;

/// <summary>Many files of 4 KB over a path with a round trip of 80 ms.</summary>
internal static class SmallFilesMeasure
{
    private const int Megabits = 1000;

    internal static void Run(Bench bench)
    {
        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var (address, _) = lab.Wire(server, client, Megabits, TimeSpan.FromMilliseconds(40));
        var fileCount = bench.Arguments.Number("--files", 200_000);
        var source = Corpus.Small(bench.Fresh("source"), fileCount);
        double ours;
        using (var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, address + ":7443"))
        {
            bench.Note("small_meridian_take_in_seconds", depot.Served.ScanSeconds);
            var measured = bench.Pull(depot, client, source, megabits: 0);
            Note(bench, "meridian", fileCount, measured);
            ours = fileCount / (measured.WallSeconds + depot.Served.ScanSeconds);
            bench.Note("small_meridian_with_take_in_files_per_second", ours);
        }

        foreach (var tool in OtherTool.All.Where(tool => tool.Missing is null))
        {
            // The others need a round trip for each file: a hundredth of the files tells their rate.
            var count = tool is RsyncTool ? fileCount : fileCount / 100;
            var files = tool is RsyncTool ? source : Corpus.Small(bench.Fresh("fewer"), count);
            Note(bench, tool.Name, count, tool.Measure(bench, (server, client), address, files));
        }
    }

    private static void Note(Bench bench, string name, int fileCount, Measurement measured)
    {
        bench.Note($"small_{name}_files_per_second", fileCount / measured.WallSeconds);
        bench.Note($"small_{name}_processor_seconds", measured.ProcessorSeconds);
        bench.Note($"small_{name}_equal", measured.IsWhole ? 1 : 0);
    }
}
