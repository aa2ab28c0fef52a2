using Meridian.Primitives;

namespace Meridian.Optimisation.Batches;

/// <summary>
/// Large-neighbourhood search: activities that compete with one another are taken out of the plan and put back one by one where
/// each costs least, many times. A worse plan may be gone on from, less and less readily; the best of all is kept, so the answer
/// is never worse than what the search begins from.
/// </summary>
/// <remarks>
/// P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems", CP 1998; G. Schrimpf and
/// others, "Record breaking optimization results using the ruin and recreate principle", J. Comp. Physics 159, 2000.
/// </remarks>
public sealed class BatchSearch
{
    private const int RuinMax = 12;

    // Of what a plan costs for each activity, by which one that is gone on from may be worse: at first and at last.
    private const double HeatFirst = 0.5;
    private const double HeatLast = 0.005;

    private readonly BatchProblem _problem;
    private readonly ResourceUsage _usage;
    private readonly Choice[] _plan;
    private readonly int[][] _rivals;
    private readonly Insertion[] _insertions;
    private readonly List<(double Key, int Index)> _keys = [];
    private double _cost;
    private Seed _seed;

    private BatchSearch(BatchProblem problem, IReadOnlyList<Choice> from, ulong seed)
    {
        (_problem, _usage, _plan, _seed) = (problem, new(problem), [.. from], new(seed));
        for (var i = 0; i < _plan.Length; i++)
            Count(i, 1);
        _cost = problem.CostOf(_plan);
        _rivals = Rivals(problem);
        _insertions = [.. problem.Activities.Select(a => new Insertion(a))];
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
    /// <param name="problem">The problem.</param>
    /// <param name="from">The feasible plan from which the search begins.</param>
    /// <param name="moveCount">How often some are taken out and put back, from 0; there is no other limit, so a search is repeatable.</param>
    /// <param name="seed">The seed of the choices.</param>
    public static Choice[] Improve(BatchProblem problem, IReadOnlyList<Choice> from, int moveCount, ulong seed = 1) =>
        problem.Activities.IsEmpty ? [] : new BatchSearch(problem, from, seed).Move(moveCount);

    private Choice[] Move(int moveCount)
    {
        var (best, bestCost) = (_plan.ToArray(), _cost);
        var (heat, cooling) = (HeatFirst * Math.Abs(_cost) / _plan.Length, Math.Pow(HeatLast / HeatFirst, 1d / Math.Max(1, moveCount)));
        var (removed, before) = (new List<int>(), new List<(int, Choice)>());
        for (var move = 0; move < moveCount; move++, heat *= cooling)
        {
            Pick(removed, 1 + _seed.Next(Math.Min(RuinMax, _plan.Length)));
            before.Clear();
            foreach (var index in removed)
                before.Add((index, _plan[index]));
            var old = _cost;
            Order(removed);
            foreach (var index in removed)
                TakeOut(index);
            foreach (var index in removed)
                PutBack(index);
            if (_cost > old - (heat * Math.Log(1 - _seed.NextUnit())))
                Restore(before, old);
            else if (_cost < bestCost - 1e-12)
                (best, bestCost) = (_plan.ToArray(), _cost);
        }

        return best;
    }

    /// <summary>Draws an activity and others that compete with it, nearest in time first, with some luck.</summary>
    private void Pick(List<int> into, int count)
    {
        into.Clear();
        var first = _seed.Next(_plan.Length);
        into.Add(first);
        var (at, span) = (Middle(first), 1 + (Middle(first) / 2) + 1800);
        _keys.Clear();
        foreach (var rival in _rivals[first])
        {
            var key = (Math.Abs(Middle(rival) - at) + (_seed.NextUnit() * span), rival);
            var place = _keys.Count;
            while (place > 0 && _keys[place - 1].CompareTo(key) > 0)
                place--;
            if (place < count - 1)
            {
                _keys.Insert(place, key);
                if (_keys.Count >= count)
                    _keys.RemoveAt(count - 1);
            }
        }

        foreach (var (_, index) in _keys)
            into.Add(index);
    }

    private double Middle(int index) => _plan[index].IsLeftOut
        ? 0
        : _plan[index].Start + (_problem.Activities[index].Modes[_plan[index].Mode].Length / 2d);

    /// <summary>In which order activities are put back: by luck, by their weight, by what they could gain, or as they started.</summary>
    private void Order(List<int> removed)
    {
        var way = _seed.Next(5);
        _keys.Clear();
        foreach (var index in removed)
        {
            var key = way switch
            {
                0 => -_problem.Activities[index].CostPerTime,
                1 => _plan[index].Start,
                2 => -_problem.Activities[index].CostOf(_plan[index]),
                _ => _seed.NextUnit(),
            };
            _keys.Add((key, index));
        }

        _keys.Sort();
        for (var i = 0; i < removed.Count; i++)
            removed[i] = _keys[i].Index;
    }

    private void TakeOut(int index)
    {
        Count(index, -1);
        _cost -= _problem.Activities[index].CostOf(_plan[index]) - _problem.Activities[index].CostLeftOut;
        _plan[index] = Choice.LeftOut;
    }

    private void PutBack(int index)
    {
        _plan[index] = _insertions[index].Best(_usage);
        _cost += _problem.Activities[index].CostOf(_plan[index]) - _problem.Activities[index].CostLeftOut;
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
    private static int[][] Rivals(BatchProblem problem)
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
            .SelectMany(r => users[r]).Where(i => i != index).Distinct().Order().ToArray())];
    }
}
