using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Candidates;

/// <summary>Finds the ways to run at a pool, in the state that the round has led to. Answers are kept until it changes.</summary>
internal sealed class OptionFinder(Stager stager, DateTimeOffset now)
{
    private readonly Dictionary<(JobClass, Candidate), Kept> _kept = [];
    private readonly Dictionary<(JobClass, Candidate), Waitlist> _waitlists = [];

    /// <summary>The state that the round has led to.</summary>
    internal required DomainState State { get; set; }

    /// <summary>
    /// The options for the next of so many waiting tasks, or for all of them where they are a gang: the thrifty and the
    /// speedy one where they differ; none where an input cannot be brought, or where the gang would never fit.
    /// </summary>
    internal ImmutableArray<Option> Find(JobClass jobs, Candidate candidate, int waitingCount)
    {
        (int, int, int) stamp = (candidate.View.Version, stager.Version, waitingCount);
        if (jobs.Spread is null && _kept.TryGetValue((jobs, candidate), out var kept)
            && string.Equals(kept.Place, jobs.Place, StringComparison.Ordinal)
            && (kept.Stamp == stamp || (jobs.Parts.IsEmpty && !jobs.Spec.IsGang && kept.Stamp.Item1 == stamp.Item1)))
            return Delayed(jobs, kept.Options);
        var options = jobs.Spec.IsGang ? FindGang(jobs, candidate, waitingCount) : FindSingle(jobs, candidate, waitingCount);
        _kept[(jobs, candidate)] = new(stamp, jobs.Place, options);
        return Delayed(jobs, options);
    }

    /// <summary>The option to start a task at the pool now, with its input along the way; nothing where that cannot be done.</summary>
    internal Option? Along(JobClass jobs, Candidate candidate, CircuitWay? way)
    {
        if (BestNode(jobs, candidate, candidate.View.Nodes, withRoom: true) is not { } node || stager.Along(jobs.Parts, node.Node.Id, way, stager.NewCalendar(jobs.Project)) is not { } staging)
            return null;
        var seats = ImmutableArray.Create(new Seat(node, jobs.SlotCount(node, candidate.Shape), staging));
        return Price(jobs, candidate, seats, staging.Ready, now, staging.Price, waitingCount: 1);
    }

    /// <summary>The next task, or the gang, at the pool if there were room at once, with its data there.</summary>
    internal Option AtOnce(JobClass jobs, Candidate candidate, int waitingCount) =>
        Price(jobs, candidate, [], now, now, Money.Zero(), waitingCount);

    /// <summary>Notes that a task of the class waits for the option.</summary>
    internal void Queue(JobClass jobs, Option option)
    {
        var candidate = option.Candidate;
        var busy = candidate.View.Queue(candidate.Shape, candidate.RunTime);
        if (_waitlists.TryGetValue((jobs, candidate), out var waitlist))
            waitlist.Add(option.Ready, candidate.RunTime, busy);
    }

    /// <summary>Keeps room at the option's pool for so many tasks of the class, unless room is kept there already.</summary>
    internal void Reserve(JobClass jobs, Option option, int count)
    {
        var candidate = option.Candidate;
        if (candidate.View is { ReservedUntil: null, Reservation: 0 } && option.RoomAt > now)
            candidate.View.Reserve(
                Places.Of(jobs, candidate.View), candidate.Shape, count,
                LiveAt(candidate, candidate.View.Nodes).Select(a => (a, LatestEnd(a, candidate))), now);
    }

    /// <summary>When the attempt is stopped if it does not end; one that should be over by then is given a minute.</summary>
    private DateTimeOffset LatestEnd(Attempt attempt, Candidate candidate)
    {
        var spec = State.Jobs.Jobs[attempt.Id.Job].Spec;
        var start = State.Jobs.Current(attempt.Id) is Running running ? running.StartedAt : ExpectedStart(attempt, spec, candidate);
        var end = start + spec.Timeout;
        return end > now ? end : now + TimeSpan.FromMinutes(1);
    }

    private DateTimeOffset ExpectedStart(Attempt attempt, JobSpec spec, Candidate candidate)
    {
        var project = State.Jobs.Jobs[attempt.Id.Job].Project;
        var runTime = spec.Service is null ? Pricing.RunTime(candidate.Pool, spec, Expectation.Of(State.Jobs, project, spec).Share) : spec.Timeout;
        var start = attempt.ExpectedFinish - runTime;
        return start > attempt.PlacedAt ? start : attempt.PlacedAt;
    }

