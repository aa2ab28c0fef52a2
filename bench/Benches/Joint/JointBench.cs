using System.Diagnostics;
using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Optimisation.Batches;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;

namespace Meridian.Benches.Joint;

/// <summary>Batches that compete for nodes and links: the product's own scheduler beside others, and how far each is from the best plan.</summary>
internal sealed class JointBench : IBench
{
    private const int SlotCount = 240;

    /// <inheritdoc/>
    public string Name => "joint";

    /// <inheritdoc/>
    public string Summary => "compute and network together, beside one without the other, and bounds [--instances 20] [--small-jobs 10] [--jobs 100] [--effort 60]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var (count, smallJobs, jobs, effort) = (
            arguments.Number("--instances", 20), arguments.Number("--small-jobs", 10), arguments.Number("--jobs", 100), arguments.Number("--effort", 60));
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        output.WriteLine("instance jobs      bound      joint     rounds   separate data-local cheapest-compute | over the bound, seconds of planning");
        var rows = new List<Row>();
        for (var i = 1; i <= count; i++)
        {
            var isSmall = i <= count / 2;
            var row = Measure(new((ulong)i, isSmall ? 4 : 12, isSmall ? smallJobs : jobs), isSmall, effort);
            rows.Add(row);
            output.WriteLine(row);
        }

        Report("small", rows.Where(r => r.IsSmall).ToList(), figures);
        Report("large", rows.Where(r => !r.IsSmall).ToList(), figures);
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {value,14:0.####}"));
        return rows.TrueForAll(r => r.Broken.Count == 0) ? arguments.Finish(output, figures) : 1;
    }

    private static Row Measure(JointInstance instance, bool isSmall, int effort)
    {
        var (model, clock) = (new JointModel(instance), Stopwatch.StartNew());
        var report = new JointDomain(instance).Improve(new());
        var seconds = clock.Elapsed.TotalSeconds;
        var policies = new JointPolicies(instance, model);
        var row = new Row(instance, isSmall, report, seconds)
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
        var known = BatchSearch.Improve(problem, BatchSearch.Insert(problem, Enumerable.Range(0, instance.Jobs.Count)), new() { ProgramCount = isSmall ? 20 : 0 });
        if (!isSmall)
        {
            var longest = known.Select((c, i) => c.Start + problem.Activities[i].Modes[c.Mode].Length).Max();
            return row with { Bound = BatchBound.Of(problem, problem.CostOf(known), Math.Max(1, longest / SlotCount), longest * 2, roundCount: 150) };
        }

        var exact = BatchProgram.Solve(problem, known, [.. Enumerable.Range(0, instance.Jobs.Count)], effort);
        return row with { Bound = exact?.Bound ?? 0, IsProved = exact is not null && exact.Cost - exact.Bound < 1e-4 * exact.Cost };
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
            figures[$"{kind}_{name}_price_cny_mean"] = rows.Average(r => r.Plan(name).Price);
            figures[$"{kind}_{name}_completion_minutes_mean"] = rows.Average(r => r.Plan(name).Minutes);
        }

        figures[$"{kind}_planning_seconds_mean"] = rows.Average(r => r.Seconds);
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

        /// <inheritdoc/>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Instance.Number,8} {Instance.Jobs.Count,4} {Bound,9:0.0000}{(IsProved ? "*" : " ")} {string.Join(' ', Plans.Select(p => $"{p.Plan.Objective,10:0.0000}"))} | {100 * Over("joint"),6:0.00} % {Seconds:0.0} s {string.Join("; ", Broken)}");
    }
}
