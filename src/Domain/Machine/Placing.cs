using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>
/// Placements: capacity, bandwidth and money are taken in one decision, or nothing is. The scheduler proposes; here every
/// rule is checked again, for its picture of the domain may be old.
/// </summary>
internal static class Placing
{
    internal static Decision Place(DomainState state, PlaceTasks c, DateTimeOffset now)
    {
        if (!state.Jobs.Jobs.TryGet(c.Job, out var job) || job.WaitingCount == 0)
            return Decision.Refuse("job-not-waiting", c.Job);
        if (job.Spec.IsGang && c.Placements.Length != job.WaitingCount)
            return Decision.Refuse("gang-split", c.Job);
        if (job.After.Any(a => state.Jobs.Jobs[a].Phase != JobPhase.Succeeded))
            return Decision.Refuse("after-open", c.Job);

        if (job.NotBefore > now)
            return Decision.Refuse("too-early", c.Job);

        if (ApartFault(state, job, c.Placements) is { } apart)
            return new([], apart, Value: 0);

        if (!c.Victims.IsEmpty)
            return Yielding.Claim(state, c, now);

        var draft = new Draft(state, now);
        foreach (var planned in c.Transfers)
        {
            if (Order(draft, planned, c.Job) is { } fault)
                return new([], fault, Value: 0);
        }

        foreach (var placement in c.Placements)
        {
            if (Place(draft, c.Job, placement) is { } fault)
                return new([], fault, Value: 0);
        }

        if (c.IsOverdueTurn)
            draft.Add(new OverdueTurnTaken(job.Project, now));
        if (c.Explanation is { } explanation)
            draft.Add(new JobExplained(c.Job, explanation));
        return draft.Decide();
    }

    /// <summary>Where tasks that are kept together would not be; nodes that there are not are refused one by one.</summary>
    private static Fault? ApartFault(DomainState state, Job job, ImmutableArray<TaskPlacement> placements)
    {
        var together = job.Spec.Constraints.Together;
        if (together == Together.Anywhere)
            return null;
        var place = Nearness.PlaceOf(state.Sites, job);
        foreach (var placement in placements)
        {
            if (!state.Sites.Nodes.TryGetValue(placement.Node, out var node))
                continue;
            var here = Nearness.PlaceOf(together, node);
            place ??= here;
            if (!string.Equals(place, here, StringComparison.Ordinal))
                return Fault.Of("tasks-apart", job.Id, placement.Node, ResourceWords.CodeOf(together));
        }

        return null;
    }

    private static Fault? Place(Draft draft, long jobId, TaskPlacement placement)
    {
        var job = draft.Job(jobId);
        var spec = job.Spec;
        var state = draft.State;
        if (placement.Task < 0 || placement.Task >= spec.TaskCount
            || (placement.Task < job.Fresh && !job.Requeued.Contains(placement.Task)))
            return Fault.Of("task-not-waiting", placement.Task, jobId);
        if (!state.Sites.Nodes.TryGetValue(placement.Node, out var node) || node.State != NodeState.Ready)
            return Fault.Of("node-not-ready", placement.Node);

        var pool = state.Sites.Pools[node.Id.Pool];
        var site = state.Sites.Sites[node.Id.Site];
        if (NodeFault(state.Sites, node, spec, placement.Shares, job.Reservation != 0, KeptRoom.OfClaims(state.Jobs, node.Id)) is { } unfit)
            return unfit;
        if (Spreading.FaultOf(state.Sites, job, node.Id) is { } crowded)
            return crowded;
        if (InputsFault(draft, job, node, site, out var waitsFor) is { } missing)
            return missing;

        var perSecond = job.Reservation != 0
            ? Pricing.EnergyPerSecond(site, pool, spec.Resources, draft.Now)
            : Pricing.PerSecond(site, pool, spec.Resources, Pricing.AcceleratorsHour(pool, node, placement.Shares), draft.Now);
        var attempt = new Attempt(
            new(jobId, placement.Task, job.NextAttempt(placement.Task)), node.Id, AmountOf(spec.Resources), placement.Shares,
            perSecond, (perSecond * (decimal)spec.Timeout.TotalSeconds).RoundedUp(), draft.Now, placement.ExpectedFinish);
        if (Reserving.FaultOf(state, job, attempt, isDataThere: waitsFor.IsEmpty, draft.Now) is { } reserved)
            return reserved;
        if (state.Accounts.QuotaBroken(job.Project, Draft.UsageOf(attempt)) is { } broken)
            return Fault.Of("quota", broken.Holder, broken.Bound);
        if (!draft.Reserve(jobId, attempt.CostMax))
            return Fault.Of("unaffordable", jobId, attempt.CostMax);

        draft.Add(new CapacityTaken(node.Id, attempt.Id, attempt.Amount, attempt.Shares));
        draft.Add(new UsageChanged(job.Project, Draft.UsageOf(attempt), draft.Now));
        draft.Add(new TaskPlaced(attempt, waitsFor));
        return null;
    }

