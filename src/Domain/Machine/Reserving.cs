using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>
/// Reservations of capacity: taken in where they can be kept, kept free while they last, paid for whether used or not. The
/// scheduler proposes the nodes; here every rule is checked again, for its picture may be old.
/// </summary>
internal static class Reserving
{
    internal static Decision Make(DomainState state, MakeReservation c, DateTimeOffset now)
    {
        var request = c.Request;
        if (request.IdempotencyKey.Value.Length > 0 && state.Reservations.ByKey.TryGetValue(request.IdempotencyKey, out var made))
            return new([], Fault: null, made);
        if (ReservationRules.FaultOf(state, request, now) is { } wrong)
            return new([], wrong, Value: 0);
        var holdings = ReservationRules.Hold(state, c, out var fault);
        if (holdings.IsEmpty)
            return new([], fault, Value: 0);
        var from = Later(now, request.From - Reservation.Lead);
        foreach (var holding in holdings)
        {
            var calendar = new NodeCalendar(state.Sites, state.Jobs, state.Reservations, holding.Node, now);
            if (!calendar.Fits(holding.Amount, holding.Shares, from, request.To))
                return Decision.Refuse("reservation-taken", holding.Node);
        }

        if (ReservationRules.QuotaFault(state, request, holdings) is { } quota)
            return new([], quota, Value: 0);

        var price = ReservationRules.PriceOf(holdings, request);
        var tenant = state.Accounts.TenantOf(request.Project).Id;
        var available = state.Accounts.Balance(AccountId.Available(tenant));
        if (available < price)
            return Decision.Refuse("reservation-unaffordable", price, tenant, available);
        var draft = new Draft(state, now);
        var id = state.Reservations.All.Count + 1;
        if (price.Amount > 0)
            draft.Add(AccountRules.Move(AccountId.Available(tenant), AccountId.Held(tenant), price, "hold", job: 0, now));
        draft.Add(new ReservationMade(new(id, request, holdings, ReservationState.Open, price, Money.Zero(), now, EndedAt: null)));
        return draft.Decide(id);
    }

    internal static Decision Cancel(DomainState state, CancelReservation c, DateTimeOffset now)
    {
        if (!state.Reservations.All.TryGet(c.Reservation, out var reservation))
            return Decision.Refuse("no-such-reservation", c.Reservation);
        if (!reservation.IsOpen)
            return Decision.Nothing;
        var draft = new Draft(state, now);
        End(draft, reservation, ReservationState.Cancelled);
        return draft.Decide();
    }

    /// <summary>Ends what is over, stops what is in the way, and notes which nodes are there to be used.</summary>
    internal static void Tick(Draft draft)
    {
        // First what is over, of every reservation: its jobs end for that, and are in nobody's way.
        foreach (var over in draft.State.Reservations.Open.Select(id => draft.State.Reservations.All[id]).Where(r => r.Request.To <= draft.Now).ToList())
            End(draft, over, ReservationState.Over);
        foreach (var reservation in draft.State.Reservations.Open.Select(id => draft.State.Reservations.All[id]).Where(r => r.IsHeldAt(draft.Now)).ToList())
        {
            foreach (var holding in reservation.Holdings)
                ClearTheWay(draft, holding.Node);
            if (reservation.IsActiveAt(draft.Now))
                Note(draft, reservation);
        }
    }

    /// <summary>Why reservations do not let the attempt on the node, or nothing.</summary>
    internal static Fault? FaultOf(DomainState state, Job job, Attempt attempt, bool isDataThere, DateTimeOffset now)
    {
        var (id, reservations) = (attempt.Node, state.Reservations);
        if (job.Reservation != 0)
            return WithinFault(state, job, attempt, now);
        if (!reservations.ByNode.ContainsKey(id))
            return null;
        var kept = KeptRoom.OfClaims(state.Jobs, id) + ReservedRoom.On(state.Jobs, reservations, id, now);
        if (!HasRoom(state.Sites.Nodes[id], attempt, kept))
            return Fault.Of("node-reserved", id);
        if (job.Spec.IsBestEffort)
            return null; // It is stopped when a reservation begins.
        return new NodeCalendar(state.Sites, state.Jobs, reservations, id, now)
            .Fits(attempt.Amount, attempt.Shares, now, NodeCalendar.LatestEnd(job.Spec.Timeout, isDataThere, now))
                ? null
                : Fault.Of("node-reserved", id);
    }

    private static Fault? WithinFault(DomainState state, Job job, Attempt attempt, DateTimeOffset now)
    {
        if (state.Reservations.OfJob(job) is not { } reservation || !reservation.IsActiveAt(now))
            return Fault.Of("reservation-not-now", job.Id);
        var left = ReservedRoom.Left(state.Jobs, reservation, attempt.Node);
        return attempt.Amount.FitsIn(left.Amount)
            && attempt.Shares.GroupBy(s => s.Index).All(one => one.Sum(s => s.Milli) <= left.MilliOf(one.Key))
                ? null
                : Fault.Of("reservation-used", reservation.Request.Name, attempt.Node);
    }

    private static bool HasRoom(Node node, Attempt attempt, KeptRoom kept) =>
        (node.Used + kept.Amount + attempt.Amount).FitsIn(node.Total)
        && attempt.Shares.All(s => node.Accelerators[s.Index].UsedMilli + kept.MilliOf(s.Index) + s.Milli <= 1000);

