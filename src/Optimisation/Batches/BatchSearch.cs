using Meridian.Primitives;

namespace Meridian.Optimisation.Batches;

/// <summary>How much a search does; it has no other limit, so a run is repeatable.</summary>
public sealed record BatchSearchOptions
{
    /// <summary>How often a few activities are taken out and put back one by one, from 0.</summary>
    public int MoveCount { get; init; } = 10_000;

    /// <summary>How many exact programs over a few activities are solved, from 0.</summary>
    public int ProgramCount { get; init; } = 20;

    /// <summary>How many activities each of them opens, from 1.</summary>
    public int OpenCount { get; init; } = 6;

    /// <summary>The limit of each program in CP-SAT's deterministic time.</summary>
    public double ProgramEffort { get; init; } = 0.05;

    /// <summary>The seed of the choices.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>
/// Large-neighbourhood search: activities that compete with one another are taken out of the plan and put back, first one
/// by one where each costs least, many times; then all at once by an exact program. A worse plan may be gone on from for a
/// while; the best of all is kept, so the answer is never worse than what the search begins from.
/// </summary>
/// <remarks>
/// P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems", CP 1998; G. Schrimpf and
/// others, "Record breaking optimization results using the ruin and recreate principle", J. Comp. Physics 159, 2000.
/// </remarks>
public sealed class BatchSearch
{
    private const int RuinMax = 8;

    // Of what a plan costs for each activity, by which one that is gone on from may be worse at first.
    private const double WorseShare = 0.1;

    private readonly BatchProblem _problem;
    private readonly ResourceUsage _usage;
    private readonly Choice[] _plan;
    private readonly List<int>[] _rivals;
    private readonly int[][] _modes;
    private double _cost;
    private Seed _seed;

    private BatchSearch(BatchProblem problem, IReadOnlyList<Choice> from, ulong seed)
    {
        (_problem, _usage, _plan, _seed) = (problem, new(problem), [.. from], new(seed));
        for (var i = 0; i < _plan.Length; i++)
            Count(i, 1);
        _cost = problem.CostOf(_plan);
        _rivals = Rivals(problem);
        _modes = [.. problem.Activities.Select(a => a.ModesByCost())];
    }

    /// <summary>A plan made by putting one activity after another where it costs least.</summary>
    public static Choice[] Insert(BatchProblem problem, IEnumerable<int> order)
    {
        var plan = new Choice[problem.Activities.Length];
        Array.Fill(plan, Choice.LeftOut);
        return Insert(problem, plan, order);
    }

    /// <summary>The plan with further activities put in one after another where each costs least.</summary>
    public static Choice[] Insert(BatchProblem problem, IReadOnlyList<Choice> plan, IEnumerable<int> order)
    {
        var search = new BatchSearch(problem, plan, seed: 0);
        foreach (var index in order)
            search.PutBack(index);
        return search._plan;
    }

    /// <summary>The best plan found from the given one on, which is feasible.</summary>
    public static Choice[] Improve(BatchProblem problem, IReadOnlyList<Choice> from, BatchSearchOptions options)
    {
        if (problem.Activities.IsEmpty)
            return [];
        var search = new BatchSearch(problem, from, options.Seed);
        var best = search.Move(options.MoveCount);
        return Polish(problem, best, search, options);
    }

    private Choice[] Move(int moveCount)
    {
        var (best, bestCost) = (_plan.ToArray(), _cost);
        var heat = WorseShare * Math.Abs(_cost) / _plan.Length;
        var (removed, before) = (new List<int>(), new List<(int, Choice)>());
        for (var move = 0; move < moveCount; move++)
        {
            Pick(removed, 1 + _seed.Next(Math.Min(RuinMax, _plan.Length)));
            before.Clear();
            before.AddRange(removed.Select(i => (i, _plan[i])));
            var old = _cost;
            foreach (var index in removed)
                TakeOut(index);
            foreach (var index in removed)
                PutBack(index);
            var worse = heat * (moveCount - move) / moveCount * -Math.Log(1 - _seed.NextUnit());
            if (_cost > old + worse)
                Restore(before, old);
            else if (_cost < bestCost - 1e-12)
                (best, bestCost) = (_plan.ToArray(), _cost);
        }

        return best;
    }

