using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Rounds;

/// <summary>
/// One round over the queue. Every proposal is put to the writer's own rules at once and the round goes on from the state
/// that they lead to, so a later proposal never takes what an earlier one has.
/// </summary>
internal sealed class Round
{
    // Plans are made in whole seconds, and the clock that wakes a round may be early by a little.
    private static readonly TimeSpan IntentionSlack = TimeSpan.FromSeconds(1);

    private readonly DateTimeOffset _now;
    private readonly SchedulingOptions _options;
    private readonly IntentionBook _intentions;
    private readonly Fleet _fleet;
    private readonly Stager _stager;
    private readonly OptionFinder _finder;
    private readonly Dictionary<string, JobClass> _classes = new(StringComparer.Ordinal);
    private readonly ImmutableArray<DomainCommand>.Builder _commands = ImmutableArray.CreateBuilder<DomainCommand>();
    private readonly ImmutableArray<(long, PendingReason)>.Builder _pending = ImmutableArray.CreateBuilder<(long, PendingReason)>();
    private DomainState _state;
    private Yielders _yielders;
    private DateTimeOffset? _nextLook;
    private int _placedCount;

    internal Round(DomainState state, DateTimeOffset now, SchedulingOptions options, IntentionBook intentions)
    {
        (_state, _now, _options, _intentions) = (state, now, options, intentions);
        _fleet = new(state, now);
        _yielders = new(state.Jobs, now);
        _stager = new(state, now);
        _finder = new(_stager, now) { State = state };
    }

    internal SchedulingRound Run()
    {
        foreach (var command in Deliveries.Replan(() => _state, _now, _options.DeliveryLimit))
            Propose(command);
        foreach (var command in Deliveries.Plan(() => _state, _now, _options.DeliveryLimit))
            Propose(command);

        // Reading the queue takes longer than placing a task: it is not read on where nothing more fits.
        if (!MayStop)
            PlaceQueue(new(_state, _fleet, _now, _options));
        return new(_commands.ToImmutable(), _pending.ToImmutable(), _nextLook);
    }

    private void PlaceQueue(QueueOrder order)
    {
        var lookedAt = 0;
        while (_placedCount < _options.Limit && lookedAt++ < _options.LookLimit && order.TryTakeTurn(out var id))
        {
            var (job, before) = (_state.Jobs.Jobs[id], _placedCount);
            var reason = Consider(job, order);
            if (reason is not null)
                _pending.Add((id, reason));
            var isMore = reason is null && _placedCount > before && _state.Jobs.Jobs[id].WaitingCount > 0;
            order.EndTurn(job.Spec, _placedCount - before, reason, isMore);
            if (_placedCount > before && MayStop)
                return;
        }
    }

    private bool MayStop => !_options.GivesReasons && _fleet.IsFull && !_yielders.IsAny;

    /// <summary>
    /// Places what can be placed of the job, a gang or no more tasks than its turn allows; says why the rest waits, if it is
    /// not for the next turn.
    /// </summary>
    private PendingReason? Consider(Job job, QueueOrder order)
    {
        if (Waits.ForJobs(_state, job) is { } earlier)
            return earlier;
        if (Waits.ForTime(_state, job, _now) is { } early)
        {
            LookAgain(early.At);
            return early.Reason;
        }

        if (_state.Jobs.Claims.TryGet(job.Id, out var claim))
            return Preemption.Waiting(claim);
        var jobs = ClassOf(job);
        if (jobs.Blocked is { } blocked && (blocked.Code != ReasonCodes.WaitsForCapacity || job.Spec.IsBestEffort || !_yielders.IsAny))
            return blocked;
        var (tasks, pause) = (job.WaitingTasks(), default(PendingReason));
        if (Waits.Untimely(job, _now) is { } untimely)
        {
            (tasks, pause) = (tasks.Where(t => Waits.RetryAt(job, t) is not { } at || at <= _now), untimely.Reason);
            LookAgain(untimely.At);
            if (job.Spec.IsGang)
                return pause;
        }

        var (room, quota) = Waits.QuotaRoom(_state, job);
        if (room < (job.Spec.IsGang ? job.WaitingCount : 1))
        {
            jobs.Blocked = job.Spec.IsGang ? null : quota;
            return quota;
        }

        var (turnCount, placing) = (order.TurnCount(job.Spec), new Placing(job, jobs, JobTerms.Of(_state, job), order.IsOverdueTurn));
        if (!order.IsOverdueTurn && _intentions.Of(job.Id) is { } intention && Follow(placing, intention) is (true, var reason))
            return reason;
        if (job.Spec.IsGang)
            return PlaceGang(placing);
        var most = Math.Min(room, turnCount);
        var isDivided = job.Spec.Service is { Users.IsEmpty: false };
        return (isDivided ? PlaceReplicas(placing, [.. tasks], most) : PlaceTasks(placing, tasks, most))
            ?? (room < job.WaitingCount && room <= turnCount ? quota : null) ?? pause;
    }

