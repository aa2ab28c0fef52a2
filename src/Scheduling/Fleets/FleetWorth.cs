using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Fleets;

/// <summary>
/// The worth of free room to the jobs that are there: those that run and those that wait stand for those to come. Found
/// when a node with accelerators is first weighed, so a fleet without any pays nothing for it.
/// </summary>
internal sealed class FleetWorth(JobsState jobs, IEnumerable<Node> nodes)
{
    /// <summary>So many of the newest jobs are looked at: enough to know what is common.</summary>
    private const int JobLimit = 1_000;

    private readonly Dictionary<ResourceDemand, Ask> _asks = new(ReferenceEqualityComparer.Instance);
    private readonly List<Accelerator> _kinds = [];
    private readonly List<double> _counts = [];
    private RoomWorth? _worth;

    internal RoomWorth Worth
    {
        get
        {
            CountKinds();
            return _worth ??= new(Mix(), [.. _counts]);
        }
    }

    /// <summary>The kind of each accelerator of the node.</summary>
    internal int[] KindsOf(Node node)
    {
        CountKinds();
        return [.. node.Accelerators.Select(a => _kinds.FindIndex(k => IsAlike(k, a)))];
    }

    /// <summary>What the demand asks for. Kept: the jobs of a class share their demand.</summary>
    internal Ask AskOf(ResourceDemand demand)
    {
        if (_asks.TryGetValue(demand, out var ask))
            return ask;
        CountKinds();
        var wanted = demand.Accelerators;
        ask = wanted is null
            ? new(NodeView.AmountOf(demand), Count: 0, Milli: 0, [])
            : new(
                NodeView.AmountOf(demand), Math.Max(1, wanted.Count), wanted.FractionMilli,
                [.. _kinds.Select(kind => kind.Suits(wanted))]);
        _asks.Add(demand, ask);
        return ask;
    }

    private void CountKinds()
    {
        if (_kinds.Count > 0)
            return;
        foreach (var one in nodes.SelectMany(node => node.Accelerators))
        {
            var kind = _kinds.FindIndex(k => IsAlike(k, one));
            if (kind >= 0)
            {
                _counts[kind]++;
                continue;
            }

            _kinds.Add(one);
            _counts.Add(1);
        }
    }

    private IEnumerable<(Ask, double)> Mix()
    {
        // Jobs that ask for the same are added up: it is the common asks that count.
        var mix = new SortedDictionary<(int Count, int Milli, string Kinds, int Cores, long Memory, long Disk), (Ask Ask, double Weight)>();
        foreach (var id in jobs.Active.Reverse().Take(JobLimit))
        {
            var job = jobs.Jobs[id];
            if (job.Spec.Resources is not { Accelerators: { } wanted } demand)
                continue;
            var key = (
                wanted.Count, wanted.FractionMilli, $"{wanted.Models}|{wanted.Class}|{wanted.Memory}", demand.CpuMillicores,
                demand.Memory.Bytes, demand.Disk.Bytes);
            var (ask, weight) = mix.GetValueOrDefault(key, (AskOf(demand), 0));
            mix[key] = (ask, weight + job.WaitingCount + job.LiveCount);
        }

        return mix.Values;
    }

    private static bool IsAlike(Accelerator left, Accelerator right) =>
        left.Memory == right.Memory
        && string.Equals(left.Model, right.Model, StringComparison.OrdinalIgnoreCase)
        && string.Equals(left.Class, right.Class, StringComparison.OrdinalIgnoreCase);
}
