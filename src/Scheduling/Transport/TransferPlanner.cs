using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>How a transfer would go, or why it cannot.</summary>
/// <param name="Hops">The hops, for the writer.</param>
/// <param name="Price">What they cost.</param>
/// <param name="Arrival">When everything is there; also where that is too late, as the earliest that can be kept.</param>
/// <param name="Fault">Why it cannot be promised, or nothing.</param>
public sealed record TransferPlan(ImmutableArray<PlannedHop> Hops, Money Price, DateTimeOffset? Arrival, Fault? Fault);

/// <summary>Plans transfers in one state of the domain. The writer checks what it is given once more.</summary>
public static class TransferPlanner
{
    /// <summary>A plan for what is asked for.</summary>
    public static TransferPlan Plan(DomainState state, TransferRequest request, DateTimeOffset now) =>
        state.Data.Find(request.Dataset, request.Version) is null
            ? Refused(Fault.Of("no-such-dataset", request.Dataset))
            : Plan(() => Errand.New(state, request, now), isNew: true);

    /// <summary>A plan for what has not arrived of a transfer and does not move now.</summary>
    public static TransferPlan Replan(DomainState state, Transfer transfer, DateTimeOffset now) =>
        Plan(() => Errand.Rest(state, transfer, now), isNew: false);

    private static TransferPlan Plan(Func<Errand> begin, bool isNew)
    {
        var errand = begin();
        if (errand.Fault is { } impossible)
            return Refused(impossible);
        if (isNew && errand.Needs.IsEmpty)
            return Refused(Fault.Of("transfer-there", errand.Request.Dataset));
        var fault = errand.Request.Mode switch
        {
            TransferMode.Dedicated => DedicatedRoads.Find(errand),
            TransferMode.Aggregated => AggregatedRoads.Find(errand, errand.Needs),
            _ => OffpeakRoads.Find(errand),
        };
        if (errand.Request.Mode == TransferMode.Aggregated && SwarmRoads.IsFor(errand) && Swarm(begin(), errand, fault) is { } swarm)
            (errand, fault) = (swarm, null);
        if (fault is not null)
            return Refused(fault);

        var price = errand.Price();
        DateTimeOffset? arrival = errand.Hops.Count == 0 ? null : errand.Hops.Max(h => h.Finish) + Transfer.HandOver;
        // What was promised late is better than nothing: only a new transfer is refused for its deadline.
        var late = isNew && errand.Request.Deadline is { } deadline && arrival > deadline
            ? Fault.Of("transfer-late", errand.Request.Dataset, Written(deadline), Written(arrival.Value))
            : null;
        return new(late is null ? [.. errand.Hops] : [], price, arrival, late);
    }

    /// <summary>All targets at once, where that is sooner than one after the other.</summary>
    private static Errand? Swarm(Errand swarm, Errand inTurn, Fault? fault) =>
        SwarmRoads.Find(swarm) is null && (fault is not null || swarm.Hops.Max(h => h.Finish) < inTurn.Hops.Max(h => h.Finish)) ? swarm : null;

    private static TransferPlan Refused(Fault fault) => new([], Money.Zero(), Arrival: null, fault);

    internal static string Written(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
