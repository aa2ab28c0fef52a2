using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.JobFiles;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Candidates;

/// <summary>Who asks for what.</summary>
/// <param name="Project">Whose job it is.</param>
/// <param name="Spec">What it asks for.</param>
/// <param name="Job">The job, or nothing before it is handed in.</param>
/// <param name="Users">The users whom its replicas of one place serve, or nothing.</param>
internal readonly record struct JobAsk(ProjectId Project, JobSpec Spec, Job? Job = null, LatencyTarget? Users = null);

/// <summary>
/// Jobs that ask for the same: the same tenant's project, needs, inputs, constraints and objective. They are weighed
/// together; only their deadlines and money differ.
/// </summary>
internal sealed class JobClass
{
    private static readonly ConditionalWeakTable<JobSpec, string> Keys = [];

    internal JobClass(DomainState state, Fleet fleet, JobAsk ask)
    {
        var (project, spec) = (ask.Project, ask.Spec);
        (Project, Spec, Users, Expectation) = (project, spec, ask.Users, Expectation.Of(state.Jobs, project, spec));
        Closed = state.Accounts.TenantOf(project) is var tenant && tenant.Shares.Quota is { BoundsBandwidth: true } quota
            && Enumerable.Range(0, 24).All(hour => quota.BandwidthAt(hour) == 0) ? tenant.Id : null;
        Spread = spec.Constraints.Spread is { } spread ? new(state, spread, ask.Job) : null;
        Place = ask.Job is null ? null : Nearness.PlaceOf(state.Sites, ask.Job);
        var parts = ImmutableArray.CreateBuilder<NeededPart>();
        var roots = new SortedSet<ContentRoot>();
        foreach (var input in spec.Inputs)
        {
            var at = input.Dataset.IndexOf('@', StringComparison.Ordinal);
            var label = DatasetId.Of(project, at < 0 ? input.Dataset : input.Dataset[..at]);
            if (state.Data.Find(project, input.Dataset) is not { } version)
            {
                Blocked ??= new(ReasonCodes.InputMissing, [input.Dataset]);
                continue;
            }

            if (version.Sovereignty.Length > 0)
                Laws.Add((input.Dataset, version.Sovereignty));
            parts.AddRange(version.Parts.Where(p => roots.Add(p.Root)).Select(p => new NeededPart(p, label)));
        }

        Parts = parts.ToImmutable();
        Reservation = ask.Job is { } known ? state.Reservations.OfJob(known) : state.Reservations.Find(project, spec.Reservation);
        if (IsReserved && Reservation is null)
            Blocked ??= new(ReasonCodes.ReservationMissing, [spec.Reservation]);
        Candidates = [.. fleet.Pools.Select(pool => Requirements.Weigh(state, this, RoomAt(fleet, pool)))];
        Blocked ??= WithoutCandidate();
    }

    /// <summary>Whose jobs they are.</summary>
    internal ProjectId Project { get; }

    /// <summary>Their tenant, where it has no bandwidth at any hour; or nothing.</summary>
    internal TenantId? Closed { get; }

    internal JobSpec Spec { get; }

    /// <summary>Whether its tasks run in a reservation only.</summary>
    internal bool IsReserved => Spec.Reservation.Length > 0;

    /// <summary>The open reservation that they run in, or nothing.</summary>
    internal Reservation? Reservation { get; }

    /// <summary>The users that the replicas of the class serve, where not all of the service serve the same.</summary>
    internal LatencyTarget? Users { get; }

    /// <summary>What experience says of the estimate.</summary>
    internal Expectation Expectation { get; }

    /// <summary>Where tasks may still go by the spread asked for; nothing where none is. The class is then one job's own.</summary>
    internal SpreadRoom? Spread { get; }

    /// <summary>What every task reads.</summary>
    internal ImmutableArray<NeededPart> Parts { get; }

