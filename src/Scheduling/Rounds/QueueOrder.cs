using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Ordering;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Rounds;

/// <summary>
/// The order in which a round looks at jobs: turn by turn to the tenant, and within it to the project, that holds the least
/// of the domain for its weight; within a project those of higher priority first, then in the order of submission. A project
/// whose oldest job waits for longer than <see cref="SchedulingOptions.Patience"/> comes before all of them, for one task of
/// that job in each such span: so shares and priorities put nobody off for ever. Best-effort jobs come after all others.
/// </summary>
internal sealed class QueueOrder
{
    private readonly FairQueue _firm;
    private readonly FairQueue _bestEffort = new();
    private readonly Usage _total;
    private FairQueue _queue;

    internal QueueOrder(DomainState state, Fleet fleet, DateTimeOffset now, SchedulingOptions options)
    {
        _firm = new(now - DateTimeOffset.MinValue > options.Patience ? now - options.Patience : DateTimeOffset.MinValue);
        _total = TotalOf(fleet);
        _queue = _firm;
        foreach (var (name, line) in state.Jobs.Lines)
        {
            LeafOf(name.IsBestEffort ? _bestEffort : _firm, state.Accounts, name.Project)
                .Wait(line.ByRank.Select(place => place.Job), line.ByAge, state.Jobs.Jobs[line.ByAge.Min].SubmittedAt);
        }
    }

    internal bool TryTakeTurn(out long job)
    {
        if (_queue.TryTakeTurn(out job))
            return true;
        _queue = _bestEffort;
        return _queue.TryTakeTurn(out job);
    }

    /// <summary>Whether the turn was taken because a job of the project waits for so long.</summary>
    internal bool IsOverdueTurn => _queue.IsOverdueTurn;

    /// <summary>How many tasks of the job may be placed before it is somebody else's turn.</summary>
    internal int TurnCount(JobSpec spec) => _queue.TurnCount(ClaimOf(UsageOf(spec)));

    /// <summary>
    /// Ends the turn. The job stays first in its line where there is more of it to place. Where it waits for room, it has
    /// had its overdue turn; otherwise the next one of its project has it.
    /// </summary>
    internal void EndTurn(JobSpec spec, int placedCount, PendingReason? reason, bool isMore) => _queue.EndTurn(
        ClaimOf(UsageOf(spec)), placedCount, isMore,
        wasOverdue: placedCount > 0 || reason?.Code is ReasonCodes.WaitsForCapacity or ReasonCodes.WaitsForYield or ReasonCodes.Quota);

    private FairBranch LeafOf(FairQueue queue, AccountsState accounts, ProjectId project)
    {
        var (own, tenant) = (accounts.Projects[project], accounts.TenantOf(project));
        return queue.Leaf(
            MemberOf(tenant.Id.Value, tenant.Shares, default), MemberOf(project.Value, own.Shares, own.OverdueTurnAt));
    }

    private FairMember MemberOf(string name, Shares shares, DateTimeOffset overdueTurnAt) =>
        new(name, (double)shares.Weight / Shares.WeightUsual, ClaimOf(shares.Used), shares.ServedAt, overdueTurnAt);

    private Claim ClaimOf(Usage usage) => new(
        Part(usage.CpuMillicores, _total.CpuMillicores), Part(usage.MemoryBytes, _total.MemoryBytes),
        Part(usage.AcceleratorMilli, _total.AcceleratorMilli));

    private static double Part(long part, long whole) => whole > 0 ? (double)part / whole : 0;

    private static Usage UsageOf(JobSpec spec) => new(
        spec.Resources.CpuMillicores, spec.Resources.Memory.Bytes,
        spec.Resources.Accelerators is { } wanted ? (long)wanted.Count * wanted.FractionMilli : 0, Tasks: 1);

    private static Usage TotalOf(Fleet fleet)
    {
        var (cores, memory, accelerators) = (0L, 0L, 0L);
        foreach (var node in fleet.Pools.SelectMany(pool => pool.Nodes))
        {
            cores += node.Node.Total.CpuMillicores;
            memory += node.Node.Total.Memory.Bytes;
            accelerators += (long)node.Node.Accelerators.Length * NodeView.AcceleratorWhole;
        }

        return new(cores, memory, accelerators, Tasks: 0);
    }
}
