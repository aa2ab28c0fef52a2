using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Candidates;

/// <summary>The constraints that a pool satisfies or not whatever is free on it.</summary>
internal static class Requirements
{
    internal static Candidate Weigh(DomainState state, JobClass jobs, PoolView pool)
    {
        var spec = jobs.Spec;
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        long? latency = null;
        foreach (var target in new[] { spec.Constraints.Latency, spec.Service?.Latency, jobs.Users })
        {
            if (target is null)
                continue;
            var here = SiteLatency.Between(state.Network, pool.Site.Id, new(target.To));
            latency = Math.Max(latency ?? 0, here?.Microseconds ?? 0);
            if (Far(pool, target, here) is { } far)
                refusals.Add(far);
        }

        var (shape, equivalence) = ShapeAt(state, pool, jobs);
        if (jobs.IsReserved && pool.Reservation == 0)
            refusals.Add(new(new(ReasonCodes.ReservedElsewhere, [spec.Reservation, jobs.Reservation?.Request.Pool.Value ?? ""]), Change: null));
        refusals.AddRange(OfPool(pool, spec));
        refusals.AddRange(OfPlace(pool.Site, spec.Constraints, jobs));
        refusals.AddRange(OfNodes(pool, spec, shape));
        var (expected, late) = (jobs.Expectation.Share, jobs.Expectation.Share + jobs.Expectation.Margin);
        var runTime = Pricing.RunTime(pool.Pool, spec, expected);
        var until = spec.Service is null ? jobs.Reservation?.Request.To : null;
        return new(pool, refusals.ToImmutable(), latency, shape, equivalence, runTime, Pricing.RunTime(pool.Pool, spec, late) - runTime,
            Pricing.AcceleratorsHourMax(pool.Pool, pool.Nodes.Select(view => view.Node), shape.Demand), until);
    }

    /// <summary>What a task needs of the pool's nodes: other accelerators than it names, where the operator declared them equal.</summary>
    private static (TaskShape Shape, Equivalence? Equivalence) ShapeAt(DomainState state, PoolView pool, JobClass jobs)
    {
        var (spec, parts) = (jobs.Spec, jobs.Parts);
        var shape = TaskShape.Of(spec) with
        {
            IsDataAt = parts.IsEmpty ? null : node => parts.All(p => state.Data.HoldersOf(p.Part.Root).Contains(node)),
        };
        if (Equivalence.For(state.Sites, spec.Resources.Accelerators, pool.Nodes.Select(n => n.Node)) is not { } equal)
            return (shape, null);
        return (shape with { Demand = spec.Resources with { Accelerators = equal.Instead(spec.Resources.Accelerators!) } }, equal);
    }

    private static Refusal? Far(PoolView pool, LatencyTarget target, SiteLatency? here)
    {
        if (here is not var (microseconds, isMeasured))
            return new(new(ReasonCodes.Unreachable, [target.To]), Change: null);
        if (microseconds <= target.MaximumMicroseconds)
            return null;
        return new(
            new(isMeasured ? ReasonCodes.TooFarMeasured : ReasonCodes.TooFar, [target.To, Milliseconds(microseconds), Milliseconds(target.MaximumMicroseconds)]),
            new(ReasonCodes.WiderLatency, [Milliseconds(microseconds), pool.Pool.Id.Value]));
    }

    private static IEnumerable<Refusal> OfPool(PoolView pool, JobSpec spec)
    {
        if (pool is { Pool.IsDraining: true, Reservation: 0 })
            yield return new(new(ReasonCodes.PoolDraining, []), Change: null);
        if (pool.Nodes.Count == 0)
            yield return new(new(ReasonCodes.NoReadyNode, []), Change: null);
        if (spec.Container.Length > 0 && pool.Pool.Driver is "process")
            yield return new(new(ReasonCodes.NoContainers, [pool.Pool.Driver]), Change: null);
    }

    private static IEnumerable<Refusal> OfPlace(Site site, JobConstraints bounds, JobClass jobs)
    {
        if (Excludes(bounds.Sites, site.Id.Value))
            yield return Place(ReasonCodes.SiteNotAllowed, ReasonCodes.AllowSite, site, site.Id.Value, bounds.Sites);
        if (Excludes(bounds.Regions, site.Region))
            yield return Place(ReasonCodes.RegionNotAllowed, ReasonCodes.AllowRegion, site, site.Region, bounds.Regions);
        if (Excludes(bounds.Providers, site.Provider))
            yield return Place(ReasonCodes.ProviderNotAllowed, ReasonCodes.AllowProvider, site, site.Provider, bounds.Providers);
        if (Excludes(bounds.Sovereignty, site.Sovereignty))
            yield return Place(ReasonCodes.SovereigntyOfJob, ReasonCodes.AllowSovereignty, site, site.Sovereignty, bounds.Sovereignty);
        foreach (var (dataset, law) in jobs.Laws)
        {
            if (!string.Equals(law, site.Sovereignty, StringComparison.Ordinal))
                yield return new(new(ReasonCodes.SovereigntyOfInput, [dataset, law, site.Sovereignty]), Change: null);
        }
    }

