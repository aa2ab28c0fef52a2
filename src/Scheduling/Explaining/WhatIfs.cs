using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;

namespace Meridian.Scheduling.Explaining;

/// <summary>
/// Says what a change would do, by letting the same scheduler and the same writer's rules go on from the state as it is and
/// from the state with the change, at the same moment, until neither proposes any more.
/// </summary>
internal static class WhatIfs
{
    /// <summary>The most rounds from either state.</summary>
    private const int RoundsMax = 50;

    /// <summary>Finishes that differ by less are the same.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    internal static WhatIf Ask(
        DomainState state, ImmutableArray<Supposition> changes, DateTimeOffset now, SchedulingOptions options)
    {
        var supposed = state;
        foreach (var change in changes)
        {
            (supposed, var fault) = Suppositions.Apply(supposed, change, now);
            if (fault is not null)
                return new(fault, [], UnchangedCount: 0);
        }

        var (without, with) = (GoOn(state, now, options), GoOn(supposed, now, options));
        var changed = ImmutableArray.CreateBuilder<Difference>();
        var jobs = state.Jobs.Active.Union(supposed.Jobs.Active);
        foreach (var id in jobs)
        {
            var before = state.Jobs.Jobs.Contains(id) ? ProspectOf(without, id) : null;
            var after = ProspectOf(with, id);
            var differences = Differences(before, after, StoppedCount(state, with.State, id)).ToImmutableArray();
            var job = supposed.Jobs.Jobs[id];
            if (!differences.IsEmpty)
                changed.Add(new(id, job.Spec.Name, job.Project, before, after, differences));
        }

        return new(Fault: null, changed.ToImmutable(), jobs.Count - changed.Count);
    }

    /// <summary>Rounds until nothing is proposed; whoever is told to make room has made it before the next.</summary>
    private static (DomainState State, SortedDictionary<long, PendingReason> Pending) GoOn(
        DomainState state, DateTimeOffset now, SchedulingOptions options)
    {
        var pending = new SortedDictionary<long, PendingReason>();
        for (var rounds = 0; rounds < RoundsMax; rounds++)
        {
            var round = new Round(state, now, options, IntentionBook.Empty).Run();
            foreach (var command in round.Commands)
                state = Suppositions.Do(state, command, now);
            foreach (var victim in state.Jobs.Claims.Values.SelectMany(c => c.Victims).ToList())
            {
                if (state.Jobs.Current(victim)?.Live is { } attempt)
                    state = Suppositions.Do(state, new ReportEnded(victim, attempt.Node, AttemptEnd.Stopped, Stopped), now);
            }

            pending.Clear();
            foreach (var (job, reason) in round.Pending)
                pending[job] = reason;
            if (round.Commands.IsEmpty)
                break;
        }

        return (state, pending);
    }

    private static AttemptResult Stopped { get; } =
        new(ExitCode: -1, Reason.Of("preempted"), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, []);

    private static Prospect ProspectOf((DomainState State, SortedDictionary<long, PendingReason> Pending) future, long id)
    {
        var job = future.State.Jobs.Jobs[id];
        var live = job.Tasks.Values.Select(t => t.Live).OfType<Attempt>().ToList();
        var expected = live.Aggregate(
            job.Money.Charged, (sum, a) => sum + (a.PerSecond * (decimal)Math.Max(0, (a.ExpectedFinish - a.PlacedAt).TotalSeconds)));
        return new(
            live.Count, job.WaitingCount, [.. live.Select(a => a.Node.Pool).Distinct().Order()],
            live.Count == 0 ? null : live.Max(a => a.ExpectedFinish), expected.RoundedUp(),
            job.WaitingCount > 0 ? future.Pending.GetValueOrDefault(id) : null);
    }

    /// <summary>How many attempts that live now would be no more.</summary>
    private static int StoppedCount(DomainState now, DomainState then, long id) => !now.Jobs.Jobs.TryGet(id, out var job)
        ? 0
        : job.Tasks.Values.Select(t => t.Live).OfType<Attempt>().Count(a => then.Jobs.Current(a.Id) is null or Stopping);

    private static IEnumerable<Reason> Differences(Prospect? before, Prospect after, int stopped)
    {
        if (stopped > 0)
            yield return Reason.Of(ReasonCodes.WouldStop, stopped);
        var started = after.RunningCount - (before?.RunningCount ?? 0);
        if (started > 0)
            yield return Reason.Of(ReasonCodes.WouldStart, started, Names(after.Pools), Moment(after.Finish), after.Cost);
        var waiting = after.WaitingCount - (before?.WaitingCount ?? 0);
        if (waiting > 0)
            yield return Reason.Of(ReasonCodes.WouldWait, waiting);
        if (waiting > 0 && after.Pending is { } pending)
            yield return pending;
        if (before is null || started > 0)
            yield break;
        if (!before.Pools.SequenceEqual(after.Pools) && !after.Pools.IsEmpty)
            yield return Reason.Of(ReasonCodes.WouldRunAt, Names(after.Pools), Names(before.Pools));
        if (before.Finish is { } was && after.Finish is { } then && (then - was).Duration() > Slack)
            yield return Reason.Of(ReasonCodes.WouldFinish, Moment(then), Moment(was));
        if (before.Cost != after.Cost)
            yield return Reason.Of(ReasonCodes.WouldCost, after.Cost, before.Cost);
    }

    private static string Names(ImmutableArray<PoolId> pools) => string.Join(", ", pools);

    private static string Moment(DateTimeOffset? at) => at?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "";
}
