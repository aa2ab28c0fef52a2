using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Optimisation.Packing;

namespace Meridian.Benches.Networks;

/// <summary>Total or concurrent flow on the published instances with scale 16 and more, over the published path sets.</summary>
internal sealed class PublishedFlows(
    string folder, bool isTotal, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
{
    private const double ScaleMin = 16;

    private readonly string _what = isTotal ? "total" : "concurrent";

    internal void Run()
    {
        var csv = Csv.Read(Path.Combine(folder, "te-results", isTotal ? "total_flow.csv" : "max_concurrent_flow.csv"));
        var rows = csv.Rows.Where(row => csv.Number(row, "scale") >= ScaleMin);
        foreach (var topology in rows.GroupBy(row => csv.Text(row, "topology")))
        {
            var path = Path.Combine(folder, "topologyzoo-graphml", topology.Key + ".graphml");
            if ((arguments.Text("--topology") ?? topology.Key) == topology.Key && File.Exists(path))
                Run(topology.Key, PublishedNetwork.Read(path), csv, topology);
        }
    }

    private void Run(string topology, PublishedNetwork network, Csv csv, IEnumerable<string[]> rows)
    {
        var (sets, pathTime) = Measured.Of(() => PublishedPathSets.Build(network));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_what} {topology}: {network.NodeCount} nodes, {network.Edges.Count} edges, {sets.Sum(set => set.Length)} paths in {pathTime.WallSeconds:f1} s"));
        var outcomes = new List<(double Ratio, double Gap, Measured Time)>();
        var skipped = 0;
        foreach (var cell in rows.GroupBy(row => (csv.Text(row, "tm_model"), csv.Number(row, "scale"))))
        {
            foreach (var row in cell.Take(arguments.Number("--per-cell", int.MaxValue)))
            {
                var demands = TrafficMatrices.Build(
                    topology, cell.Key.Item1, uint.Parse(csv.Text(row, "seed"), CultureInfo.InvariantCulture), cell.Key.Item2, network);
                // The matrix must be the published one, or the published optimum says nothing about it.
                if (demands is null || Math.Abs((demands.Sum() / csv.Number(row, "total_demand")) - 1) > 1e-4)
                {
                    skipped++;
                    continue;
                }

                if (outcomes.Count == 0)
                    Solve(network, sets, demands); // Code is compiled and libraries are loaded before the clock runs.
                var (result, time) = Measured.Of(() => Solve(network, sets, demands));
                var best = csv.Number(row, isTotal ? "lp_flow" : "lp_alpha");
                outcomes.Add((result.Value / best, Math.Abs(result.Bound - result.Value) / result.Bound, time));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {cell.Key.Item1,-8}{cell.Key.Item2,5}  of optimum {outcomes[^1].Ratio:f4}  gap at most {outcomes[^1].Gap:f4}  {time.WallSeconds:f2} s, processor {time.ProcessorSeconds:f2} s"));
            }
        }

        if (outcomes.Count > 0)
            Report(topology, pathTime, outcomes, skipped);
    }

    private void Report(
        string topology, Measured pathTime, List<(double Ratio, double Gap, Measured Time)> outcomes, int skipped)
    {
        var prefix = $"{_what}_flow_{topology}_";
        figures[prefix + "instance_count"] = outcomes.Count;
        figures[prefix + "instances_without_recipe_count"] = skipped;
        figures[prefix + "of_optimum_median_ratio"] = Measured.Median(outcomes.Select(outcome => outcome.Ratio));
        figures[prefix + "of_optimum_worst_ratio"] = outcomes.Min(outcome => outcome.Ratio);
        figures[prefix + "proven_gap_worst_ratio"] = outcomes.Max(outcome => outcome.Gap);
        figures[prefix + "wall_median_seconds"] = Measured.Median(outcomes.Select(outcome => outcome.Time.WallSeconds));
        figures[prefix + "wall_worst_seconds"] = outcomes.Max(outcome => outcome.Time.WallSeconds);
        figures[prefix + "processor_median_seconds"] = Measured.Median(outcomes.Select(outcome => outcome.Time.ProcessorSeconds));
        figures[prefix + "path_sets_wall_seconds"] = pathTime.WallSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {outcomes.Count} instances: of optimum median {figures[prefix + "of_optimum_median_ratio"]:f4}, worst {figures[prefix + "of_optimum_worst_ratio"]:f4}; wall median {figures[prefix + "wall_median_seconds"]:f2} s; {skipped} left out for want of the matrix"));
    }

    private (double Value, double Bound) Solve(PublishedNetwork network, int[][][] sets, double[] demands)
    {
        var problem = Problem(network, sets, demands);
        if (isTotal)
        {
            var packed = TotalPacking.Solve(problem);
            return (packed.Value, packed.Bound);
        }

        var spread = LeastLoad.Solve(problem);
        return (Math.Min(1, 1 / spread.Value), Math.Min(1, 1 / spread.Bound));
    }

    private static PackingProblem Problem(PublishedNetwork network, int[][][] sets, double[] demands)
    {
        var capacities = new double[network.Edges.Count];
        Array.Fill(capacities, 1000);
        var columns = new int[demands.Length + 1];
        for (var i = 0; i < demands.Length; i++)
            columns[i + 1] = columns[i] + sets[i].Length;
        var offsets = new int[columns[^1] + 1];
        var next = 0;
        foreach (var set in sets)
        {
            foreach (var path in set)
                offsets[++next] = path.Length;
        }

        for (var i = 0; i < next; i++)
            offsets[i + 1] += offsets[i];
        var entries = new int[offsets[^1]];
        next = 0;
        foreach (var set in sets)
        {
            foreach (var path in set)
                path.CopyTo(entries, offsets[next++]);
        }

        return new(capacities, demands, columns, offsets, entries);
    }
}
