using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Networking.Calendar;
using Meridian.Networking.Routing;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A link that is imagined cut, or changed.</summary>
/// <param name="Link">A link that is declared.</param>
/// <param name="Capacity">Its new capacity, above zero, or nothing for that which it has.</param>
/// <param name="LatencyMicroseconds">Its new latency one way, or nothing for that which it has.</param>
public sealed record LinkChange(LinkId Link, Bandwidth? Capacity = null, long? LatencyMicroseconds = null)
{
    /// <summary>Whether the link is gone: nothing of it is changed.</summary>
    public bool IsCut => Capacity is null && LatencyMicroseconds is null;
}

/// <summary>A rate that a transfer holds, or would hold, along a path for a while.</summary>
/// <param name="From">The depot that sends.</param>
/// <param name="To">The depot that pulls.</param>
/// <param name="Links">The path.</param>
/// <param name="Rate">The rate.</param>
/// <param name="Start">When it begins.</param>
/// <param name="Finish">When it ends.</param>
public sealed record ImaginedCircuit(
    NodeId From, NodeId To, ImmutableArray<LinkId> Links, Bandwidth Rate, DateTimeOffset Start, DateTimeOffset Finish);

/// <summary>What a change would do to a transfer that holds circuits over the link.</summary>
/// <param name="Transfer">The transfer as it is.</param>
/// <param name="Lost">The circuits that the link would not carry any more.</param>
/// <param name="Instead">How it would go on; nothing where it could not.</param>
/// <param name="Arrival">When everything would be there, or nothing.</param>
/// <param name="Fault">Why it could not go on, or nothing.</param>
public sealed record TransferFate(
    Transfer Transfer, ImmutableArray<ImaginedCircuit> Lost, ImmutableArray<ImaginedCircuit> Instead, DateTimeOffset? Arrival, Fault? Fault)
{
    /// <summary>Whether it would still be there when it was promised.</summary>
    public bool IsKept => Arrival is { } arrival && arrival <= Transfer.Promised;
}

/// <summary>A pair of sites whose latency would be another one.</summary>
/// <param name="Pair">The sites.</param>
/// <param name="BeforeMicroseconds">Its latency now; nothing where no path leads.</param>
/// <param name="AfterMicroseconds">Its latency then; nothing where no path would lead.</param>
public sealed record PairFate(SitePair Pair, long? BeforeMicroseconds, long? AfterMicroseconds);

/// <summary>How many pairs of sites are within each latency circle, and within that which is their target.</summary>
/// <param name="PairCount">All ordered pairs.</param>
/// <param name="MetroCount">Those within 1 ms.</param>
/// <param name="RegionCount">Those within 5 ms.</param>
/// <param name="NationCount">Those within 20 ms.</param>
/// <param name="MeetingCount">Those within their target.</param>
public sealed record CircleCounts(int PairCount, int MetroCount, int RegionCount, int NationCount, int MeetingCount);

/// <summary>What a change of a link would do.</summary>
/// <param name="Change">The change.</param>
/// <param name="Transfers">The transfers that it hits, in the order in which they would be planned anew.</param>
/// <param name="Pairs">The pairs of sites whose latency it changes.</param>
/// <param name="Before">The circles now.</param>
/// <param name="After">The circles then.</param>
public sealed record LinkChangeOutcome(
    LinkChange Change, ImmutableArray<TransferFate> Transfers, ImmutableArray<PairFate> Pairs, CircleCounts Before, CircleCounts After);

/// <summary>
/// Answers what the loss or the change of a link would do to the circuits that are held, to the transfers that hold them and
/// to the latency circles. Transfers that lose a circuit are planned anew by the planner that would really do it, the higher
/// priority first, each seeing what those before it took; whether their owners could pay for it is not asked.
/// </summary>
public static class NetworkWhatIf
{
    /// <summary>What the change would do in the state.</summary>
    public static LinkChangeOutcome Of(DomainState state, LinkChange change, DateTimeOffset now)
    {
        var hit = Hit(state, change, now);
        var world = state.Evolve(EventOf(state, change));
        foreach (var (transfer, hops) in hit)
            world = world.Evolve(hops.SelectMany(hop => Lose(transfer, hop, now)));
        var fates = ImmutableArray.CreateBuilder<TransferFate>();
        foreach (var (transfer, hops) in hit)
        {
            var plan = TransferPlanner.Replan(world, world.Data.Transfers[transfer.Id], now);
            fates.Add(FateOf(change.Link, world.Data.Transfers[transfer.Id] with { State = transfer.State }, hops.Select(h => transfer.Hops[h]), plan, now));
            if (plan.Fault is null)
                world = world.Evolve(Take(world.Data.Transfers[transfer.Id], plan, now));
        }

        var (before, after) = (NetworkPicture.Pairs(state), NetworkPicture.Pairs(world));
        var latencies = before.Zip(after, (was, then) => new PairFate(was.Pair, was.Latency?.Microseconds, LatencyThen(was, then))).ToImmutableArray();
        return new(
            change, fates.ToImmutable(), [.. latencies.Where(p => p.BeforeMicroseconds != p.AfterMicroseconds)],
            Count(state, latencies, p => p.BeforeMicroseconds), Count(state, latencies, p => p.AfterMicroseconds));
    }

    private static DomainEvent EventOf(DomainState state, LinkChange change)
    {
        if (change.IsCut)
            return new LinkRemoved(change.Link);
        var link = state.Network.Links[change.Link];
        return new LinkDeclared(link with
        {
            Capacity = change.Capacity ?? link.Capacity,
            LatencyMicroseconds = change.LatencyMicroseconds ?? link.LatencyMicroseconds,
        });
    }

