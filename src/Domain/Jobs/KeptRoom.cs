using System.Collections.Immutable;
using Meridian.Domain.Sites;

namespace Meridian.Domain.Jobs;

/// <summary>What is kept free of a node, for claims or for reservations.</summary>
/// <param name="Amount">Of everything but accelerators.</param>
/// <param name="Milli">The thousandths of each accelerator.</param>
public sealed record KeptRoom(Capacity Amount, ImmutableSortedDictionary<int, int> Milli)
{
    /// <summary>Nothing is kept free.</summary>
    public static readonly KeptRoom None = new(default, ImmutableSortedDictionary<int, int>.Empty);

    /// <summary>Sum.</summary>
    public static KeptRoom operator +(KeptRoom left, KeptRoom right) =>
        left == None ? right : right == None ? left : new(left.Amount + right.Amount, right.Milli.Aggregate(
            left.Milli, (all, more) => all.SetItem(more.Key, all.GetValueOrDefault(more.Key) + more.Value)));

    /// <summary>What all claims keep free of the node: what they take of it, beyond what their victims still hold there.</summary>
    public static KeptRoom OfClaims(JobsState jobs, NodeId node)
    {
        var all = None;
        foreach (var claim in jobs.Claims.Values)
        {
            var mine = claim.Placements.Where(p => p.Node == node).ToList();
            if (mine.Count == 0)
                continue;
            var held = claim.Victims.Select(v => jobs.Current(v)?.Live).OfType<Attempt>().Where(a => a.Node == node).ToList();
            var need = mine.Aggregate(default(Capacity), (sum, _) => sum + claim.Amount);
            all += new KeptRoom(
                held.Aggregate(need, (sum, a) => sum - a.Amount),
                mine.SelectMany(p => p.Shares).GroupBy(s => s.Index).ToImmutableSortedDictionary(
                    shares => shares.Key,
                    shares => shares.Sum(s => s.Milli) - held.SelectMany(a => a.Shares).Where(s => s.Index == shares.Key).Sum(s => s.Milli)))
                .AtLeastNothing();
        }

        return all;
    }

    /// <summary>The thousandths that are kept free of the accelerator.</summary>
    public int MilliOf(int accelerator) => Milli.GetValueOrDefault(accelerator);

    /// <summary>The same with nothing in place of what is less than that.</summary>
    internal KeptRoom AtLeastNothing() => new(
        new(Math.Max(0, Amount.CpuMillicores), new(Math.Max(0, Amount.Memory.Bytes)), new(Math.Max(0, Amount.Disk.Bytes))),
        Milli.ToImmutableSortedDictionary(m => m.Key, m => Math.Max(0, m.Value)));
}
