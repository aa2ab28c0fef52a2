using System.Collections.Immutable;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Optimisation.Batches;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Rounds;
using Choice = Meridian.Optimisation.Batches.Choice;

namespace Meridian.Scheduling.Planner;

/// <summary>
/// Plans waiting jobs of one task together: pool, way of the input, rate and start of each, under the room of pools and the
/// calendars of links. It begins with what a round would do and only ever makes that cheaper. Gangs, arrays, services, jobs with
/// several inputs and jobs behind others of a higher priority stay with the round; what it places of them is taken as given. The plan is a proposal to the rounds, which
/// put every placement to the writer's rules.
/// </summary>
internal sealed class BatchImprover
{
    // Leaving a task out costs more than any way to run it.
    private const double LeftOutFactor = 10;

    private readonly DateTimeOffset _now;
    private readonly PlannerOptions _options;
    private readonly List<WaitingTask> _tasks;
    private readonly BatchProblem _problem;
    private readonly Choice[] _own;

    private BatchImprover(DomainState state, DateTimeOffset now, PlannerOptions options)
    {
        (_now, _options) = (now, options);
        var fleet = new Fleet(state, now);
        var resources = new Resources(state, fleet, now);
        _tasks = TasksOf(state, fleet, now, options);
        var placed = PlacedByRound(state, resources);
        foreach (var task in _tasks.Where(t => placed.ContainsKey(t.Job.Id)))
        {
            task.OwnMode = task.Modes.Count;
            task.Modes.Add(placed[task.Job.Id]);
        }

        _problem = new(resources.Capacities, [.. resources.Taken()], [.. _tasks.Select(t => ActivityOf(t, resources))]);
        var plan = _tasks.ConvertAll(t => t.OwnMode < 0 ? Choice.LeftOut : new Choice(t.OwnMode, 0));
        _own = BatchSearch.Insert(_problem, plan, Enumerable.Range(0, plan.Count).Where(i => plan[i].IsLeftOut));
    }

    internal static PlannerReport Improve(DomainState state, DateTimeOffset now, PlannerOptions options, IntentionBook before)
    {
        if (state.Jobs.Queue.IsEmpty || options.JobCountMax <= 0)
            return PlannerReport.None;
        var improver = new BatchImprover(state, now, options);
        return improver._tasks.Count == 0 ? PlannerReport.None : improver.Run(before);
    }

    private PlannerReport Run(IntentionBook before)
    {
        var ownCost = _problem.CostOf(_own);
        var again = Again(before);
        var from = _problem.CostOf(again) < ownCost ? again : _own;
        var (best, cost, bound) = BatchSolver.Solve(_problem, from, _options.Batch);
        var intentions = cost < ownCost - 1e-9 ? new IntentionBook(best.Select(IntentionOf).OfType<Intention>()) : IntentionBook.Empty;
        return new(intentions, _tasks.Count, ownCost, cost, bound);
    }

    /// <summary>The earlier plan as far as it still can be followed: its tasks in the order of their starts, then the others.</summary>
    private Choice[] Again(IntentionBook before) => BatchSearch.Insert(_problem, Enumerable.Range(0, _tasks.Count)
        .OrderBy(i => before.Of(_tasks[i].Job.Id)?.Start ?? DateTimeOffset.MaxValue).ThenBy(i => i));

    private Intention? IntentionOf(Choice choice, int index)
    {
        if (choice.IsLeftOut)
            return null;
        var (task, mode) = (_tasks[index], _tasks[index].Modes[choice.Mode]);
        var start = _now + TimeSpan.FromSeconds(choice.Start);
        return new(task.Job.Id, mode.Candidate.Pool.Id, mode.Way, start, start + mode.HoldOffset + mode.Hold + mode.Run);
    }

    private static List<WaitingTask> TasksOf(DomainState state, Fleet fleet, DateTimeOffset now, PlannerOptions options)
    {
        var (tasks, classes) = (new List<WaitingTask>(), new Dictionary<string, JobClass>(StringComparer.Ordinal));
        var priority = state.Jobs.Queue.Max(id => state.Jobs.Jobs[id].Spec.Priority);
        foreach (var id in state.Jobs.Queue)
        {
            if (tasks.Count >= options.JobCountMax)
                break;
            var job = state.Jobs.Jobs[id];
            if (job.Spec is not { TaskCount: 1, IsGang: false, Service: null } || job.Spec.Priority < priority || Waits.ForJobs(state, job) is not null
                || job.Reservation != 0 || Waits.ForTime(state, job, now) is not null || Waits.Untimely(job, now) is not null
                || Waits.QuotaRoom(state, job).Count < 1)
                continue;
            var key = JobClass.KeyOf(state.Jobs, job);
            if (!classes.TryGetValue(key, out var jobs))
                classes.Add(key, jobs = new(state, fleet, new(job.Project, job.Spec, job)));
            if (jobs.Blocked is null && WaitingTask.Of(state, job, jobs, now, options.PathCountMax) is { } task)
                tasks.Add(task);
        }

        return tasks;
    }

    /// <summary>What a round by itself places now of the planned tasks; what else it does is taken as given.</summary>
    private SortedDictionary<long, TaskMode> PlacedByRound(DomainState state, Resources resources)
    {
        var (planned, placed) = (_tasks.ToDictionary(t => t.Job.Id), new SortedDictionary<long, TaskMode>());
        foreach (var command in new Round(state, _now, new(), IntentionBook.Empty).Run().Commands)
        {
            foreach (var hop in command switch { OrderTransfer o => o.Hops, ReplanTransfer r => r.Hops, _ => [] })
                resources.Take(hop);
            var transfers = command is PlaceTasks { Transfers: var staged } ? staged : [];
            if (command is PlaceTasks place && planned.TryGetValue(place.Job, out var task))
            {
                placed[place.Job] = WaitingTask.Chosen(state, task.Jobs, place.Placements[0], transfers, _now);
                continue;
            }

            foreach (var transfer in transfers)
                resources.Take(transfer.ToHop());
            if (command is not PlaceTasks other)
                continue;
            foreach (var placement in other.Placements)
                resources.Take(placement, state.Jobs.Jobs[other.Job].Spec.Resources);
        }

        return placed;
    }

    private Activity ActivityOf(WaitingTask task, Resources resources)
    {
        var weights = BatchWeights.Of(task.Job.Spec.Objective, task.OwnMode < 0 ? task.Modes : task.Modes[..task.OwnMode]);
        var modes = ImmutableArray.CreateBuilder<Mode>(task.Modes.Count);
        foreach (var mode in task.Modes)
        {
            var (offset, hold) = (Resources.SecondsUp(mode.HoldOffset), Resources.SecondsUp(mode.Hold));
            var length = offset + hold + Resources.SecondsUp(mode.Run);
            modes.Add(new(length, weights.CostOf(mode),
            [
                .. resources.OfPool(mode.Candidate.Pool.Id, mode.Candidate.Shape.Demand, length),
                .. resources.OfLinks(mode.Way?.Links ?? [], mode.Way?.Rate ?? default, mode.IsLong, offset, hold),
            ]));
        }

        return new(
            modes.ToImmutable(), weights.PerSecond, task.Deadline is { } deadline ? (long)(deadline - _now).TotalSeconds : int.MaxValue,
            LeftOutFactor * (1 + modes.Max(m => m.Cost + (weights.PerSecond * m.Length))));
    }
}