    /// <summary>The hops, by place, whose circuits the link would not carry; what moves already keeps its place first.</summary>
    private static List<(Transfer Transfer, ImmutableArray<int> Hops)> Hit(DomainState state, LinkChange change, DateTimeOffset now)
    {
        var room = change.IsCut ? 0 : (change.Capacity ?? state.Network.Links[change.Link].Capacity).BitsPerSecond;
        var held = Timeline.Empty;
        var lost = new List<(Transfer Transfer, int Hop)>();
        var over = state.Data.Open.Select(id => state.Data.Transfers[id])
            .SelectMany(t => t.Hops.Select((hop, index) => (Transfer: t, Hop: hop, Index: index)))
            .Where(h => h.Hop.HoldsCircuits && Circuits(h.Hop, now).Any(c => c.Links.Contains(change.Link)))
            .OrderByDescending(h => h.Hop.State == HopState.Moving).ThenByDescending(h => h.Transfer.Request.Priority)
            .ThenBy(h => h.Transfer.Id).ThenBy(h => h.Index);
        foreach (var (transfer, hop, index) in over)
        {
            var mine = Circuits(hop, now).Where(c => c.Links.Contains(change.Link)).Aggregate(
                held, (sum, c) => sum.Add(c.Start, c.Finish, c.Rate.BitsPerSecond));
            if (mine.MaxIn(now, DateTimeOffset.MaxValue) > room)
                lost.Add((transfer, index));
            else
                held = mine;
        }

        return [.. lost.GroupBy(l => l.Transfer.Id).Select(g => (g.First().Transfer, Hops: g.Select(l => l.Hop).Order().ToImmutableArray()))
            .OrderByDescending(l => l.Transfer.Request.Priority).ThenBy(l => l.Transfer.Id)];
    }

    /// <summary>The hop fails, and what it held from now on is free.</summary>
    private static IEnumerable<DomainEvent> Lose(Transfer transfer, int index, DateTimeOffset now)
    {
        var hop = transfer.Hops[index];
        return Release(transfer.Id, hop, now)
            .Append(new HopEnded(transfer.Id, index, hop.Fetch, Succeeded: false, hop.BytesMoved, "", now));
    }

    private static IEnumerable<DomainEvent> Take(Transfer transfer, TransferPlan plan, DateTimeOffset now) =>
        transfer.Hops.Where(h => h.State == HopState.Waiting).SelectMany(h => Release(transfer.Id, h, now))
            .Concat(plan.Hops.SelectMany(h => h.Windows).SelectMany(w => w.Sources.Select(
                s => new CircuitBooked(transfer.Id, s.Links, s.Rate, w.Start, w.Finish))));

    private static IEnumerable<DomainEvent> Release(long transfer, Hop hop, DateTimeOffset now) => Circuits(hop, now).Select(
        c => new CircuitReleased(transfer, c.Links, c.Rate, c.Start, c.Finish));

    private static IEnumerable<ImaginedCircuit> Circuits(Hop hop, DateTimeOffset now) => Circuits(hop.To, hop.Windows, now);

    private static IEnumerable<ImaginedCircuit> Circuits(NodeId to, ImmutableArray<HopWindow> windows, DateTimeOffset now) =>
        windows.Where(w => now < w.Finish).SelectMany(w => w.Sources.Select(
            s => new ImaginedCircuit(s.From, to, s.Links, s.Rate, now > w.Start ? now : w.Start, w.Finish)));

    private static TransferFate FateOf(LinkId link, Transfer transfer, IEnumerable<Hop> hops, TransferPlan plan, DateTimeOffset now)
    {
        var lost = hops.SelectMany(h => Circuits(h, now)).Where(c => c.Links.Contains(link)).ToImmutableArray();
        if (plan.Fault is not null)
            return new(transfer, lost, [], Arrival: null, plan.Fault);
        var kept = transfer.Hops.Where(h => h.State == HopState.Moving).Select(h => (DateTimeOffset?)(h.Finish + Transfer.HandOver)).Append(plan.Arrival).Max();
        return new(transfer, lost, [.. plan.Hops.SelectMany(h => Circuits(h.To, h.Windows, now))], kept, Fault: null);
    }

    /// <summary>
    /// A measured latency moves by as much as the quickest declared path does: what was measured besides the declaration stays.
    /// </summary>
    private static long? LatencyThen(PairPicture was, PairPicture then) => (was.Latency, was.DeclaredMicroseconds, then.DeclaredMicroseconds) switch
    {
        (null, _, var declared) => declared,
        ({ IsMeasured: true } measured, null, _) => measured.Microseconds,
        (_, _, null) => null,
        ({ IsMeasured: true } measured, { } before, { } after) => Math.Max(0, measured.Microseconds + after - before),
        (_, _, var declared) => declared,
    };

    private static CircleCounts Count(DomainState state, ImmutableArray<PairFate> pairs, Func<PairFate, long?> latency)
    {
        var circles = pairs.Select(p => (p.Pair, Circle: LatencyCircles.Of(latency(p)))).ToList();
        return new(
            circles.Count, circles.Count(p => p.Circle <= LatencyCircle.Metro), circles.Count(p => p.Circle <= LatencyCircle.Region),
            circles.Count(p => p.Circle <= LatencyCircle.Nation), circles.Count(p => p.Circle <= NetworkPicture.TargetOf(state, p.Pair)));
    }
}