    /// <summary>
    /// Stops what still runs in the room that is reserved on the node: best-effort tasks first, then those that outstayed their
    /// time; of either the youngest first, and none in vain.
    /// </summary>
    private static void ClearTheWay(Draft draft, NodeId id)
    {
        var (state, jobs) = (draft.State, draft.State.Jobs);
        if (!state.Sites.Nodes.TryGetValue(id, out var node))
            return;
        var held = state.Reservations.On(id).Where(r => r.IsHeldAt(draft.Now)).ToList();
        var others = jobs.ByNode.GetValueOrDefault(id, []).Select(jobs.Current).OfType<TaskState>()
            .Where(task => task is not Stopping && !held.Exists(r => r.Id == jobs.Jobs[task.Live!.Id.Job].Reservation))
            .OrderByDescending(task => jobs.Jobs[task.Live!.Id.Job].Spec.IsBestEffort)
            .ThenByDescending(task => task.Live!.PlacedAt).ThenByDescending(task => task.Live!.Id).ToList();
        var victims = new List<TaskState>();
        foreach (var task in others)
        {
            if (IsClear(node, held, others.Except(victims)))
                break;
            victims.Add(task);
        }

        foreach (var needless in Enumerable.Reverse(victims).ToList())
        {
            if (IsClear(node, held, others.Except(victims).Append(needless)))
                victims.Remove(needless);
        }

        foreach (var victim in victims.Select(task => task.Live!.Id))
            Stop(draft, victim);
    }

    private static void Stop(Draft draft, AttemptId victim)
    {
        if (draft.Job(victim.Job).Spec.IsGang)
            Finishing.StopAll(draft, victim.Job, Yielding.Reserved);
        else if (draft.State.Jobs.Current(victim) is { } task)
            Finishing.Stop(draft, task, Yielding.Reserved);
    }

    private static bool IsClear(Node node, List<Reservation> held, IEnumerable<TaskState> staying)
    {
        var holdings = held.Select(r => r.On(node.Id)!).ToList();
        var live = staying.Select(task => task.Live!).ToList();
        var sum = holdings.Select(h => h.Amount).Concat(live.Select(a => a.Amount)).Aggregate(default(Capacity), (all, one) => all + one);
        return sum.FitsIn(node.Total)
            && holdings.SelectMany(h => h.Shares).Concat(live.SelectMany(a => a.Shares)).GroupBy(s => s.Index).All(one => one.Sum(s => s.Milli) <= 1000);
    }

    /// <summary>A node that is away costs nothing until it is back.</summary>
    private static void Note(Draft draft, Reservation reservation)
    {
        if (reservation.Holdings.All(h => h.PaidFrom is not null == IsThere(draft, h)))
            return;
        Pay(draft, reservation.Id, draft.Now);
        var paid = draft.State.Reservations.All[reservation.Id];
        draft.Add(new ReservationPaid(
            paid.Id, [.. paid.Holdings.Select(h => h with { PaidFrom = IsThere(draft, h) ? draft.Now : null })], paid.Held, paid.Charged));
    }

    private static bool IsThere(Draft draft, Holding holding) =>
        draft.State.Sites.Nodes.TryGetValue(holding.Node, out var node) && node.State == NodeState.Ready;

    private static void End(Draft draft, Reservation reservation, ReservationState how)
    {
        Pay(draft, reservation.Id, draft.Now < reservation.Request.To ? draft.Now : reservation.Request.To);
        var paid = draft.State.Reservations.All[reservation.Id];
        if (paid.Held.Amount > 0)
        {
            var tenant = draft.State.Accounts.TenantOf(paid.Request.Project).Id;
            draft.Add(AccountRules.Move(AccountId.Held(tenant), AccountId.Available(tenant), paid.Held, "refund", job: 0, draft.Now));
            draft.Add(new ReservationPaid(paid.Id, paid.Holdings, Money.Zero(), paid.Charged));
        }

        draft.Add(new ReservationEnded(paid.Id, how, draft.Now));
        foreach (var job in draft.State.Jobs.Active.Where(id => draft.Job(id).Reservation == paid.Id).ToList())
        {
            if (!draft.Job(job).IsCancelling)
                Finishing.Abandon(draft, job, "reservation-over", Reason.Of("reservation-over", paid.Request.Name));
            Finishing.FinishIfOver(draft, job);
        }
    }

    /// <summary>Charges for the time until the moment: for what is held, whether it was used or not.</summary>
    private static void Pay(Draft draft, long id, DateTimeOffset until)
    {
        var reservation = draft.State.Reservations.All[id];
        var due = Money.Zero();
        foreach (var holding in reservation.Holdings)
        {
            if (holding.PaidFrom is { } from && from < until)
                due += holding.PriceFor(until - from);
        }

        var (request, charge) = (reservation.Request, due.RoundedUp() < reservation.Held ? due.RoundedUp() : reservation.Held);
        if (charge.Amount <= 0)
            return;
        var tenant = draft.State.Accounts.TenantOf(request.Project).Id;
        var payee = AccountId.Provider(draft.State.Sites.Sites[request.Pool.Site].Provider);
        draft.Add(AccountRules.Move(AccountId.Held(tenant), payee, charge, "reservation", job: 0, draft.Now));
        draft.Add(new Charged(new(
            draft.Now, tenant, request.Project, Job: 0, Task: -1, "reservation", payee, charge, Reason.Written([request.Name, request.Pool]))));
        draft.Add(new ReservationPaid(
            id, [.. reservation.Holdings.Select(h => h.PaidFrom < until ? h with { PaidFrom = until } : h)],
            reservation.Held - charge, reservation.Charged + charge));
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
