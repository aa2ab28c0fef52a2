using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Explaining;

/// <summary>Makes a change true in a copy of the state, by the writer's own rules wherever it has them.</summary>
internal static class Suppositions
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(1);

    /// <summary>
    /// The state after the change; as it was where what is to change is not there; with the fault of a job that would be refused.
    /// </summary>
    internal static (DomainState State, Fault? Fault) Apply(DomainState state, Supposition change, DateTimeOffset now) => change switch
    {
        Supposition.SiteLost c => (Lose(state, c.Site, now), null),
        Supposition.LinkCut c => (Cut(state, c.Link, now), null),
        Supposition.CorePrice c => (Price(state, c), null),
        Supposition.NodesAdded c => (Add(state, c, now), null),
        Supposition.JobAdded c => Submit(state, c, now),
        _ => (state, null),
    };

    /// <summary>Asks the writer; what it refuses changes nothing.</summary>
    internal static DomainState Do(DomainState state, DomainCommand command, DateTimeOffset now) =>
        state.Evolve(DomainMachine.Decide(state, command, now).Events);

    // The leases of its nodes ran out long ago; the next look at the time sees that.
    private static DomainState Lose(DomainState state, SiteId site, DateTimeOffset now)
    {
        var expired = state.Sites.Nodes.Values.Where(n => n.Id.Site == site).Select(n => new LeaseRenewed(n.Id, now - LongAgo));
        return Do(state.Evolve(expired), new Tick(), now);
    }

    private static DomainState Cut(DomainState state, LinkId link, DateTimeOffset now)
    {
        var broken = state.Data.OpenHops.Select(open => open.Hop).Where(hop => hop.Fetch != 0
            && hop.Windows.Any(window => window.Sources.Any(source => source.Links.Contains(link)))).ToList();
        foreach (var hop in broken)
            state = Do(state, new ReportFetch(hop.Fetch, hop.To, Succeeded: false, BytesMoved: 0, "link-cut"), now);
        return state.Evolve(new Domain.Network.LinkRemoved(link));
    }

    private static DomainState Price(DomainState state, Supposition.CorePrice c) => state.Sites.Pools.TryGetValue(c.Pool, out var pool)
        ? state.Evolve(new PoolDeclared(pool with { CpuCoreHour = c.CpuCoreHour }))
        : state;

    private static DomainState Add(DomainState state, Supposition.NodesAdded c, DateTimeOffset now)
    {
        if (state.Sites.Nodes.Values.FirstOrDefault(n => n.Id.Pool == c.Pool && n.State == NodeState.Ready) is not { } like)
            return state;
        ImmutableArray<Accelerator> accelerators = [.. like.Accelerators.Select(a => a with { UsedMilli = 0 })];
        for (var i = 0; i < c.Count; i++)
        {
            var id = new NodeId($"{c.Pool}/supposed-{i.ToString(CultureInfo.InvariantCulture)}");
            state = state.Evolve([
                new NodeEnrolled(id, new SecretHash(""), "", now),
                new NodeReported(
                    id, like.Total, accelerators, like.DepotUrl, like.CanSandbox, like.Note, like.OperatingSystem, now + LongAgo, like.NetworkSwitch),
            ]);
        }

        return state;
    }

    private static (DomainState, Fault?) Submit(DomainState state, Supposition.JobAdded c, DateTimeOffset now)
    {
        var hold = Quoting.Quote(state, c.Project, c.Spec, now).HoldAtMost;
        var decision = DomainMachine.Decide(state, new SubmitJob(c.Project, "", c.Spec, hold, new("")), now);
        return (state.Evolve(decision.Events), decision.Fault);
    }
}
