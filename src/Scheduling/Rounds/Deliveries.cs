using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Rounds;

/// <summary>Brings results to the sites that asked for them.</summary>
internal static class Deliveries
{
    /// <summary>How far back failed deliveries are looked for, and how long one is not tried again.</summary>
    private const int LookBackCount = 200;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(30);

    private static readonly ConditionalWeakTable<ImmutableSortedDictionary<DatasetId, Dataset>, Addressed> Kept = [];

    /// <summary>At most so many orders, one for each version that is not yet, and not on its way, where it should be.</summary>
    internal static IEnumerable<DeliverResults> Plan(DomainState state, Stager stager, DateTimeOffset now, int limit)
    {
        var count = 0;
        foreach (var (dataset, version) in Kept.GetValue(state.Data.Datasets, all => new(all)).Versions)
        {
            if (count >= limit)
                yield break;
            if (Plan(state, stager, dataset, version, now) is not { } order)
                continue;
            count++;
            yield return order;
        }
    }

    private static DeliverResults? Plan(
        DomainState state, Stager stager, DatasetId dataset, DatasetVersion version, DateTimeOffset now)
    {
        var missing = version.Parts.Where(p => !IsThere(state, p.Root, version.DeliverTo)).ToImmutableArray();
        if (missing.IsEmpty || Target(state, version.DeliverTo) is not { } node)
            return null;
        var parts = missing
            .Where(p => !stager.IsComing(p.Root, version.DeliverTo) && !FailedLately(state, p.Root, version.DeliverTo, now))
            .Select(p => new NeededPart(p, dataset))
            .ToImmutableArray();
        if (parts.IsEmpty)
            return null;
        var plan = stager.Plan(parts, node, Haste.Thrift, stager.NewCalendar(), mayDefer: false);
        return plan.Transfers.IsEmpty ? null : new DeliverResults(version.Job, plan.Transfers);
    }

    private static bool IsThere(DomainState state, ContentRoot root, SiteId site) =>
        state.Data.HoldersOf(root).Any(h => h.Site == site);

    private static NodeId? Target(DomainState state, SiteId site) => state.Sites.Nodes.Values
        .Where(n => n.Id.Site == site && n.State == NodeState.Ready)
        .Select(n => (NodeId?)n.Id)
        .FirstOrDefault();

    private static bool FailedLately(DomainState state, ContentRoot root, SiteId site, DateTimeOffset now) =>
        state.Data.Transfers.DownFrom(state.Data.Transfers.Count).Take(LookBackCount).Any(entry =>
            entry.Value.State == TransferState.Failed && entry.Value.Root == root && entry.Value.To.Site == site
            && entry.Value.FinishedAt + RetryPause > now);

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
