using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Rounds;

/// <summary>Brings results to the sites that asked for them, and finds other ways for transfers that have lost theirs.</summary>
internal static class Deliveries
{
    /// <summary>How far back failed deliveries are looked for, and how long one is not tried again.</summary>
    private const int LookBackCount = 200;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(30);

    private static readonly ConditionalWeakTable<ImmutableSortedDictionary<DatasetId, Dataset>, Addressed> Kept = [];

    /// <summary>At most so many orders, one for each version that is not yet, and not on its way, where it should be.</summary>
    internal static IEnumerable<OrderTransfer> Plan(Func<DomainState> state, DateTimeOffset now, int limit)
    {
        var count = 0;
        foreach (var (dataset, version) in Kept.GetValue(state().Data.Datasets, all => new(all)).Versions)
        {
            if (count >= limit)
                yield break;
            if (Plan(state(), dataset, version, now) is not { } order)
                continue;
            count++;
            yield return order;
        }
    }

    /// <summary>At most so many new plans for parts of transfers whose ways failed or went by; the higher priority first.</summary>
    internal static IEnumerable<ReplanTransfer> Replan(Func<DomainState> state, DateTimeOffset now, int limit)
    {
        var lost = state().Data.NeedingPlan(state().Network.LinkChanges, now)
            .OrderByDescending(t => t.Request.Priority).ThenBy(t => t.Id).Take(limit).ToList();
        foreach (var transfer in lost)
        {
            var plan = TransferPlanner.Replan(state(), transfer, now);
            if (plan.Fault is null)
                yield return new(transfer.Id, plan.Hops, IsResumed: false);
        }
    }

    private static OrderTransfer? Plan(DomainState state, DatasetId dataset, DatasetVersion version, DateTimeOffset now)
    {
        if (version.Parts.All(p => state.Data.HoldersOf(p.Root).Any(h => h.Site == version.DeliverTo))
            || IsComing(state, dataset, version) || FailedLately(state, dataset, version, now)
            || !state.Jobs.Jobs.TryGet(version.Job, out var job))
            return null;
        var request = new TransferRequest(
            TransferPurpose.Delivery, job.Project, job.User, dataset, version.Number, [version.DeliverTo], TransferMode.Dedicated,
            Priority: 0, Bandwidth.Zero, Deadline: null, version.Job, new(""));
        var plan = TransferPlanner.Plan(state, request, now);
        return plan.Fault is null ? new(request, plan.Hops) : null;
    }

    private static bool IsComing(DomainState state, DatasetId dataset, DatasetVersion version) =>
        state.Data.Open.Select(id => state.Data.Transfers[id]).Any(t => IsFor(t, dataset, version));

    private static bool FailedLately(DomainState state, DatasetId dataset, DatasetVersion version, DateTimeOffset now) =>
        state.Data.Transfers.DownFrom(state.Data.Transfers.Count).Take(LookBackCount).Any(entry =>
            entry.Value.State is TransferState.Failed or TransferState.Cancelled && IsFor(entry.Value, dataset, version)
            && entry.Value.EndedAt + RetryPause > now);

    private static bool IsFor(Transfer transfer, DatasetId dataset, DatasetVersion version) =>
        transfer.Dataset == dataset && transfer.Request.Version == version.Number && transfer.Request.To.Contains(version.DeliverTo);

    /// <summary>The versions that are to be brought somewhere; a function of the datasets alone.</summary>
    private sealed class Addressed(ImmutableSortedDictionary<DatasetId, Dataset> datasets)
    {
        internal ImmutableArray<(DatasetId, DatasetVersion)> Versions { get; } =
        [
            .. datasets.Values.SelectMany(d => d.Versions, (d, v) => (d.Id, v))
                .Where(pair => pair.v.DeliverTo.Value.Length > 0 && pair.v.Job > 0),
        ];
    }
}
