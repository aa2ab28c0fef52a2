using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Networking.Overlay;

namespace Meridian.Benches.Overlay;

/// <summary>Overlay plans over the public grids of Skyplane against the exact plans.</summary>
internal sealed class OverlayBench : IBench
{
    private const string Origin = "github.com/skyplane-project/skyplane (grids of throughput and price)";

    /// <inheritdoc/>
    public string Name => "overlay";

    /// <inheritdoc/>
    public string Summary => "cheapest relay plans for a rate, against exact plans over Skyplane's grids [--rows]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var folder = Path.Combine(arguments.Data, "skyplane");
        if (!Directory.Exists(folder))
            return BenchArguments.Missing(output, folder, Origin);
        var grid = SkyplaneGrid.Read(folder);
        var csv = Csv.Read(Path.Combine(folder, "reference_plans.csv"));
        var outcomes = new List<(double Ratio, double Gap, Measured Time)>();
        OverlayPlanner.Plan(grid.Problem(csv, csv.Rows[0])); // Code is compiled and libraries are loaded before the clock runs.
        foreach (var row in csv.Rows)
        {
            var (plan, time) = Measured.Of(() => OverlayPlanner.Plan(grid.Problem(csv, row)));
            var ratio = (plan?.Cost ?? double.PositiveInfinity) / csv.Number(row, "min_total_cost");
            outcomes.Add((ratio, plan is null ? double.PositiveInfinity : (plan.Cost / plan.Bound) - 1, time));
            if (args.Contains("--rows"))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{row[0],-28} {row[1],-28} {csv.Number(row, "goal_gbps"),7:f3} Gbps  {plan?.Cost,8:f5}  of exact {ratio:f5}  gap at most {outcomes[^1].Gap:f5}  {time.WallSeconds * 1000:f1} ms"));
            }
        }

        var figures = Figures(outcomes);
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} {value,12:0.######}"));
        return arguments.Finish(output, figures);
    }

    private static SortedDictionary<string, double> Figures(List<(double Ratio, double Gap, Measured Time)> outcomes) =>
        new(StringComparer.Ordinal)
        {
            ["plans_count"] = outcomes.Count,
            ["cost_of_exact_median_ratio"] = Measured.Median(outcomes.Select(outcome => outcome.Ratio)),
            ["cost_of_exact_worst_ratio"] = outcomes.Max(outcome => outcome.Ratio),
            ["cost_of_exact_least_ratio"] = outcomes.Min(outcome => outcome.Ratio),
            ["proven_gap_worst_ratio"] = outcomes.Max(outcome => outcome.Gap),
            ["wall_median_milliseconds"] = 1000 * Measured.Median(outcomes.Select(outcome => outcome.Time.WallSeconds)),
            ["wall_worst_milliseconds"] = 1000 * outcomes.Max(outcome => outcome.Time.WallSeconds),
        };
}