    /// <summary>Those that have to wait come after the tasks that already decided to wait for the pool.</summary>
    private ImmutableArray<Option> Delayed(JobClass jobs, ImmutableArray<Option> options)
    {
        if (options.IsEmpty || options[0].IsNow)
            return options;
        var view = options[0].Candidate.View;
        var waitlist = _waitlists.GetValueOrDefault((jobs, options[0].Candidate));
        var others = view.Backlog - (waitlist?.Backlog ?? TimeSpan.Zero);
        if (view.Backlog == TimeSpan.Zero)
            return options;
        return [.. options.Select(option =>
        {
            var room = (waitlist?.Next ?? option.RoomAt) + others;
            var start = room > option.Ready ? room : option.Ready;
            return option with { Start = start, Finish = start + (option.Finish - option.Start) };
        })];
    }

    private ImmutableArray<Option> FindSingle(JobClass jobs, Candidate candidate, int waitingCount)
    {
        var nodes = Places.ForNext(jobs, candidate, waitingCount);
        var node = BestNode(jobs, candidate, nodes, withRoom: true);
        var isFull = node is null;
        node ??= BestNode(jobs, candidate, nodes, withRoom: false);
        if (node is null)
            return [];

        var roomAt = isFull ? RoomForOne(jobs, candidate, nodes) : now;
        if (roomAt is not { } from)
            return [];
        return Variants(mayDiffer: !jobs.Parts.IsEmpty, haste =>
        {
            var staging = stager.Plan(jobs.Parts, node.Node.Id, haste, stager.NewCalendar(jobs.Project), mayDefer: true);
            if (staging.Missing is not null)
                return null;
            var isNow = !isFull && !staging.IsDeferred && staging.Held is null;
            var seats = isNow ? ImmutableArray.Create(new Seat(node, jobs.SlotCount(node, candidate.Shape), staging)) : [];
            return Price(jobs, candidate, seats, staging.Ready, from, staging.Price, waitingCount) with
            {
                IsDeferred = staging.IsDeferred,
                Held = isFull ? null : staging.Held,
            };
        });
    }

    private ImmutableArray<Option> FindGang(JobClass jobs, Candidate candidate, int waitingCount) =>
        PlaceForAll(jobs, candidate, waitingCount) is { } place
            ? Variants(mayDiffer: !jobs.Parts.IsEmpty, haste => Gather(jobs, candidate, place, waitingCount, haste))
            : [];

    private Option? Gather(
        JobClass jobs, Candidate candidate, (IReadOnlyList<NodeView> Nodes, DateTimeOffset RoomAt) place, int waitingCount, Haste haste)
    {
        var (calendar, spread) = (stager.NewCalendar(jobs.Project), jobs.Spread?.Copy());
        var seats = ImmutableArray.CreateBuilder<Seat>();
        var (missing, ready, price, held) = (waitingCount, now, Money.Zero(), default(BandwidthWait));
        foreach (var node in Ordered(jobs, candidate, place.Nodes))
        {
            var count = Math.Min(missing, Math.Min(node.SlotCount(candidate.Shape), spread?.At(node.Node.Id) ?? int.MaxValue));
            if (count == 0)
                continue;
            spread?.Take(node.Node.Id, count);
            var staging = stager.Plan(jobs.Parts, node.Node.Id, haste, calendar, mayDefer: false);
            if (staging.Missing is not null)
                return null;
            seats.Add(new(node, count, staging));
            (missing, price, held) = (missing - count, price + staging.Price, held ?? staging.Held);
            ready = staging.Ready > ready ? staging.Ready : ready;
            if (missing == 0)
                return Price(jobs, candidate, held is null ? seats.ToImmutable() : [], ready, now, price, waitingCount) with { Held = held };
        }

        return Price(jobs, candidate, [], ready, place.RoomAt, price, waitingCount);
    }

    private static ImmutableArray<Option> Variants(bool mayDiffer, Func<Haste, Option?> find)
    {
        if (find(Haste.Thrift) is not { } thrifty)
            return [];
        if (!mayDiffer)
            return [thrifty];
        return find(Haste.Speed) is { } speedy && (speedy.Finish != thrifty.Finish || speedy.Price != thrifty.Price)
            ? [thrifty, speedy]
            : [thrifty];
    }

