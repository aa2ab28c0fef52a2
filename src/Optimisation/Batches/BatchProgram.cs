using System.Globalization;
using Google.OrTools.Sat;

namespace Meridian.Optimisation.Batches;

/// <summary>
/// The problem as an exact program of optional intervals and cumulative resources for CP-SAT, with one worker and a limit
/// in deterministic time, so that a run is repeatable. Some activities may be kept as they are.
/// </summary>
public static class BatchProgram
{
    // Costs in the program are whole numbers. The finest cost that a unit of time can have must still be a large one.
    private const double Scale = 1e9;

    /// <summary>The best plan from the given one on, or nothing where none better was found within the limit and none is proved.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="from">A feasible plan, from which the search begins and which bounds it.</param>
    /// <param name="open">The activities that may change; the others stay as they are.</param>
    /// <param name="effort">The limit in CP-SAT's deterministic time, about a second each.</param>
    /// <param name="starts">The starts that a better plan can have, where they are known.</param>
    public static BatchAnswer? Solve(
        BatchProblem problem, IReadOnlyList<Choice> from, IReadOnlyList<int> open, double effort, StartRange[][]? starts = null)
    {
        var build = new Build(problem, from, open, starts);
        using var solver = new CpSolver
        {
            StringParameters = string.Create(
                CultureInfo.InvariantCulture, $"num_workers:1,random_seed:1,max_deterministic_time:{effort}"),
        };
        var status = solver.Solve(build.Model);
        if (status is not (CpSolverStatus.Optimal or CpSolverStatus.Feasible))
            return null;
        var plan = build.PlanOf(solver);
        var kept = problem.CostOf(plan) - open.Sum(i => problem.Activities[i].CostOf(plan[i]));
        return new(plan, problem.CostOf(plan), kept + (solver.BestObjectiveBound / Scale));
    }

    private sealed class Build
    {
        private readonly BatchProblem _problem;
        private readonly IReadOnlyList<Choice> _from;
        private readonly IReadOnlyList<int> _open;
        private readonly StartRange[][]? _starts;
        private readonly List<(IntVar Start, List<(int Mode, BoolVar Chosen)> Modes)> _variables = [];
        private readonly SortedDictionary<int, List<(IntervalVar Interval, long Amount)>> _draws = [];
        private readonly LinearExprBuilder _cost = LinearExpr.NewBuilder();

        internal Build(BatchProblem problem, IReadOnlyList<Choice> from, IReadOnlyList<int> open, StartRange[][]? starts)
        {
            (_problem, _from, _open, _starts) = (problem, from, open, starts);
            // Nothing of a better plan can cost more than the open activities do together, less what the others cost at least.
            var slack = open.Sum(i => problem.Activities[i].CostOf(from[i])) - open.Sum(i => LeastCost(problem.Activities[i]));
            foreach (var index in open)
                Add(index, LeastCost(problem.Activities[index]) + slack + 1e-6);
            AddKept();
            Model.Minimize(_cost);
        }

        internal CpModel Model { get; } = new();

        internal Choice[] PlanOf(CpSolver solver)
        {
            var plan = _from.ToArray();
            for (var i = 0; i < _open.Count; i++)
            {
                var chosen = _variables[i].Modes.Find(m => solver.BooleanValue(m.Chosen));
                plan[_open[i]] = chosen.Chosen is null ? Choice.LeftOut : new(chosen.Mode, solver.Value(_variables[i].Start));
            }

            return plan;
        }

        private static double LeastCost(Activity activity) => activity.Modes
            .Select((_, mode) => activity.CostOf(new(mode, 0))).Append(activity.CostLeftOut).Min();

