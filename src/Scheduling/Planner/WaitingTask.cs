using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Planner;

/// <summary>A way to run a task: the pool, the way of its input, and what both together come to.</summary>
internal sealed record TaskMode(
    Candidate Candidate, CircuitWay? Way, bool IsLong, TimeSpan Hold, TimeSpan HoldOffset, TimeSpan Run, Money Price, double CarbonGrams);

/// <summary>A waiting job of one task, with every way to run it.</summary>
internal sealed class WaitingTask
{
    private WaitingTask(Job job, JobClass jobs, DateTimeOffset? deadline) => (Job, Jobs, Deadline) = (job, jobs, deadline);

    internal Job Job { get; }

    internal JobClass Jobs { get; }

    internal DateTimeOffset? Deadline { get; }

    /// <summary>The ways, those of each pool beginning with its cheapest at the highest rate.</summary>
    internal List<TaskMode> Modes { get; } = [];

    /// <summary>How many modes the batch has, beside the one in which a round placed it.</summary>
    internal int OwnMode { get; set; } = -1;

    /// <summary>The task with its modes, or nothing where there is none or where more than one part has to come from afar.</summary>
    internal static WaitingTask? Of(DomainState state, Job job, JobClass jobs, DateTimeOffset now, int pathCountMax)
    {
        if (jobs.Parts.Length > 1)
            return null;
        var (task, terms) = (new WaitingTask(job, jobs, job.Deadline), JobTerms.Of(state, job));
        foreach (var candidate in jobs.Candidates.Where(c => c.IsEligible))
        {
            foreach (var mode in ModesAt(state, jobs, candidate, now, pathCountMax))
            {
                if (terms.Broken(OptionOf(mode, jobs, now), isGang: false) is null)
                    task.Modes.Add(mode);
            }
        }

        return task.Modes.Count > 0 ? task : null;
    }

    /// <summary>The mode that a round chose.</summary>
    internal static TaskMode Chosen(
        DomainState state, JobClass jobs, TaskPlacement placement, ImmutableArray<PlannedTransfer> transfers, DateTimeOffset now)
    {
        var candidate = jobs.Candidates.First(c => c.Pool.Id == placement.Node.Pool);
        var far = transfers.FirstOrDefault(t => !t.Links.IsEmpty);
        var price = far is null ? Money.Zero() : Price(far.Links.Sum(l => state.Network.Links[l].PricePerGigabyte), far.Size);
        var isLong = far is not null && CircuitCalendar.IsLong(far.Size, far.Links.Min(l => state.Network.Links[l].Capacity));
        var ready = transfers.IsEmpty ? now : transfers.Max(t => t.Finish);
        var mode = ModeAt(jobs, candidate, far is null ? null : new(far.Links, far.Rate), ready - (far?.Start ?? now), price, now);
        return mode with { IsLong = isLong, HoldOffset = (far?.Start ?? now) - now, Run = placement.ExpectedFinish - ready };
    }

    private static IEnumerable<TaskMode> ModesAt(
        DomainState state, JobClass jobs, Candidate candidate, DateTimeOffset now, int pathCountMax)
    {
        var site = candidate.View.Site.Id;
        if (jobs.Parts.IsEmpty)
            return [ModeAt(jobs, candidate, way: null, TimeSpan.Zero, Money.Zero(), now)];
        var (part, holders) = (jobs.Parts[0].Part, state.Data.HoldersOf(jobs.Parts[0].Part.Root));
        if (holders.Any(h => h.Site == site))
        {
            var isThere = candidate.View.Nodes.All(n => holders.Contains(n.Node.Id));
            return [ModeAt(jobs, candidate, way: null, isThere ? TimeSpan.Zero : CircuitCalendar.HoldTime(part.Size, Stager.LocalRate), Money.Zero(), now)];
        }

        return holders.Select(h => h.Site).Distinct()
            .SelectMany(from => PathBook.Of(state.Network).Between(from, site).Take(pathCountMax))
            .OrderBy(path => path.PricePerGigabyte)
            .SelectMany(path =>
            {
                var isLong = CircuitCalendar.IsLong(part.Size, path.Capacity);
                return CircuitCalendar.Rates(path.Capacity, isLong).Where(rate => rate > Bandwidth.Zero).Select(rate => ModeAt(
                    jobs, candidate, new(path.Links, rate), CircuitCalendar.HoldTime(part.Size, rate),
                    Price(path.PricePerGigabyte, part.Size), now) with
                {
                    IsLong = isLong,
                });
            });
    }

    private static TaskMode ModeAt(JobClass jobs, Candidate candidate, CircuitWay? way, TimeSpan hold, Money transport, DateTimeOffset now)
    {
        var (site, pool, spec) = (candidate.View.Site, candidate.Pool, jobs.Spec);
        var run = spec.Service is null ? candidate.RunTime : spec.Timeout;
        var compute = candidate.PerSecond(now) * (decimal)candidate.RunTime.TotalSeconds;
        return new(
            candidate, way, IsLong: false, hold, TimeSpan.Zero, run, compute + transport,
            Pricing.CarbonGrams(site, pool, spec.Resources, now + hold, candidate.RunTime));
    }

    private static Option OptionOf(TaskMode mode, JobClass jobs, DateTimeOffset now)
    {
        var spec = jobs.Spec;
        var perSecond = mode.Candidate.PerSecond(now);
        var transport = mode.Price - (perSecond * (decimal)mode.Candidate.RunTime.TotalSeconds);
        return new(
            mode.Candidate, [], now, now + mode.Hold, now + mode.Hold, now + mode.Hold + mode.Run, mode.Price,
            (perSecond * (decimal)spec.Timeout.TotalSeconds).RoundedUp(), transport.RoundedUp(), mode.CarbonGrams, IsDeferred: false);
    }

    private static Money Price(decimal perGigabyte, DataSize size) => Money.Cny(perGigabyte * size.Gigabytes).RoundedUp();
}
