using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Networking.Topologies;
using Meridian.Networking.TrafficEngineering;
using Meridian.Optimisation.Linear;
using Meridian.Primitives;

namespace Meridian.Benches.Networks;

/// <summary>The least largest utilisation over all paths: Repetita against its optimum, SNDlib against the exact program.</summary>
internal static class LeastUtilisations
{
    private const int ExactVariableCountMax = 12_000;

    internal static void Repetita(
        string folder, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
    {
        var csv = Csv.Read(Path.Combine(folder, "repetita", "mlu_optimum.csv"));
        var outcomes = new List<(double Ratio, double Gap, Measured Time)>();
        foreach (var row in csv.Rows.Where(row => (arguments.Text("--topology") ?? row[0]) == row[0]))
        {
            var name = csv.Text(row, "topology");
            var (topology, requests) = ReadRepetita(Path.Combine(folder, "repetita", name));
            var (plan, time) = Measured.Of(() => TrafficPrograms.LeastUtilisation(topology, requests)!);
            // Where the exact program was not solved the authors' scaling stands for the optimum: 0.9 on every matrix.
            var known = csv.Text(row, "min_max_link_utilisation_fractional_mcf").Length > 0;
            var best = known ? csv.Number(row, "min_max_link_utilisation_fractional_mcf") : double.NaN;
            outcomes.Add((plan.Value / best, plan.Gap, time));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"repetita {name,-18} {plan.Value:f6}  of optimum {plan.Value / best:f5}  gap at most {plan.Gap:f4}  {time.WallSeconds:f2} s, processor {time.ProcessorSeconds:f2} s"));
        }

        Report("repetita_least_utilisation_", outcomes, figures);
    }

    internal static void SndLib(
        string folder, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
    {
        var outcomes = new List<(double Ratio, double Gap, Measured Time)>();
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "sndlib-native"), "*.txt").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if ((arguments.Text("--topology") ?? name) != name)
                continue;
            var read = Meridian.Networking.Formats.SndLib.Read(path, File.ReadAllText(path), Bandwidth.FromMbps(1));
            if (read.Topology is not { } topology)
                throw new InvalidDataException(read.Faults[0].ToString());
            TrafficRequest[] requests =
            [
                .. read.Demands.Where(demand => demand.From != demand.To).Select(demand => new TrafficRequest(
                    topology.PointIndex(demand.From)!.Value, topology.PointIndex(demand.To)!.Value, demand.Rate.BitsPerSecond)),
            ];
            var (found, time) = Measured.Of(() => TrafficPrograms.LeastUtilisation(topology, requests));
            if (found is not { } plan)
            {
                output.WriteLine($"sndlib {name,-14} states no capacities that join all demands: left out");
                continue;
            }

            var best = Exact(topology, requests);
            outcomes.Add((plan.Value / best, plan.Gap, time));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"sndlib {name,-14} {plan.Value:f6}  of optimum {plan.Value / best:f5}  gap at most {plan.Gap:f4}  {time.WallSeconds:f2} s, processor {time.ProcessorSeconds:f2} s"));
        }

        Report("sndlib_least_utilisation_", outcomes, figures);
    }

    private static void Report(
        string prefix, List<(double Ratio, double Gap, Measured Time)> outcomes, SortedDictionary<string, double> figures)
    {
        if (outcomes.Count == 0)
            return;
        var known = outcomes.Where(outcome => !double.IsNaN(outcome.Ratio)).Select(outcome => outcome.Ratio).ToList();
        figures[prefix + "instance_count"] = outcomes.Count;
        figures[prefix + "with_known_optimum_count"] = known.Count;
        if (known.Count > 0)
            figures[prefix + "of_optimum_worst_ratio"] = known.Max();
        figures[prefix + "proven_gap_worst_ratio"] = outcomes.Max(outcome => outcome.Gap);
        figures[prefix + "wall_median_seconds"] = Measured.Median(outcomes.Select(outcome => outcome.Time.WallSeconds));
        figures[prefix + "wall_worst_seconds"] = outcomes.Max(outcome => outcome.Time.WallSeconds);
    }

    internal static (Topology Topology, TrafficRequest[] Requests) ReadRepetita(string path)
    {
        var lines = File.ReadAllLines(path + ".graph");
        var pointCount = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var edges = lines.SkipWhile(line => !line.StartsWith("EDGES", StringComparison.Ordinal)).Skip(2)
            .Where(line => line.Length > 0).Select(Numbers).Where(edge => edge[0] != edge[1]);
        // Numbers keep their order as names, so that the index of a point is its number in the file.
        var topology = Topology.Create(
            Enumerable.Range(0, pointCount).Select(point => new NetworkPoint { Name = Name(point) }),
            edges.Select((edge, index) => new NetworkLink
            {
                Id = new(index),
                From = Name(edge[0]),
                To = Name(edge[1]),
                Capacity = new(edge[3] * 1000L),
                LatencyMicroseconds = edge[4],
            }));
        var requests = File.ReadAllLines(path + ".0000.demands").Skip(2).Where(line => line.Length > 0).Select(Numbers)
            .Select(demand => new TrafficRequest((int)demand[0], (int)demand[1], demand[2] * 1000L)).ToArray();
        return (topology, requests);
    }

    private static string Name(long point) => point.ToString("d6", CultureInfo.InvariantCulture);

    private static long[] Numbers(string line) =>
        [.. line.Split(' ').Skip(1).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>The program over links with the demands of each destination together; none where it is large.</summary>
    private static double Exact(Topology topology, TrafficRequest[] requests)
    {
        var destinations = requests.GroupBy(request => request.To).ToList();
        if (destinations.Count * topology.Links.Length > ExactVariableCountMax)
            return double.NaN;
        var unit = requests.Max(request => request.RateBitsPerSecond);
        var program = new LinearProgram(maximise: false);
        var level = program.AddVariable(0, double.PositiveInfinity, objective: 1);
        var usable = Enumerable.Range(0, topology.Links.Length).Where(link => topology.Links[link].Capacity.BitsPerSecond > 0).ToList();
        var capacityRows = new int[topology.Links.Length];
        foreach (var link in usable)
        {
            capacityRows[link] = program.AddRow(double.NegativeInfinity, 0);
            program.SetCoefficient(capacityRows[link], level, -topology.Links[link].Capacity.BitsPerSecond / (double)unit);
        }

        foreach (var destination in destinations)
        {
            var net = new double[topology.Points.Length];
            foreach (var request in destination)
            {
                net[request.From] += request.RateBitsPerSecond / (double)unit;
                net[request.To] -= request.RateBitsPerSecond / (double)unit;
            }

            var rows = net.Select(amount => program.AddRow(amount, amount)).ToArray();
            foreach (var link in usable)
            {
                var variable = program.AddVariable(0, double.PositiveInfinity, objective: 0);
                program.SetCoefficient(capacityRows[link], variable, 1);
                program.SetCoefficient(rows[topology.Begin(link)], variable, 1);
                program.SetCoefficient(rows[topology.End(link)], variable, -1);
            }
        }

        return program.Solve()?.Objective ?? double.NaN;
    }
}
