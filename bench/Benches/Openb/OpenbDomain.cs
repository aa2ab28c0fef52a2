using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>
/// The trace's cluster as one pool of a domain: pods are jobs, handed in and placed by the rounds of the scheduler under
/// the writer's rules. A job that a round finds no room for is cancelled, since the protocol drops what does not fit.
/// </summary>
internal sealed class OpenbDomain
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProjectId Project = new("bench");

    private readonly OpenbTrace _trace;
    private readonly ResourceDemand[] _demands;
    private DomainState _state = DomainState.Empty;

    internal OpenbDomain(OpenbTrace trace)
    {
        _trace = trace;
        _demands = [.. trace.Classes.Select(DemandOf)];
        Do(new DeclareTenant(new("bench"), "Bench", Quota.Default, [Project]));
        Do(new GrantCredit(new("bench"), Money.Cny(1_000_000_000_000), "bench"));
        var site = new SiteId("openb");
        Do(new DeclareSite(new(
            site, "openb", "openb", "core", "openb", "cn", 0, 0, Pue: 1.2,
            [.. Enumerable.Repeat(400d, 24)], [.. Enumerable.Repeat(0.5m, 24)])));
        Do(new DeclarePool(new(
            new("openb/main"), "process", 1, MemoryGibHour: 0, [], Speed: 1, WattsPerCore: 10, IsDraining: false)));
        for (var i = 0; i < trace.Nodes.Length; i++)
            AddNode(site, string.Create(CultureInfo.InvariantCulture, $"n{i:0000}"), trace.Nodes[i]);
    }

    /// <summary>
    /// The accelerators allocated, in hundredths of what there is, once as much as there is has arrived; and the
    /// placements made. So many jobs wait for each round.
    /// </summary>
    internal (double AllocatedPercent, int PlacementCount) Run(ulong seed, int jobsPerRound)
    {
        var (arrived, placed) = (0L, 0);
        foreach (var batch in _trace.Arrivals(seed).TakeWhile(HasNotAllArrived).Chunk(jobsPerRound))
            placed += Round(batch);
        return (100d * AllocatedMilli() / _trace.CapacityMilli, placed);

        bool HasNotAllArrived(int pod) => (arrived += OpenbTrace.MilliOf(_trace.Classes[pod])) <= _trace.CapacityMilli;
    }

    private int Round(int[] pods)
    {
        foreach (var pod in pods)
        {
            var job = new JobSpec { Name = "pod", Command = ["/bin/true"], Resources = _demands[pod] };
            Do(new SubmitJob(Project, "bench", job, Money.Zero(), new("")));
        }

        var round = Scheduler.Plan(_state, Now, new() { Limit = int.MaxValue });
        foreach (var command in round.Commands)
            Do(command);
        foreach (var job in _state.Jobs.Queue)
            Do(new CancelJob(job));
        return round.Commands.OfType<PlaceTasks>().Sum(c => c.Placements.Length);
    }

    private long AllocatedMilli() => _state.Sites.Nodes.Values.Sum(node => node.Accelerators.Sum(a => (long)a.UsedMilli));

    private ResourceDemand DemandOf(Ask ask)
    {
        var models = _trace.Models.Where((_, kind) => ask.Kinds[kind]).ToList();
        Invariant.Holds(models.Count == 1 || models.Count == _trace.Models.Count, "a job names one model or leaves it open");
        return new()
        {
            CpuMillicores = (int)ask.Amount.CpuMillicores,
            Memory = ask.Amount.Memory,
            Disk = DataSize.Zero,
            Accelerators = ask.Count == 0
                ? null
                : new() { Count = ask.Count, FractionMilli = ask.Milli, Model = models.Count == 1 ? models[0] : "" },
        };
    }

    private void AddNode(SiteId site, string name, OpenbNode node)
    {
        var secret = new SecretHash(name);
        var id = new NodeId($"{site}/main/{name}");
        Do(new IssueJoinToken(secret, site, TimeSpan.FromMinutes(10)));
        Do(new EnrolNode(secret, site, "main", "process", name, "key"));
        var accelerator = new Accelerator(_trace.Models[node.Kind], "gpu", DataSize.Zero, UsedMilli: 0);
        Do(new ReportNode(
            id, node.Total with { Disk = DataSize.FromGibibytes(1) }, [.. Enumerable.Repeat(accelerator, node.AcceleratorCount)],
            "", CanSandbox: true, "", "linux", TimeSpan.FromDays(1)));
    }

    private void Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(_state, command, Now);
        Invariant.Holds(decision.Fault is null, $"a bench asks only for what is allowed: {decision.Fault}");
        _state = _state.Evolve(decision.Events);
    }
}
