namespace Meridian.Benches.Express;

/// <summary>
/// A circuit of 50 Mbit/s over a link of 100 Mbit/s that eight other streams fill: the depot paces itself, and a class of
/// the link keeps its share free, as the driver <c>linux</c> would.
/// </summary>
internal static class CircuitMeasure
{
    private const int LinkMegabits = 100;
    private const int CircuitMegabits = 50;
    private const int StreamCount = 8;

    internal static void Run(Bench bench)
    {
        if (!Shell.Has("iperf3"))
        {
            bench.Say("iperf3 is not here; get it with: apt-get install iperf3");
            return;
        }

        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var (address, _) = lab.Wire(server, client, megabitsPerSecond: 0, TimeSpan.Zero);

        // The class has a little more than the circuit, for what the line adds to the content.
        Lab.Divide(server, "mxa0", LinkMegabits, CircuitMegabits * 11 / 10, port: 7443);
        var bytes = 128L * 1024 * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 1, bytes);
        using var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, address + ":7443");
        var target = Shell.Start([.. Lab.In(server), "iperf3", "-s", "-B", address]);
        bench.WaitFor(client, address, 5201);
        var streams = Shell.Start([.. Lab.In(client), "iperf3", "-c", address, "-R", "-P", $"{StreamCount}", "-t", "60"]);
        Task.Delay(TimeSpan.FromSeconds(2)).Wait();
        var measured = bench.Pull(depot, client, source, CircuitMegabits);
        Shell.End(streams);
        Shell.End(target);
        bench.Note("circuit_rate_of_promised_ratio", bytes * 8 / 1e6 / measured.MovingSeconds / CircuitMegabits);
        bench.Note("circuit_equal", measured.IsWhole ? 1 : 0);
    }
}
