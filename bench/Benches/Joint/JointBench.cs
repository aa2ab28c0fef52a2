using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Optimisation.Batches;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;

namespace Meridian.Benches.Joint;

/// <summary>Batches that compete for nodes and links: the product's own scheduler beside others, and how far each is from the best plan.</summary>
internal sealed class JointBench : IBench
{
    /// <inheritdoc/>
    public string Name => "joint";

    /// <inheritdoc/>
    public string Summary => "compute and network together, beside one without the other, and bounds [--instances 20] [--first 1] [--small-jobs 10] [--jobs 100] [--effort 5]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var (count, smallJobs, jobs, effort) = (
            arguments.Number("--instances", 20), arguments.Number("--small-jobs", 10), arguments.Number("--jobs", 100), arguments.Number("--effort", 5));
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        output.WriteLine("instance jobs      bound      joint     rounds   separate data-local cheapest-compute | over the bound, processor seconds of planning");
        var rows = new List<Row>();
        for (var i = Math.Max(1, arguments.Number("--first", 1)); i <= count; i++)
        {
            var isSmall = i <= count / 2;
            var row = Measure(new((ulong)i, isSmall ? 4 : 12, isSmall ? smallJobs : jobs), isSmall, effort);
            rows.Add(row);
            row.Record(figures);
            output.WriteLine(row);
        }

        figures["instances_count"] = rows.Count;
        Report("small", rows.Where(r => r.IsSmall).ToList(), figures);
        Report("large", rows.Where(r => !r.IsSmall).ToList(), figures);
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {value,14:0.####}"));
        return rows.TrueForAll(r => r.Broken.Count == 0) ? arguments.Finish(output, figures) : 1;
    }

    private static Row Measure(JointInstance instance, bool isSmall, int effort)
    {
        var model = new JointModel(instance);
        var (report, time) = Measured.Of(() => new JointDomain(instance).Improve(new()));
        var policies = new JointPolicies(instance, model);
        var row = new Row(instance, isSmall, report, time.ProcessorSeconds)
        {
            Plans =
            [
                ("joint", new JointDomain(instance).Run(report.Intentions, model)),
                ("rounds", new JointDomain(instance).Run(IntentionBook.Empty, model)),
                ("separate", policies.Separate()),
                ("data_local", policies.DataLocal()),
                ("cheapest_compute", policies.CheapestCompute()),
            ],
        };
        var problem = model.Problem(roundUp: false);
        var best = BatchSolver.Solve(problem, BatchSearch.Insert(problem, Enumerable.Range(0, instance.Jobs.Count)), new()
        {
            BoundRoundCount = 600,
            ProgramModeCountMax = isSmall ? int.MaxValue : 0,
            ProgramEffort = effort,
        });
        return row with { Bound = best.Bound, IsProved = best.Cost - best.Bound < 1e-4 * best.Cost };
    }

    private static void Report(string kind, List<Row> rows, SortedDictionary<string, double> figures)
    {
        if (rows.Count == 0)
            return;
        figures[$"{kind}_instances_count"] = rows.Count;
        figures[$"{kind}_proved_optimal_count"] = rows.Count(r => r.IsProved);
        figures[$"{kind}_joint_planner_own_gap_percent_mean"] = 100 * rows.Average(r => r.Report.Gap);
        figures[$"{kind}_plans_infeasible_count"] = rows.Count(r => r.Broken.Count > 0);
        figures[$"{kind}_joint_beats_all_three_count"] = rows.Count(r => r.Over("joint") <= r.Plans.Skip(2).Min(p => r.Over(p.Name)) + 1e-9);
        foreach (var (name, _) in rows[0].Plans)
        {
            figures[$"{kind}_{name}_over_bound_percent_mean"] = 100 * rows.Average(r => r.Over(name));
            figures[$"{kind}_{name}_over_bound_percent_max"] = 100 * rows.Max(r => r.Over(name));
            figures[$"{kind}_{name}_total_cost_cny_mean"] = rows.Average(r => r.TotalCost(name));
            figures[$"{kind}_{name}_completion_minutes_mean"] = rows.Average(r => r.Plan(name).Minutes);
        }

        figures[$"{kind}_joint_within_3_percent_of_bound_count"] = rows.Count(r => r.Over("joint") <= 0.03);
        figures[$"{kind}_joint_within_10_percent_of_bound_count"] = rows.Count(r => r.Over("joint") <= 0.1);
        figures[$"{kind}_planning_processor_seconds_mean"] = rows.Average(r => r.Seconds);
        figures[$"{kind}_planning_processor_seconds_max"] = rows.Max(r => r.Seconds);
    }

    /// <summary>What came of one instance.</summary>
    private sealed record Row(JointInstance Instance, bool IsSmall, PlannerReport Report, double Seconds)
    {
        internal required List<(string Name, JointPlan Plan)> Plans { get; init; }

        internal double Bound { get; init; }

        internal bool IsProved { get; init; }

        internal List<string> Broken => [.. Plans.SelectMany(p => p.Plan.Broken().Select(b => $"{p.Name}: {b}"))];

        internal JointPlan Plan(string name) => Plans.Find(p => p.Name == name).Plan;

        internal double Over(string name) => (Plan(name).Objective / Bound) - 1;

        /// <summary>What all jobs together pay, in CNY.</summary>
        internal double TotalCost(string name) => Plan(name).Price * Instance.Jobs.Count;

        internal void Record(SortedDictionary<string, double> figures)
        {
            var instance = string.Create(CultureInfo.InvariantCulture, $"instance_{Instance.Number:00}");
            figures[$"{instance}_bound"] = Bound;
            figures[$"{instance}_bound_is_optimum"] = IsProved ? 1 : 0;
            figures[$"{instance}_joint_over_bound_percent"] = 100 * Over("joint");
            figures[$"{instance}_planning_processor_seconds"] = Seconds;
            foreach (var (name, plan) in Plans)
            {
                figures[$"{instance}_{name}_objective"] = plan.Objective;
                figures[$"{instance}_{name}_total_cost_cny"] = TotalCost(name);
                figures[$"{instance}_{name}_completion_minutes_mean"] = plan.Minutes;
            }
        }

        /// <inheritdoc/>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Instance.Number,8} {Instance.Jobs.Count,4} {Bound,9:0.0000}{(IsProved ? "*" : " ")} {string.Join(' ', Plans.Select(p => $"{p.Plan.Objective,10:0.0000}"))} | {100 * Over("joint"),6:0.00} % {Seconds:0.0} s {string.Join("; ", Broken)}");
    }
}
