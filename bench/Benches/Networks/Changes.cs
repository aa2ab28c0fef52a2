using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Networking.Topologies;
using Meridian.Networking.TrafficEngineering;
using Meridian.Primitives;

namespace Meridian.Benches.Networks;

/// <summary>What changes cost on the networks of Repetita: how much moves, and what every failure would do.</summary>
internal static class Changes
{
    private const int PointCountMax = 60;

    internal static void Run(string folder, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
    {
        var csv = Csv.Read(Path.Combine(folder, "repetita", "mlu_optimum.csv"));
        var outcomes = new List<Outcome>();
        foreach (var row in csv.Rows.Where(row => (arguments.Text("--topology") ?? row[0]) == row[0]))
        {
            var (topology, requests) = LeastUtilisations.ReadRepetita(Path.Combine(folder, "repetita", row[0]));
            if (topology.Points.Length > PointCountMax && arguments.Text("--topology") is null)
                continue;
            outcomes.Add(Change(topology, requests, new Seed(1)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"change {row[0],-18} moved {outcomes[^1].MovedShare:f3} instead of {outcomes[^1].FreshMovedShare:f3}, utilisation {outcomes[^1].UtilisationRatio:f4} of a fresh plan, {outcomes[^1].AdaptSeconds:f2} s; {topology.Links.Length} failures in {outcomes[^1].WhatIfSeconds:f2} s"));
        }

        figures["change_topologies_count"] = outcomes.Count;
        figures["change_moved_traffic_median_ratio"] = Measured.Median(outcomes.Select(outcome => outcome.MovedShare));
        figures["change_moved_traffic_by_fresh_plan_median_ratio"] = Measured.Median(outcomes.Select(outcome => outcome.FreshMovedShare));
        figures["change_utilisation_over_fresh_plan_worst_ratio"] = outcomes.Max(outcome => outcome.UtilisationRatio);
        figures["change_wall_median_seconds"] = Measured.Median(outcomes.Select(outcome => outcome.AdaptSeconds));
        figures["change_wall_worst_seconds"] = outcomes.Max(outcome => outcome.AdaptSeconds);
        figures["whatif_every_link_wall_median_seconds"] = Measured.Median(outcomes.Select(outcome => outcome.WhatIfSeconds));
        figures["whatif_every_link_wall_worst_seconds"] = outcomes.Max(outcome => outcome.WhatIfSeconds);
    }

    /// <summary>A fifth of the demands change by up to a half either way, and the most loaded link that can be spared fails.</summary>
    private static Outcome Change(Topology topology, TrafficRequest[] requests, Seed random)
    {
        var before = TrafficPrograms.LeastUtilisation(topology, requests)!;
        var (failures, whatIfTime) = Measured.Of(() => FailureWhatIf.OfEveryLink(topology, requests, before));
        var dead = Enumerable.Range(0, failures.Length).Where(link => failures[link].LostRateBitsPerSecond <= 0)
            .OrderByDescending(link => failures[link].AffectedRateBitsPerSecond).First();
        var changed = topology.With(topology.Links.Select((link, index) => index == dead ? link with { Capacity = Bandwidth.Zero } : link));
        var demands = new TrafficRequest[requests.Length];
        for (var i = 0; i < demands.Length; i++)
        {
            var factor = random.Next(5) == 0 ? 0.5 + random.NextUnit() : 1;
            demands[i] = requests[i] with { RateBitsPerSecond = (long)(requests[i].RateBitsPerSecond * factor) };
        }

        var (adapted, time) = Measured.Of(() => Reoptimisation.Adapt(changed, demands, before)!);
        var fresh = TrafficPrograms.LeastUtilisation(changed, demands)!;
        var total = demands.Sum(demand => (double)demand.RateBitsPerSecond);
        var freshMoved = Reoptimisation.MovedRate(changed, demands, before, fresh);
        return new(adapted.MovedRateBitsPerSecond / total, freshMoved / total, adapted.Plan.Value / fresh.Value, time.WallSeconds, whatIfTime.WallSeconds);
    }

    private sealed record Outcome(double MovedShare, double FreshMovedShare, double UtilisationRatio, double AdaptSeconds, double WhatIfSeconds);
}