        /// <summary>Adds an activity with the modes and starts in which it costs no more than the limit.</summary>
        private void Add(int index, double costMax)
        {
            var (activity, from) = (_problem.Activities[index], _from[index]);
            var ranges = activity.Modes.Select((_, i) => Range(index, i, costMax)).ToList();
            var latest = ranges.Where(r => !r.IsEmpty).Select(r => r.Last).DefaultIfEmpty(0).Max();
            var start = Model.NewIntVar(0, latest, "");
            var (modes, literals) = (new List<(int, BoolVar)>(), new List<ILiteral>());
            for (var i = 0; i < activity.Modes.Length; i++)
            {
                if (ranges[i].IsEmpty)
                    continue;
                var (mode, chosen) = (activity.Modes[i], Model.NewBoolVar(""));
                modes.Add((i, chosen));
                literals.Add(chosen);
                if (ranges[i].First > 0 || ranges[i].Last < latest)
                    Model.AddLinearConstraint(start, ranges[i].First, ranges[i].Last).OnlyEnforceIf(chosen);
                foreach (var draw in mode.Draws.Where(d => d.Length > 0 && d.Amount > 0))
                    Draw(draw.Resource, Model.NewOptionalFixedSizeIntervalVar(start + draw.Offset, draw.Length, chosen, ""), draw.Amount);
                _cost.AddTerm(chosen, Whole(mode.Cost + (activity.CostPerTime * mode.Length)));
                Model.AddHint(chosen, i == from.Mode);
            }

            // Left out, it would still pay for its start, which is then best at zero.
            if (activity.CostLeftOut <= costMax)
            {
                var leftOut = Model.NewBoolVar("");
                literals.Add(leftOut);
                _cost.AddTerm(leftOut, Whole(activity.CostLeftOut));
                Model.AddHint(leftOut, from.IsLeftOut);
            }

            Model.AddExactlyOne(literals);
            Model.AddHint(start, from.Start);
            _cost.AddTerm(start, Whole(activity.CostPerTime));
            _variables.Add((start, modes));
        }

        private StartRange Range(int index, int mode, double costMax)
        {
            var (activity, one) = (_problem.Activities[index], _problem.Activities[index].Modes[mode]);
            var last = (double)Math.Min(int.MaxValue, activity.FinishMax - one.Length);
            var room = costMax - one.Cost - (activity.CostPerTime * one.Length);
            if (activity.CostPerTime > 0 || room < 0)
                last = Math.Min(last, room < 0 ? -1 : room / activity.CostPerTime);
            var known = _starts?[index][mode] ?? StartRange.All;
            return new(known.First, Math.Min(known.Last, (long)last));
        }

        /// <summary>Adds what stays as it is, and every resource that an open activity could draw on.</summary>
        private void AddKept()
        {
            foreach (var taken in _problem.Taken)
                Keep(taken.Resource, taken.From, taken.Until, taken.Amount);
            var open = _open.ToHashSet();
            for (var i = 0; i < _from.Count; i++)
            {
                if (open.Contains(i) || _from[i].IsLeftOut)
                    continue;
                foreach (var draw in _problem.Activities[i].Modes[_from[i].Mode].Draws)
                    Keep(draw.Resource, _from[i].Start + draw.Offset, _from[i].Start + draw.Offset + draw.Length, draw.Amount);
            }

            foreach (var (resource, draws) in _draws)
            {
                var cumulative = Model.AddCumulative(_problem.Capacities[resource]);
                foreach (var (interval, amount) in draws)
                    cumulative.AddDemand(interval, amount);
            }
        }

        private void Keep(int resource, long from, long until, long amount)
        {
            if (until > from && amount > 0 && _draws.ContainsKey(resource))
                Draw(resource, Model.NewFixedSizeIntervalVar(from, until - from, ""), amount);
        }

        private void Draw(int resource, IntervalVar interval, long amount)
        {
            if (!_draws.TryGetValue(resource, out var draws))
                _draws.Add(resource, draws = []);
            draws.Add((interval, amount));
        }

        // Down, so that no plan costs less than the program says: times are large, and a rate rounded up would tell.
        private static long Whole(double cost) => (long)Math.Floor(cost * Scale);
    }
}