    /// <summary>
    /// Does with the only task of the job what a plan of the batch intends: places it, or holds it back. Says whether that could
    /// be done; where not, the round decides by itself.
    /// </summary>
    private (bool IsDone, PendingReason? Reason) Follow(Placing placing, Intention intention)
    {
        var (job, jobs, terms) = placing;
        if (job.Spec is not { IsGang: false, TaskCount: 1 })
            return (false, null);
        if (intention.Start >= _now + IntentionSlack)
        {
            if (_now - job.SubmittedAt >= _options.Patience)
                return (false, null);
            LookAgain(intention.Start);
            return (true, Account.Held(intention.Pool, intention.Start));
        }

        if (jobs.Candidates.FirstOrDefault(c => c.Pool.Id == intention.Pool) is not { IsEligible: true } candidate
            || _finder.Along(jobs, candidate, intention.Way) is not { } option || terms.Broken(option, isGang: false) is not null)
            return (false, null);
        jobs.Weighing ??= Choice.Weigh(_finder, jobs, terms, _now);
        Explain(placing, option);
        using var tasks = job.WaitingTasks().GetEnumerator();
        Take(placing, option, option.Seats[0], tasks, count: 1);
        return (true, Flush(placing));
    }

    private PendingReason? PlaceGang(Placing placing)
    {
        var (job, jobs, terms) = placing;
        if (_placedCount > 0 && _placedCount + job.WaitingCount > _options.Limit)
            return new(ReasonCodes.InQueue, [""]);
        var choice = Choice.Of(_finder, jobs, terms, _now);
        if (choice.Best is not { IsNow: true } best)
            return MakeRoom(placing, choice, job.WaitingCount) ?? PutOff(placing, choice);

        Explain(placing, best);
        using var tasks = job.WaitingTasks().GetEnumerator();
        foreach (var seat in best.Seats)
            Take(placing, best, seat, tasks, seat.Count);
        return Flush(placing);
    }

    /// <summary>Places the replicas of a service that has users in several places, those of each place near them.</summary>
    private PendingReason? PlaceReplicas(Placing placing, List<int> waiting, int room)
    {
        PendingReason? why = null;
        var service = placing.Job.Spec.Service!;
        foreach (var users in service.Users)
        {
            var (job, placedBefore) = (_state.Jobs.Jobs[placing.Job.Id], _placedCount);
            var jobs = new JobClass(_state, _fleet, new(job.Project, job.Spec, job, users));
            var near = waiting.FindAll(replica => ReferenceEquals(service.UsersOf(replica), users));
            if (near.Count == 0 || room <= 0)
                continue;
            var reason = jobs.Blocked ?? PlaceTasks(new(job, jobs, JobTerms.Of(_state, job), placing.IsOverdueTurn), near, Math.Min(room, near.Count));
            why ??= reason;
            room -= _placedCount - placedBefore;
        }

        return why;
    }

    /// <summary>Places tasks one node after another, each where the next task is best off.</summary>
    private PendingReason? PlaceTasks(Placing placing, IEnumerable<int> waiting, int room)
    {
        var (job, jobs, terms) = placing;
        using var tasks = waiting.GetEnumerator();
        var left = Math.Min(room, job.WaitingCount);
        PendingReason? why = null;
        while (left > 0)
        {
            var limit = Math.Min(left, _options.Limit - _placedCount - placing.Placements.Count);
            if (limit <= 0)
            {
                why ??= new(ReasonCodes.InQueue, [placing.Chosen?.Value ?? ""]);
                break;
            }

            var choice = Choice.Of(_finder, jobs, terms, _now);
            if (choice.Best is not { IsNow: true } && why is null && Yielded(placing, choice, limit) is { } yielded)
                return yielded;
            if (choice.Best is not { } best)
            {
                why = Refused(jobs, choice);
                break;
            }

            if (!best.IsNow)
            {
                why ??= Wait(placing, best, choice);
                if (best.Held is null)
                    _finder.Queue(jobs, best);
                left--;
                if (choice.IsRoomAnywhere)
                    continue;
                break;
            }

            Explain(placing, best);
            var seat = best.Seats[0];
            var count = Math.Min(Math.Min(limit, seat.Count), Math.Max(1, terms.AffordableCount(best)));
            if (!seat.Staging.Transfers.IsEmpty && Flush(placing) is { } refused)
                return refused;
            var taken = Take(placing, best, seat, tasks, count);
            if (!seat.Staging.Transfers.IsEmpty && Flush(placing) is { } refusedNow)
                return refusedNow;
            if (taken < count)
                break;
            left -= taken;
        }

        return Flush(placing) ?? why;
    }

