using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>What a reservation may ask for, what it holds and what that costs.</summary>
public static class ReservationRules
{
    /// <summary>The most seats, or whole nodes, of a reservation.</summary>
    public const int CountMax = 10_000;

    private const int OpenCountMax = 256;
    private static readonly TimeSpan StartTolerance = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LengthMin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HorizonMax = TimeSpan.FromDays(366);

    /// <summary>What is wrong with the request whatever is free, or nothing.</summary>
    public static Fault? FaultOf(DomainState state, ReservationRequest request, DateTimeOffset now)
    {
        if (!state.Accounts.Projects.ContainsKey(request.Project))
            return Fault.Of("no-such-project", request.Project);
        if (!Names.IsValid(request.Name))
            return Fault.Of("bad-name", request.Name);
        if (state.Reservations.Find(request.Project, request.Name) is not null)
            return Fault.Of("reservation-exists", request.Name, request.Project);
        if (!state.Sites.Pools.TryGetValue(request.Pool, out var pool))
            return Fault.Of("no-such-pool", request.Pool);
        if (pool.IsDraining)
            return Fault.Of("pool-draining", request.Pool);
        if (request.From < now - StartTolerance || request.To - request.From < LengthMin || request.To > now + HorizonMax)
            return Fault.Of("bad-reservation-time", (int)LengthMin.TotalMinutes, (int)HorizonMax.TotalDays);
        if (request.Count is < 1 or > CountMax)
            return Fault.Of("bad-reservation-count", CountMax);
        return state.Reservations.Open.Count(id => state.Reservations.All[id].Request.Project == request.Project) >= OpenCountMax
            ? Fault.Of("reservations-full", request.Project, OpenCountMax)
            : null;
    }

    /// <summary>What all of the time costs: the pool's prices without energy, which only what runs draws.</summary>
    public static Money PriceOf(IEnumerable<Holding> holdings, ReservationRequest request) => holdings
        .Aggregate(Money.Zero(), (sum, h) => sum + h.PriceFor(request.To - request.From)).RoundedUp();

    /// <summary>What the seats hold of each node; nothing and the fault where they are not as asked for.</summary>
    public static ImmutableArray<Holding> Hold(DomainState state, MakeReservation c, out Fault? fault)
    {
        var (request, holdings) = (c.Request, ImmutableArray.CreateBuilder<Holding>());
        fault = c.Seats.Length == request.Count ? null : Fault.Of("bad-seats", request.Name);
        foreach (var seats in c.Seats.GroupBy(s => s.Node).OrderBy(g => g.Key))
        {
            if (fault is not null || (fault = SeatsFault(state.Sites, request, seats)) is not null)
                return [];
            var (node, pool) = (state.Sites.Nodes[seats.Key], state.Sites.Pools[request.Pool]);
            var amount = request.Demand is { } demand
                ? seats.Aggregate(default(Capacity), (sum, _) => sum + Placing.AmountOf(demand))
                : node.Total;
            ImmutableArray<AcceleratorShare> shares =
            [
                .. seats.SelectMany(s => s.Shares).GroupBy(s => s.Index).OrderBy(g => g.Key).Select(g => new AcceleratorShare(g.Key, g.Sum(s => s.Milli))),
            ];
            holdings.Add(new(
                node.Id, amount, shares, Pricing.HeldPerHour(pool, amount, Pricing.AcceleratorsHour(pool, node, shares)), request.From));
        }

        return fault is null ? holdings.ToImmutable() : [];
    }

    /// <summary>A whole node as one seat.</summary>
    public static ReservedSeat Whole(Node node) => new(
        node.Id,
        [.. Enumerable.Range(0, node.Accelerators.Length).Where(i => node.Accelerators[i].IsThere).Select(i => new AcceleratorShare(i, 1000))]);

    /// <summary>Why the quota does not allow it beside what is reserved at the same time, or nothing.</summary>
    internal static Fault? QuotaFault(DomainState state, ReservationRequest request, ImmutableArray<Holding> holdings)
    {
        var (accounts, change) = (state.Accounts, UsageOf(holdings));
        var (project, tenant) = (accounts.Projects[request.Project], accounts.TenantOf(request.Project));
        var beside = state.Reservations.Open.Select(id => state.Reservations.All[id])
            .Where(r => r.Request.From < request.To && request.From < r.Request.To).ToList();
        return Broken(project.Shares.Quota, r => r.Request.Project == project.Id) is { } own ? Fault.Of("quota", project.Id, own)
            : Broken(tenant.Shares.Quota, r => accounts.Projects[r.Request.Project].Tenant == tenant.Id) is { } above ? Fault.Of("quota", tenant.Id, above)
            : null;
        string? Broken(Quota quota, Func<Reservation, bool> isOf) => AccountRules.QuotaBroken(
            quota, beside.Where(isOf).Aggregate(default(Usage), (sum, r) => sum + UsageOf(r.Holdings)), change);
    }

    private static Usage UsageOf(ImmutableArray<Holding> holdings) => holdings.Aggregate(default(Usage), (sum, h) => sum + new Usage(
        h.Amount.CpuMillicores, h.Amount.Memory.Bytes, h.Shares.Sum(s => (long)s.Milli), Tasks: 0));

    private static Fault? SeatsFault(SitesState sites, ReservationRequest request, IGrouping<NodeId, ReservedSeat> seats)
    {
        if (seats.Key.Pool != request.Pool || !sites.Nodes.TryGetValue(seats.Key, out var node) || node.State != NodeState.Ready)
            return Fault.Of("node-not-ready", seats.Key);
        if (request.Demand is not { } demand)
            return seats.Count() == 1 && seats.First().Shares.SequenceEqual(Whole(node).Shares) ? null : Fault.Of("bad-seats", request.Name);
        var wanted = demand.Accelerators;
        return seats.All(seat => seat.Shares.Length == (wanted?.Count ?? 0)
            && seat.Shares.Select(s => s.Index).Distinct().Count() == seat.Shares.Length
            && seat.Shares.All(s => s.Index >= 0 && s.Index < node.Accelerators.Length && s.Milli == wanted!.FractionMilli
                && node.Accelerators[s.Index].Suits(wanted)))
                ? null
                : Fault.Of("bad-seats", request.Name);
    }
}
