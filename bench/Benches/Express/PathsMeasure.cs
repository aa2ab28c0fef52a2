namespace Meridian.Benches.Express;

/// <summary>Three paths of 100 Mbit/s at once; the other tools know one address, and so take one path.</summary>
internal static class PathsMeasure
{
    private const int Megabits = 100;
    private const int PathCount = 3;

    internal static void Run(Bench bench)
    {
        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var addresses = Enumerable.Range(0, PathCount)
            .Select(_ => lab.Wire(server, client, Megabits, TimeSpan.Zero).First + ":7443").ToArray();
        var bytes = Math.Min(bench.Arguments.Number("--megabytes", 2048), 1024) * 1024L * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 4, bytes);
        using var depot = ServingDepot.Start(
            bench, server, bench.Fresh("depot"), source, "0.0.0.0:7443", reachedAt: addresses[0]);
        var measured = bench.Pull(depot, client, source, megabits: 0, [.. addresses.Skip(1).Select(a => "https://" + a)]);
        var sum = bytes * 8 / 1e6 / Megabits / PathCount;
        bench.Note("paths_meridian_of_sum_ratio", sum / measured.WallSeconds);
        bench.Note("paths_meridian_of_sum_while_moving_ratio", sum / measured.MovingSeconds);
        bench.Note("paths_meridian_equal", measured.IsWhole ? 1 : 0);
    }
}