    private Option Price(
        JobClass jobs, Candidate candidate, ImmutableArray<Seat> seats, DateTimeOffset ready, DateTimeOffset from,
        Money transferPrice, int waitingCount)
    {
        var (site, pool, spec) = (candidate.View.Site, candidate.Pool, jobs.Spec);
        var placedAt = seats.IsEmpty && from == now && ready > now ? ready : from;
        var start = ready > from ? ready : from;
        var perSecond = candidate.PerSecond(placedAt);
        var compute = perSecond * (decimal)candidate.RunTime.TotalSeconds;
        return new(
            candidate, seats, from, ready, start, start + (spec.Service is null ? candidate.RunTime : spec.Timeout),
            compute + (transferPrice * (1m / Math.Max(1, waitingCount))),
            (perSecond * (decimal)spec.Timeout.TotalSeconds).RoundedUp(), transferPrice,
            Pricing.CarbonGrams(site, pool, spec.Resources, start, candidate.RunTime), IsDeferred: false);
    }

    /// <summary>When there is room for a task, by what lives there and what the round has proposed.</summary>
    private DateTimeOffset? RoomForOne(JobClass jobs, Candidate candidate, IReadOnlyList<NodeView> nodes)
    {
        if (!_waitlists.TryGetValue((jobs, candidate), out var waitlist))
            _waitlists.Add((jobs, candidate), waitlist = new());
        waitlist.Restart(SlotTimes.Of(nodes, candidate.Shape, LiveAt(candidate, nodes), now));
        return waitlist.Next ?? candidate.View.ReservedUntil;
    }

    /// <summary>The place of the pool with room for all first, and when; of equals the nearest to the data, then the tightest.</summary>
    private (IReadOnlyList<NodeView> Nodes, DateTimeOffset RoomAt)? PlaceForAll(JobClass jobs, Candidate candidate, int count)
    {
        var isBound = jobs.Spec.Constraints.Together != Together.Anywhere;
        (IReadOnlyList<NodeView> Nodes, (DateTimeOffset At, DataDistance, long) Key)? best = null;
        foreach (var nodes in Places.Of(jobs, candidate.View))
        {
            if (isBound && Places.SlotsWhenEmpty(jobs, nodes, candidate.Shape) < count)
                continue;
            var slots = Places.Slots(jobs, nodes, candidate.Shape);
            if (RoomForAll(candidate, nodes, count - slots) is not { } at)
                continue;
            var key = (at, isBound && !jobs.Parts.IsEmpty ? nodes.Min(n => stager.Distance(jobs.Parts, n.Node.Id)) : default, slots);
            if (best is null || key.CompareTo(best.Value.Key) < 0)
                best = (nodes, key);
        }

        return best is { } found ? (found.Nodes, found.Key.At) : null;
    }

    private DateTimeOffset? RoomForAll(Candidate candidate, IReadOnlyList<NodeView> nodes, long missing) => missing <= 0
        ? now
        : SlotTimes.Of(nodes, candidate.Shape, LiveAt(candidate, nodes), now)
            .Skip((int)missing - 1).Select(at => (DateTimeOffset?)at).FirstOrDefault() ?? candidate.View.ReservedUntil;

    private IEnumerable<Attempt> LiveAt(Candidate candidate, IReadOnlyList<NodeView> nodes) => nodes
        .SelectMany(n => State.Jobs.ByNode.GetValueOrDefault(n.Node.Id, []))
        .Where(id => (State.Reservations.OfJob(State.Jobs.Jobs[id.Job])?.Id ?? 0) == candidate.View.Reservation)
        .Select(id => State.Jobs.Current(id)?.Live)
        .OfType<Attempt>()
        .Concat(candidate.View.Proposed);

    private NodeView? BestNode(JobClass jobs, Candidate candidate, IReadOnlyList<NodeView> nodes, bool withRoom)
    {
        NodeView? best = null;
        (DataDistance Distance, (double, double) Rank) key = default;
        foreach (var node in nodes)
        {
            if ((withRoom ? node.SlotCount(candidate.Shape) : node.SlotCountWhenEmpty(candidate.Shape)) == 0 || jobs.Spread?.At(node.Node.Id) == 0)
                continue;
            var distance = jobs.Parts.IsEmpty ? default : stager.Distance(jobs.Parts, node.Node.Id);
            var mine = (distance, withRoom ? NodeChoice.Rank(node, candidate.Shape) : (0, NodeChoice.Leftover(node, candidate.Shape)));
            if (best is null || mine.CompareTo(key) < 0)
                (best, key) = (node, mine);
        }

        return best;
    }

    private IEnumerable<NodeView> Ordered(JobClass jobs, Candidate candidate, IReadOnlyList<NodeView> nodes) => nodes
        .OrderBy(n => stager.Distance(jobs.Parts, n.Node.Id))
        .ThenByDescending(n => n.SlotCount(candidate.Shape))
        .ThenBy(n => n.Node.Id);

    private sealed record Kept((int, int, int) Stamp, string? Place, ImmutableArray<Option> Options);
}