    /// <summary>The laws that inputs stay under.</summary>
    internal List<(string Dataset, string Sovereignty)> Laws { get; } = [];

    /// <summary>Every pool, in the order of the names.</summary>
    internal ImmutableArray<Candidate> Candidates { get; }

    /// <summary>Where the job's living tasks keep the others to, or nothing. The class is then one job's own.</summary>
    internal string? Place { get; private set; }

    /// <summary>How its options are compared; fixed when it is first weighed in a round.</summary>
    internal Weighing? Weighing { get; set; }

    /// <summary>Why no job of the class can be placed any more in this round, or nothing.</summary>
    internal PendingReason? Blocked { get; set; }

    /// <summary>What the jobs of one class have in common. Kept with the specification, which never changes.</summary>
    internal static string KeyOf(JobsState jobs, Job job)
    {
        var (share, margin) = Expectation.Of(jobs, job.Project, job.Spec);
        var own = job.Spec.Constraints.Spread is null && !IsBound(job.Spec) ? 0 : job.Id;
        return string.Create(CultureInfo.InvariantCulture, $"{job.Project.Value}\n{share}|{margin}|{own}|{job.Reservation}\n{Keys.GetValue(job.Spec, Describe)}");
    }

    /// <summary>How many more tasks of the class fit on the node at once.</summary>
    internal int SlotCount(NodeView node, TaskShape shape)
    {
        var count = node.SlotCount(shape);
        return Spread is null ? count : Math.Min(count, Spread.At(node.Node.Id));
    }

    /// <summary>Notes that a task goes to the node.</summary>
    internal void Take(NodeView node)
    {
        Spread?.Take(node.Node.Id);
        if (IsBound(Spec))
            Place ??= Nearness.PlaceOf(Spec.Constraints.Together, node.Node);
    }

    private PoolView RoomAt(Fleet fleet, PoolView pool) =>
        Reservation is { } mine && mine.Request.Pool == pool.Pool.Id ? fleet.Within(mine.Id) ?? pool : pool;

    private static bool IsBound(JobSpec spec) => spec is { Constraints.Together: not Together.Anywhere, TaskCount: > 1 };

    private PendingReason? WithoutCandidate()
    {
        if (Candidates.IsEmpty)
            return new(ReasonCodes.NoPools, []);
        if (Candidates.Any(c => c.IsEligible))
            return null;
        var most = Candidates.Select(c => c.Refusals[0].Reason.Code)
            .GroupBy(code => code, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .First().Key;
        return new(ReasonCodes.NoCandidate, [Candidates.Length.ToString(CultureInfo.InvariantCulture), most]);
    }

    private static string Describe(JobSpec spec)
    {
        var (need, bounds) = (spec.Resources, spec.Constraints);
        var key = new StringBuilder();
        void Add(object? value) => key.Append(CultureInfo.InvariantCulture, $"{value}|");
        void AddAll(IEnumerable<string> values)
        {
            foreach (var value in values)
                Add(value);
            key.Append('\n');
        }

        Add(need.CpuMillicores);
        Add(need.Memory.Bytes);
        Add(need.Disk.Bytes);
        Add(need.Accelerators);
        Add(need.Accelerators?.Models);
        Add(spec.Objective);
        Add(spec.Duration.Ticks);
        Add(spec.Timeout.Ticks);
        Add(spec.Container.Length > 0);
        Add(spec.IsBestEffort);
        Add(spec.Reservation);
        Add(spec.IsGang ? spec.TaskCount : 0);
        Add(bounds.Together);
        Add(spec.Service is not null);
        Add(spec.Service?.Latency);
        Add(bounds.Latency);
        Add(bounds.Isolation);
        AddAll(spec.Inputs.Select(i => i.Dataset));
        AddAll(bounds.Regions);
        AddAll(bounds.Providers);
        AddAll(bounds.Sites);
        AddAll(bounds.Sovereignty);
        return key.ToString();
    }
}
