namespace Meridian.Benches.Express;

/// <summary>One long fat path: 500 Mbit/s with a round trip of 80 ms.</summary>
internal static class FatPathMeasure
{
    private const int Megabits = 500;


    internal static void Run(Bench bench)
    {
        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var (address, _) = lab.Wire(server, client, Megabits, TimeSpan.FromMilliseconds(40));
        var bytes = Math.Min(bench.Arguments.Number("--megabytes", 2048), 1024) * 1024L * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 1, bytes);
        using (var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, address + ":7443"))
            Note(bench, "meridian", bytes, bench.Pull(depot, client, source, megabits: 0));
        foreach (var tool in OtherTool.All.Where(tool => tool.Missing is null))
            Note(bench, tool.Name, bytes, tool.Measure(bench, (server, client), address, source));
    }

    private static void Note(Bench bench, string name, long bytes, Measurement measured)
    {
        bench.Note($"fat_{name}_of_path_ratio", bytes * 8 / 1e6 / measured.WallSeconds / Megabits);
        if (measured.MovingSeconds > 0)
            bench.Note($"fat_{name}_of_path_while_moving_ratio", bytes * 8 / 1e6 / measured.MovingSeconds / Megabits);
        bench.Note($"fat_{name}_equal", measured.IsWhole ? 1 : 0);
    }
}