    /// <summary>Proposes what was gathered, and that others make room for so many more.</summary>
    private PendingReason? Yielded(Placing placing, Choice choice, int count)
    {
        if (placing.Job.Spec.IsBestEffort || !_yielders.IsAny || placing.Jobs.Users is not null)
            return null; // Nobody stops for replicas of one place among several: it is not said here which they are.
        var isFirst = placing.Placements.Count == 0;
        if (Flush(placing) is { } refused)
            return refused;
        var job = isFirst ? placing.Job : _state.Jobs.Jobs[placing.Job.Id];
        return MakeRoom(isFirst ? placing : new(job, placing.Jobs, placing.Terms, placing.IsOverdueTurn), choice, count);
    }

    private PendingReason? MakeRoom(Placing placing, Choice choice, int count)
    {
        if (Preemption.Plan(_finder, placing, choice, _yielders, count, _now) is not { } made || Propose(made.Command) is not null)
            return null;
        foreach (var node in made.Command.Placements.Select(p => p.Node).Concat(
            made.Command.Victims.Select(v => _state.Jobs.Current(v)?.Live?.Node).OfType<NodeId>()).Distinct())
            _fleet.Refresh(_state, node);
        _yielders = new(_state.Jobs, _now);
        return made.Reason;
    }

    private PendingReason PutOff(Placing placing, Choice choice) =>
        choice.Best is { } best ? Wait(placing, best, choice) : Refused(placing.Jobs, choice);

    private int Take(Placing placing, Option option, Seat seat, IEnumerator<int> tasks, int count)
    {
        var taken = 0;
        var (start, run) = (Later(seat.Staging.Ready, option.Start), option.Finish - option.Start);
        while (taken < count && tasks.MoveNext())
        {
            var shares = option.Candidate.View.Take(seat.Node, option.Candidate.Shape);
            placing.Jobs.Take(seat.Node);
            placing.Add(new(tasks.Current, seat.Node.Node.Id, shares, start + run), option, _now);
            placing.Terms.Spend(option.CostMax);
            taken++;
        }

        if (taken > 0)
        {
            placing.Transfers.AddRange(seat.Staging.Transfers);
            placing.Terms.Spend(seat.Staging.Price);
        }

        return taken;
    }

    private void Explain(Placing placing, Option best)
    {
        if (placing.Chosen is not null)
            return;
        placing.Chosen = best.Candidate.Pool.Id;
        if (placing.Job.Explanation?.Chosen != placing.Chosen)
            placing.Explanation = Account.Give(_finder, placing.Jobs, placing.Terms, best, _now);
    }

    /// <summary>Proposes what was gathered of the job so far.</summary>
    private PendingReason? Flush(Placing placing)
    {
        if (placing.Placements.Count == 0)
            return null;
        var count = placing.Placements.Count;
        var refused = Propose(placing.ToCommand());
        foreach (var view in placing.Views)
            view.Proposed.Clear();
        if (refused is null)
        {
            _placedCount += count;
        }
        else
        {
            placing.Nodes.ForEach(node => _fleet.Refresh(_state, node));
            _classes.Remove(JobClass.KeyOf(_state.Jobs, placing.Job)); // It counted them.
        }

        placing.Clear();
        return refused;
    }

    private PendingReason? Propose(DomainCommand command)
    {
        var decision = DomainMachine.Decide(_state, command, _now);
        if (decision.Fault is { } fault)
            return new(ReasonCodes.WriterRefused, [fault.Code, .. fault.Particulars]);
        if (decision.Events.IsEmpty)
            return null;
        _state = _state.Evolve(decision.Events);
        _stager.Follow(_state);
        _finder.State = _state;
        _commands.Add(command);
        return null;
    }

    /// <summary>
    /// Notes that the job waits for room. The first at a pool that has waited for long is kept room there, so that what
    /// comes after it in the order cannot overtake it for ever.
    /// </summary>
    private PendingReason Wait(Placing placing, Option best, Choice choice)
    {
        var (job, jobs) = (placing.Job, placing.Jobs);
        if (_now - job.SubmittedAt >= _options.ReserveAfter && !job.Spec.IsBestEffort)
            _finder.Reserve(jobs, best, job.Spec.IsGang ? job.WaitingCount : 1);
        LookAgain(best.Held?.Until ?? best.Start);
        var reason = Account.Waiting(best);
        if (!choice.IsRoomAnywhere && !jobs.Spec.IsGang)
            jobs.Blocked = reason;
        return reason;
    }

    private static PendingReason Refused(JobClass jobs, Choice choice) => choice.Refusal is { } reason
        ? new(reason.Code, reason.Particulars)
        : jobs.Blocked = Account.Nowhere(jobs);

    private JobClass ClassOf(Job job)
    {
        var key = JobClass.KeyOf(_state.Jobs, job);
        if (!_classes.TryGetValue(key, out var jobs))
            _classes.Add(key, jobs = new(_state, _fleet, new(job.Project, job.Spec, job)));
        return jobs;
    }

    private void LookAgain(DateTimeOffset at)
    {
        var soonest = Later(at, _now + TimeSpan.FromSeconds(1));
        _nextLook = _nextLook is { } known && known < soonest ? known : soonest;
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