    private static bool Excludes(ImmutableArray<string> allowed, string one) =>
        !allowed.IsEmpty && !allowed.Contains(one, StringComparer.Ordinal);

    private static Refusal Place(string code, string change, Site site, string one, ImmutableArray<string> allowed) =>
        new(new(code, [one, string.Join(", ", allowed)]), new(change, [one, site.Id.Value]));

    private static IEnumerable<Refusal> OfNodes(PoolView pool, JobSpec spec, TaskShape shape)
    {
        if (pool.Nodes.Count == 0)
            yield break;
        var id = pool.Pool.Id.Value;
        if (shape.NeedsSandbox && !pool.Nodes.Any(n => n.Node.CanSandbox))
            yield return new(new(ReasonCodes.NoSandbox, []), new(ReasonCodes.AllowPlain, [id]));
        var slots = pool.Nodes.Sum(n => (long)n.SlotCountWhenEmpty(shape with { NeedsSandbox = false }));
        if (slots == 0)
        {
            foreach (var refusal in TooLarge(pool, shape.Demand, id))
                yield return refusal;
        }
        else if (spec.IsGang && Apart(pool.Nodes, spec, shape) is var most && most < spec.TaskCount)
        {
            yield return new(new(ReasonCodes.GangTooLarge, [Number(spec.TaskCount), Number(most)]), Change: null);
        }
        else if (spec.IsGang && Places.Of(spec.Constraints.Together, pool).Max(nodes => Apart(nodes, spec, shape)) is var within && within < spec.TaskCount)
        {
            var kind = ResourceWords.CodeOf(spec.Constraints.Together);
            yield return new(
                new(ReasonCodes.PlaceTooSmall, [Number(spec.TaskCount), kind, Number(within)]), new(ReasonCodes.AllowApart, [kind, id]));
        }
    }

    /// <summary>How many tasks of a gang the nodes hold when empty, kept apart as the job asks.</summary>
    private static long Apart(IReadOnlyList<NodeView> nodes, JobSpec spec, TaskShape shape)
    {
        var (most, each) = spec.Constraints.Spread switch
        {
            { Over: FailureDomain.Node, Max: var max } => (int.MaxValue, max),
            { Max: var max } => (max, int.MaxValue),
            null => (int.MaxValue, int.MaxValue),
        };
        return Math.Min(most, nodes.Sum(n => (long)Math.Min(each, n.SlotCountWhenEmpty(shape with { NeedsSandbox = false }))));
    }

    /// <summary>By what no node is large enough: by one thing alone, or by several at once on every node.</summary>
    private static IEnumerable<Refusal> TooLarge(PoolView pool, ResourceDemand need, string id)
    {
        var (cores, memory, disk) = (
            pool.Nodes.Max(n => n.Node.Total.CpuMillicores), pool.Nodes.Max(n => n.Node.Total.Memory),
            pool.Nodes.Max(n => n.Node.Total.Disk));
        var isNamed = false;
        if (need.CpuMillicores > cores)
        {
            isNamed = true;
            yield return new(
                new(ReasonCodes.TooLarge, ["cpu", Cores(need.CpuMillicores), Cores(cores)]),
                new(ReasonCodes.FewerCores, [Cores(cores), id]));
        }

        if (need.Memory > memory)
        {
            isNamed = true;
            yield return new(
                new(ReasonCodes.TooLarge, ["memory", need.Memory.ToString(), memory.ToString()]),
                new(ReasonCodes.LessMemory, [memory.ToString(), id]));
        }

        if (need.Disk > disk)
        {
            isNamed = true;
            yield return new(
                new(ReasonCodes.TooLarge, ["disk", need.Disk.ToString(), disk.ToString()]),
                new(ReasonCodes.LessDisk, [disk.ToString(), id]));
        }

        if (need.Accelerators is { } wanted && pool.Nodes.All(n => AcceleratorChoice.SlotCount(n.Node, _ => NodeView.AcceleratorWhole, wanted) == 0))
            yield return new(new(ReasonCodes.NoAccelerator, [Describe(wanted)]), Change: null);
        else if (!isNamed)
            yield return new(new(ReasonCodes.TooLarge, ["cpu", Cores(need.CpuMillicores), Cores(cores)]), Change: null);
    }

    private static string Describe(AcceleratorDemand wanted)
    {
        var kind = wanted.Model.Length > 0 ? wanted.Models : wanted.Class.Length > 0 ? wanted.Class : "any";
        var memory = wanted.Memory > DataSize.Zero ? " " + wanted.Memory : "";
        return string.Create(CultureInfo.InvariantCulture, $"{wanted.Count} × {kind}{memory}");
    }

    private static string Cores(long millicores) => (millicores / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(long microseconds) =>
        (microseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
}
