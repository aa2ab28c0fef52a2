using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Networking.Calendar;
using Meridian.Optimisation.Batches;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;

namespace Meridian.Scheduling.Planner;

/// <summary>
/// What tasks share: the cores, memory and accelerators of each pool, and each link twice, whole and as far as circuits
/// of long data may use it. Times are whole seconds from now on. Rates are cut to whole units as capacities are, so that whatever
/// fits together fits here too; the round that follows a plan asks the calendars, which are exact.
/// </summary>
internal sealed class Resources
{
    private const int PoolPartCount = 3;
    private const int LinkPartCount = 2;
    private const long BitsPerUnit = 1_000_000;

    private readonly DateTimeOffset _now;
    private readonly SortedDictionary<PoolId, int> _pools = [];
    private readonly SortedDictionary<LinkId, int> _links = [];
    private readonly List<long> _capacities = [];
    private readonly List<Timeline> _held = [];

    internal Resources(DomainState state, Fleet fleet, DateTimeOffset now)
    {
        _now = now;
        foreach (var view in fleet.Pools)
            AddPool(state, view);
        foreach (var link in state.Network.Links.Values)
        {
            _links.Add(link.Id, _capacities.Count);
            var capacity = link.Capacity.BitsPerSecond;
            Add(capacity / BitsPerUnit, state.Network.TakenOn(link.Id));
            Add((capacity - (capacity / 4)) / BitsPerUnit, state.Network.TakenOn(link.Id));
        }
    }

    internal ImmutableArray<long> Capacities => [.. _capacities];

    /// <summary>What is taken already, never more than there is.</summary>
    internal IEnumerable<Taken> Taken()
    {
        for (var resource = 0; resource < _held.Count; resource++)
        {
            var unit = resource < _pools.Count * PoolPartCount ? 1 : BitsPerUnit;
            var (from, level) = (0L, 0L);
            foreach (var (moment, amount) in _held[resource].Steps)
            {
                var at = Math.Max(0, SecondsUp(moment - _now));
                if (level > 0 && at > from)
                    yield return new(resource, from, at, level);
                (from, level) = (at, Math.Min(_capacities[resource], amount / unit));
            }

            if (level > 0)
                yield return new(resource, from, int.MaxValue, level);
        }
    }

    /// <summary>Counts as taken what a round places.</summary>
    internal void Take(TaskPlacement placement, ResourceDemand need)
    {
        if (!_pools.TryGetValue(placement.Node.Pool, out var first))
            return;
        var amounts = Amounts(NodeView.AmountOf(need), placement.Shares.Sum(s => (long)s.Milli));
        for (var i = 0; i < PoolPartCount; i++)
            _held[first + i] = _held[first + i].Add(_now, placement.ExpectedFinish, amounts[i]);
    }

    /// <summary>Counts as taken what a round orders.</summary>
    internal void Take(PlannedHop hop)
    {
        foreach (var window in hop.Windows)
        {
            foreach (var source in window.Sources)
            {
                foreach (var link in source.Links)
                {
                    for (var i = 0; i < LinkPartCount; i++)
                        _held[_links[link] + i] = _held[_links[link] + i].Add(window.Start, window.Finish, source.Rate.BitsPerSecond);
                }
            }
        }
    }

    internal IEnumerable<Draw> OfPool(PoolId pool, ResourceDemand need, long length) =>
        Amounts(NodeView.AmountOf(need), need.Accelerators is { } a ? (long)a.Count * a.FractionMilli : 0).Select((amount, i) => new Draw(_pools[pool] + i, 0, length, amount)).Where(d => d.Amount > 0);

    internal IEnumerable<Draw> OfLinks(ImmutableArray<LinkId> links, Bandwidth rate, bool isLong, long offset, long length) =>
        links.SelectMany(link => Enumerable.Range(_links[link], isLong ? LinkPartCount : 1))
            .Select(resource => new Draw(resource, offset, length, rate.BitsPerSecond / BitsPerUnit));

    internal static long SecondsUp(TimeSpan span) => (span.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    private void AddPool(DomainState state, PoolView view)
    {
        _pools.Add(view.Pool.Id, _capacities.Count);
        var held = new Timeline[] { Timeline.Empty, Timeline.Empty, Timeline.Empty };
        foreach (var attempt in view.Nodes.SelectMany(n => state.Jobs.ByNode.GetValueOrDefault(n.Node.Id, [])))
        {
            if (state.Jobs.Current(attempt)?.Live is not { } live || state.Reservations.OfJob(state.Jobs.Jobs[attempt.Job]) is not null)
                continue;
            // One that is overdue is expected to take as long again as it is overdue.
            var end = live.ExpectedFinish > _now ? live.ExpectedFinish : _now + (_now - live.ExpectedFinish) + TimeSpan.FromSeconds(1);
            var amounts = Amounts(live.Amount, live.Shares.Sum(s => (long)s.Milli));
            for (var i = 0; i < PoolPartCount; i++)
                held[i] = held[i].Add(_now, end, amounts[i]);
        }

        foreach (var (reservation, node) in view.Nodes.SelectMany(n => n.Reservations, (n, r) => (r, n.Node.Id)))
        {
            var (holding, from) = (reservation.On(node)!, reservation.HeldFrom > _now ? reservation.HeldFrom : _now);
            var amounts = Amounts(holding.Amount, holding.Shares.Sum(s => (long)s.Milli));
            for (var i = 0; i < PoolPartCount; i++)
                held[i] = held[i].Add(from, reservation.Request.To, amounts[i]);
        }

        Add(view.Nodes.Sum(n => n.Node.Total.CpuMillicores), held[0]);
        Add(view.Nodes.Sum(n => n.Node.Total.Memory.Bytes >> 20), held[1]);
        Add(view.Nodes.Sum(n => (long)n.Node.Accelerators.Length * NodeView.AcceleratorWhole), held[2]);
    }

    private void Add(long capacity, Timeline held)
    {
        _capacities.Add(capacity);
        _held.Add(held);
    }

    private static long[] Amounts(Capacity amount, long acceleratorMilli) =>
        [amount.CpuMillicores, (amount.Memory.Bytes + (1 << 20) - 1) >> 20, acceleratorMilli];
}
