using System.Diagnostics;
using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>The quick path on a generated national network: decisions a second, how long each takes, and how good they are.</summary>
internal sealed class NationalBench : IBench
{
    private const long Start = 1_767_225_600_000;

    private const ulong DefaultSeed = 20_260_101;

    private const int GrowthJobsMax = 300_000;

    private static readonly string[] GrowthFigures =
        ["microseconds_per_decision", "p50_us", "p99_us", "peak_memory_mb", "nodes_count", "mean_cost_cny", "mean_finish_seconds", "mean_carbon_grams"];

    /// <inheritdoc/>
    public string Name => "national";

    /// <inheritdoc/>
    public string Summary => "quick decisions on a national network [--jobs 1000000] [--sites 500] [--nodes 120000] [--occupancy 85], and of all parts only [--in-memory] [--durable] [--growth]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var hubs = Path.Combine(arguments.Data, "china", "hubs.csv");
        if (!File.Exists(hubs))
            return BenchArguments.Missing(output, hubs, "the lists of national hubs of 2022");
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var (jobs, sites, occupancy) = (arguments.Number("--jobs", 1_000_000), arguments.Number("--sites", 500), arguments.Number("--occupancy", 85) / 100d);
        var (inMemory, durable, growth) = (args.Contains("--in-memory"), args.Contains("--durable"), args.Contains("--growth"));
        var all = !inMemory && !durable && !growth;
        var settings = new Settings(sites, arguments.Number("--nodes", NodesOf(sites)), jobs, occupancy, IsDurable: false);
        if (all || inMemory)
            Decide(hubs, settings, figures);
        if (all || durable)
            Add(hubs, settings with { IsDurable = true }, figures);
        if (all || growth)
            Grow(hubs, growth ? jobs : Math.Min(jobs, GrowthJobsMax), occupancy, figures);
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {value,16:0.###}"));
        return arguments.Finish(output, figures);
    }

    /// <summary>240 a site up to 120,000, which more sites share.</summary>
    private static int NodesOf(int sites) => Math.Min(240 * sites, 120_000);

    /// <summary>Decides once more; of what was measured before, that stays.</summary>
    private static void Add(string hubs, Settings settings, SortedDictionary<string, double> figures)
    {
        var of = new SortedDictionary<string, double>(StringComparer.Ordinal);
        Decide(hubs, settings, of);
        foreach (var (name, value) in of)
            figures.TryAdd(name, value);
    }

    private static void Grow(string hubs, int jobs, double occupancy, SortedDictionary<string, double> figures)
    {
        // Once for nothing, so that all code is compiled before the first row and no row pays for it.
        Decide(hubs, new(10, NodesOf(10), jobs, occupancy, IsDurable: false), new(StringComparer.Ordinal));
        foreach (var sites in new[] { 10, 100, 1_000, 10_000 })
        {
            var of = new SortedDictionary<string, double>(StringComparer.Ordinal);
            Decide(hubs, new(sites, NodesOf(sites), jobs, occupancy, IsDurable: false), of);
            foreach (var name in GrowthFigures)
                figures[string.Create(CultureInfo.InvariantCulture, $"sites_{sites:00000}_{name}")] = of[name];
            GC.Collect();
        }

        figures["growth_factor"] = figures["sites_10000_microseconds_per_decision"] / figures["sites_00010_microseconds_per_decision"];
    }

    private static void Decide(string hubs, Settings settings, SortedDictionary<string, double> figures)
    {
        var clock = Stopwatch.StartNew();
        var places = new NationalPlaces(hubs, settings.Sites, DefaultSeed);
        var path = new QuickPath(places.Sites.Select(s => s.Site), NationalFleet.Pools(places.Sites, settings.Nodes, DefaultSeed + 1), places.Topology);
        using var source = new JobSource(path, settings.Jobs, Start, settings.Occupancy, DefaultSeed + 2);
        figures["setup_seconds"] = clock.Elapsed.TotalSeconds;
        figures["points_count"] = places.Topology.Points.Length;
        figures["links_count"] = places.LinkPairCount;
        figures["sites_count"] = path.Sites.Length;
        figures["pools_count"] = path.Pools.Length;
        figures["nodes_count"] = path.Pools.Sum(p => p.NodeCount);
        figures["jobs_count"] = settings.Jobs;
        figures["fill_count"] = source.FillCount;
        if (settings.IsDurable)
            Durably(path, source, settings, figures);
        else
            Report(Measure(path, source, log: null), settings, "", figures);
    }

    private static void Durably(QuickPath path, JobSource source, Settings settings, SortedDictionary<string, double> figures)
    {
        var folder = Directory.CreateTempSubdirectory("national");
        var file = Path.Combine(folder.FullName, "journal.db");
        try
        {
            using (var log = new DecisionLog(file))
            {
                Report(Measure(path, source, log), settings, "_durable", figures);
                figures["journal_mb"] = log.ByteCount / 1e6;
                figures["journal_batches_count"] = log.BatchCount;
                figures["journal_same_when_read_back"] = 0;
                log.Dispose();
                if (DecisionLog.Read(file) == (log.Digest, (int)log.BatchCount))
                    figures["journal_same_when_read_back"] = 1;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (NationalRun Run, double Seconds) Measure(QuickPath path, JobSource source, DecisionLog? log)
    {
        var run = new NationalRun(path, Start, log);
        using var batches = source.Batches().GetEnumerator();
        run.Fill(batches, source.FillCount);
        var clock = Stopwatch.StartNew();
        run.Go(batches);
        log?.Finish();
        return (run, clock.Elapsed.TotalSeconds);
    }

    private static void Report((NationalRun Run, double Seconds) of, Settings settings, string suffix, SortedDictionary<string, double> figures)
    {
        var (run, seconds) = of;
        using var process = Process.GetCurrentProcess();
        figures["decisions_per_second" + suffix] = settings.Jobs / seconds;
        figures["seconds" + suffix] = seconds;
        figures["microseconds_per_decision"] = run.DayTook.TotalMicroseconds / settings.Jobs;
        figures["waiting_at_first_count"] = run.WaitingAtFirst;
        figures["p50_us"] = run.Latencies.Microseconds(0.5);
        figures["p99_us"] = run.Latencies.Microseconds(0.99);
        figures["p999_us"] = run.Latencies.Microseconds(0.999);
        figures["peak_memory_mb"] = process.PeakWorkingSet64 / 1e6;
        figures["simulated_hours"] = (run.LastArrival - run.DayBegan) / 3.6e6;
        figures["occupancy_cores_percent"] = run.Occupied.CorePercent;
        figures["occupancy_accelerators_percent"] = run.Occupied.AcceleratorPercent;
        figures["placed_count"] = run.Counted.PlacedCount;
        figures["waited_count"] = run.Counted.WaitedCount;
        figures["refused_count"] = run.Counted.RefusedCount;
        figures["left_waiting_count"] = run.LeftWaiting;
        figures["circuits_count"] = run.Counted.CircuitCount;
        figures["mean_cost_cny"] = run.Counted.CostSum / run.Counted.PlacedCount;
        figures["mean_finish_seconds"] = run.Counted.SecondSum / run.Counted.PlacedCount;
        figures["mean_carbon_grams"] = run.Counted.CarbonSum / run.Counted.PlacedCount;
        figures["deadline_hit_percent"] = 100d * run.Counted.InTimeCount / Math.Max(1, run.Counted.DeadlineCount);
    }

    private sealed record Settings(int Sites, int Nodes, int Jobs, double Occupancy, bool IsDurable);
}
