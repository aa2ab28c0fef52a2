using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Ordering;

namespace Meridian.Scheduling.Rounds;

/// <summary>
/// The order in which a round looks at jobs: turn by turn to the tenant, and within it to the project, that holds the least
/// of the domain; within a project in the order of submission.
/// </summary>
internal sealed class QueueOrder
{
    private readonly FairQueue _queue = new();
    private readonly TenantUsage _total;

    internal QueueOrder(DomainState state, Fleet fleet)
    {
        _total = TotalOf(fleet);
        var leaves = new Dictionary<ProjectId, FairBranch>();
        var held = new Lazy<Dictionary<ProjectId, TenantUsage>>(() => HeldByProject(state));
        foreach (var id in state.Jobs.Queue)
        {
            var project = state.Jobs.Jobs[id].Project;
            if (!leaves.TryGetValue(project, out var leaf))
                leaves.Add(project, leaf = LeafOf(state, project, held));
            leaf.Add(id);
        }
    }

    internal bool TryTakeTurn(out long job) => _queue.TryTakeTurn(out job);

    /// <summary>How many tasks of the job may be placed before it is somebody else's turn.</summary>
    internal int TurnCount(JobSpec spec) => _queue.TurnCount(ClaimOf(UsageOf(spec)));

    internal void EndTurn(JobSpec spec, int placedCount, bool isMore) =>
        _queue.EndTurn(ClaimOf(UsageOf(spec)), placedCount, isMore);

    private FairBranch LeafOf(DomainState state, ProjectId project, Lazy<Dictionary<ProjectId, TenantUsage>> held)
    {
        var tenant = state.Accounts.Tenants[state.Accounts.Projects[project]];
        return _queue.Leaf(
            new(tenant.Id.Value, Weight: 1, ClaimOf(tenant.Used)),
            new(project.Value, Weight: 1, ClaimOf(held.Value.GetValueOrDefault(project))));
    }

    private Claim ClaimOf(TenantUsage usage) => new(
        Part(usage.CpuMillicores, _total.CpuMillicores), Part(usage.MemoryBytes, _total.MemoryBytes),
        Part(usage.AcceleratorMilli, _total.AcceleratorMilli));

    private static double Part(long part, long whole) => whole > 0 ? (double)part / whole : 0;

    private static TenantUsage UsageOf(JobSpec spec) => new(
        spec.Resources.CpuMillicores, spec.Resources.Memory.Bytes,
        spec.Resources.Accelerators is { } wanted ? (long)wanted.Count * wanted.FractionMilli : 0, Tasks: 1);

    private static TenantUsage TotalOf(Fleet fleet)
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

    private static Dictionary<ProjectId, TenantUsage> HeldByProject(DomainState state)
    {
        var held = new Dictionary<ProjectId, TenantUsage>();
        foreach (var id in state.Jobs.Active)
        {
            var job = state.Jobs.Jobs[id];
            if (job.LiveCount == 0)
                continue;
            var (known, one) = (held.GetValueOrDefault(job.Project), UsageOf(job.Spec));
            held[job.Project] = new(
                known.CpuMillicores + (one.CpuMillicores * job.LiveCount), known.MemoryBytes + (one.MemoryBytes * job.LiveCount),
                known.AcceleratorMilli + (one.AcceleratorMilli * job.LiveCount), known.Tasks + job.LiveCount);
        }

        return held;
    }
}