    internal static Capacity AmountOf(ResourceDemand demand) => new(demand.CpuMillicores, demand.Memory, demand.Disk);

    private static Fault? NodeFault(
        SitesState sites, Node node, JobSpec spec, ImmutableArray<AcceleratorShare> shares, bool isReserved, KeptRoom claimed)
    {
        if (!isReserved && sites.Pools[node.Id.Pool].IsDraining)
            return Fault.Of("pool-draining", node.Id.Pool);
        if (!(node.Used + claimed.Amount + AmountOf(spec.Resources)).FitsIn(node.Total))
            return Fault.Of("no-capacity", node.Id);
        if (spec.Constraints.Isolation == Isolation.Sandbox && !node.CanSandbox)
            return Fault.Of("no-sandbox", node.Id);

        if (shares.Any(s => s.Index < 0 || s.Index >= node.Accelerators.Length))
            return Fault.Of("bad-shares", node.Id);
        // All of one model, so what is asked of the first is asked of each.
        var demand = spec.Resources.Accelerators is { } wanted && !shares.IsEmpty
            ? Equivalence.DemandOf(sites, wanted, node.Accelerators[shares[0].Index])
            : spec.Resources.Accelerators;
        if (shares.Length != (demand?.Count ?? 0))
            return Fault.Of("bad-shares", node.Id);
        foreach (var share in shares)
        {
            if (share.Milli != demand!.FractionMilli
                || !node.Accelerators[share.Index].Suits(demand)
                || node.Accelerators[share.Index].UsedMilli + claimed.MilliOf(share.Index) + share.Milli > 1000)
                return Fault.Of("no-accelerator", share.Index, node.Id);
        }

        return shares.Select(s => s.Index).Distinct().Count() == shares.Length
            ? null
            : Fault.Of("bad-shares", node.Id);
    }

    private static Fault? InputsFault(Draft draft, Job job, Node node, Site site, out ImmutableSortedSet<long> waitsFor)
    {
        waitsFor = [];
        foreach (var input in job.Spec.Inputs)
        {
            if (draft.State.Data.Find(job.Project, input.Dataset) is not { } version)
                return Fault.Of("no-such-dataset", input.Dataset);
            if (version.Sovereignty.Length > 0 && !string.Equals(version.Sovereignty, site.Sovereignty, StringComparison.Ordinal))
                return Fault.Of("sovereignty", input.Dataset, version.Sovereignty, site.Id, site.Sovereignty);
            foreach (var part in version.Parts)
            {
                if (draft.State.Data.HoldersOf(part.Root).Contains(node.Id))
                    continue;
                if (draft.State.Data.Underway(part.Root, node.Id) is not { } transfer)
                    return Fault.Of("input-missing", input.Dataset, node.Id);
                waitsFor = waitsFor.Add(transfer.Id);
            }
        }

        return null;
    }

    /// <summary>Orders what brings an input to a node, unless it is there or on its way.</summary>
    private static Fault? Order(Draft draft, PlannedTransfer planned, long jobId)
    {
        var data = draft.State.Data;
        if (data.HoldersOf(planned.Root).Contains(planned.To) || data.Underway(planned.Root, planned.To) is not null)
            return null;
        var job = draft.Job(jobId);
        return Admitting.Admit(draft, new(
            TransferPurpose.Staging, job.Project, job.User, planned.Label, Version: 0, [planned.To.Site], TransferMode.Dedicated,
            Priority: 0, Bandwidth.Zero, Deadline: null, jobId, new("")), [planned.ToHop()]);
    }
}
