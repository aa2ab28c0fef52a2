using System.Globalization;
using Meridian.Benches.Running;

namespace Meridian.Benches.Openb;

/// <summary>
/// How many accelerators are allocated when as many have been asked for as there are: Best-fit, fragmentation gradient
/// descent, our own choice of nodes and a bound on anybody's, on the pod lists of cluster-trace-gpu-v2023.
/// </summary>
internal sealed class OpenbBench : IBench
{
    private const string Origin = "https://github.com/alibaba/clusterdata, cluster-trace-gpu-v2023/csv";

    private const string Prefix = "openb_pod_list_";

    private const ulong FirstSeed = 42;

    private static readonly (string Name, string Published, Func<OpenbTrace, OpenbPolicy> Make)[] Policies =
    [
        ("best_fit", "05-BestFit", _ => new BestFitPolicy()),
        ("fgd", "06-FGD", trace => new GradientPolicy(trace)),
        ("meridian", "", trace => new WorthPolicy(trace)),
    ];

    /// <inheritdoc/>
    public string Name => "openb";

    /// <inheritdoc/>
    public string Summary => "accelerators allocated, against fragmentation gradient descent [--list default] [--seeds 10] [--rounds JOBS_PER_ROUND]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var folder = Path.Combine(arguments.Data, "openb");
        var nodes = Path.Combine(folder, "openb_node_list_gpu_node.csv");
        if (!File.Exists(nodes))
            return BenchArguments.Missing(output, nodes, Origin);
        var published = Published(Path.Combine(folder, "expected", "summary.csv"));
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var seedCount = arguments.Number("--seeds", 10);
        figures["seeds_count"] = seedCount;
        output.WriteLine($"{"list",-14}{"policy",-10}{"alloc_pct mean",15}{"least",8}{"most",8}{"published",11}{"seconds_per_run",17}");
        foreach (var path in Directory.GetFiles(folder, Prefix + "*.csv").Order(StringComparer.Ordinal))
        {
            var list = Path.GetFileNameWithoutExtension(path)[Prefix.Length..];
            if (arguments.Text("--list") is { } only && only != list)
                continue;
            var trace = new OpenbTrace(nodes, path);
            if (arguments.Number("--rounds", 0) is var jobsPerRound and > 0)
            {
                RunRounds(trace, list, jobsPerRound, figures, output);
                continue;
            }

            Bound(trace, list, seedCount, figures, output);
            foreach (var (name, label, make) in Policies)
            {
                var (runs, time) = Measured.Of(() => Enumerable.Range(0, seedCount)
                    .Select(i => new OpenbCluster(trace, make(trace)).AllocatedPercent(FirstSeed + (ulong)i)).ToList());
                var known = published.TryGetValue((Prefix + list, label), out var mean) ? mean : double.NaN;
                Record(figures, $"{list}_{name}", runs, known, time.WallSeconds / seedCount);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{list,-14}{name,-10}{runs.Average(),15:0.00}{runs.Min(),8:0.00}{runs.Max(),8:0.00}{known,11:0.00}{time.WallSeconds / seedCount,17:0.000}"));
            }
        }

        return arguments.Finish(output, figures);
    }

    /// <summary>How far anybody could get who knew all arrivals beforehand, at most.</summary>
    private static void Bound(OpenbTrace trace, string list, int seedCount, SortedDictionary<string, double> figures, TextWriter output)
    {
        var bound = new OfflineBound(trace);
        var (runs, time) = Measured.Of(() => Enumerable.Range(0, seedCount).Select(i => bound.Percent(trace.CountsAtWhole(FirstSeed + (ulong)i))).ToList());
        Record(figures, list + "_offline_bound", runs, published: double.NaN, time.WallSeconds / seedCount);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{list,-14}{"bound",-10}{runs.Average(),15:0.00}{runs.Min(),8:0.00}{runs.Max(),8:0.00}{"",11}{time.WallSeconds / seedCount,17:0.000}"));
    }

    /// <summary>One order of arrivals through the scheduler's rounds and the writer's rules.</summary>
    private static void RunRounds(
        OpenbTrace trace, string list, int jobsPerRound, SortedDictionary<string, double> figures, TextWriter output)
    {
        var domain = new OpenbDomain(trace);
        var ((percent, count), time) = Measured.Of(() => domain.Run(FirstSeed, jobsPerRound));
        figures[list + "_rounds_alloc_pct"] = percent;
        figures[list + "_rounds_placements_per_second"] = count / time.WallSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{list,-14}{"rounds",-10}{percent,15:0.00}  {count} placements, {count / time.WallSeconds:0} a second"));
    }

    private static void Record(
        SortedDictionary<string, double> figures, string name, List<double> runs, double published, double seconds)
    {
        figures[name + "_alloc_pct_mean"] = runs.Average();
        figures[name + "_seconds_per_run"] = seconds;
        if (!double.IsNaN(published))
            figures[name + "_published_pct"] = published;
    }

    /// <summary>The published mean allocations when as much has arrived as there is, by list and policy.</summary>
    private static Dictionary<(string List, string Policy), double> Published(string path)
    {
        if (!File.Exists(path))
            return [];
        var table = Csv.Read(path);
        return table.Rows
            .Where(row => table.Text(row, "arrived_pct") == "100")
            .ToDictionary(row => (table.Text(row, "workload"), table.Text(row, "policy")), row => table.Number(row, "alloc_mean"));
    }
}