    private static Choice[] Polish(BatchProblem problem, Choice[] best, BatchSearch search, BatchSearchOptions options)
    {
        var (cost, open) = (problem.CostOf(best), new List<int>());
        for (var i = 0; i < options.ProgramCount; i++)
        {
            search.Pick(open, Math.Min(options.OpenCount, best.Length));
            if (BatchProgram.Solve(problem, best, open, options.ProgramEffort) is { } answer && answer.Cost < cost - 1e-9)
                (best, cost) = (answer.Plan, answer.Cost);
        }

        return best;
    }

    /// <summary>Draws an activity and others that compete with it, nearest in time first, with some luck.</summary>
    private void Pick(List<int> into, int count)
    {
        into.Clear();
        var first = _seed.Next(_plan.Length);
        into.Add(first);
        var seed = _seed.Fork();
        var span = 1 + (Math.Abs(_plan[first].Start) / 2);
        into.AddRange(_rivals[first]
            .Select(i => (Index: i, Far: Math.Abs(_plan[i].Start - _plan[first].Start) + seed.Next(span + 3600)))
            .OrderBy(r => r.Far).ThenBy(r => r.Index).Take(count - 1).Select(r => r.Index));
        for (var i = into.Count - 1; i > 0; i--)
        {
            var other = _seed.Next(i + 1);
            (into[i], into[other]) = (into[other], into[i]);
        }
    }

    private void TakeOut(int index)
    {
        Count(index, -1);
        _cost -= _problem.Activities[index].CostOf(_plan[index]) - _problem.Activities[index].CostLeftOut;
        _plan[index] = Choice.LeftOut;
    }

    private void PutBack(int index)
    {
        var activity = _problem.Activities[index];
        var (best, cost) = (Choice.LeftOut, activity.CostLeftOut);
        foreach (var i in _modes[index])
        {
            var mode = activity.Modes[i];
            if (activity.CostOf(new(i, 0)) >= cost)
                break;
            var last = activity.CostPerTime <= 0
                ? activity.FinishMax
                : (long)Math.Min(activity.FinishMax, (cost - mode.Cost) / activity.CostPerTime);
            if (_usage.Earliest(mode, last - mode.Length) is { } start && activity.CostOf(new(i, start)) is var found && found < cost)
                (best, cost) = (new(i, start), found);
        }

        _plan[index] = best;
        _cost += cost - activity.CostLeftOut;
        Count(index, 1);
    }

    private void Restore(List<(int Index, Choice Choice)> before, double cost)
    {
        foreach (var (index, _) in before)
            Count(index, -1);
        foreach (var (index, choice) in before)
        {
            _plan[index] = choice;
            Count(index, 1);
        }

        _cost = cost;
    }

    private void Count(int index, int sign)
    {
        if (!_plan[index].IsLeftOut)
            _usage.Add(_problem.Activities[index].Modes[_plan[index].Mode], _plan[index].Start, sign);
    }

    /// <summary>For each activity those that could draw on a resource on which it could draw.</summary>
    private static List<int>[] Rivals(BatchProblem problem)
    {
        var users = new SortedSet<int>[problem.Capacities.Length];
        for (var i = 0; i < users.Length; i++)
            users[i] = [];
        for (var i = 0; i < problem.Activities.Length; i++)
        {
            foreach (var draw in problem.Activities[i].Modes.SelectMany(m => m.Draws).Where(d => d.Amount > 0))
                users[draw.Resource].Add(i);
        }

        return [.. problem.Activities.Select((activity, index) => activity.Modes
            .SelectMany(m => m.Draws).Select(d => d.Resource).Distinct().Order()
            .SelectMany(r => users[r]).Where(i => i != index).Distinct().Order().ToList())];
    }
}
