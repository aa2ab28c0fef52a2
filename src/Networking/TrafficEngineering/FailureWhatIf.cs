using System.Collections.Immutable;
using Meridian.Networking.Topologies;

namespace Meridian.Networking.TrafficEngineering;

/// <summary>What would happen to a plan if some links failed together.</summary>
/// <param name="Links">The indexes of the links that fail.</param>
/// <param name="AffectedRateBitsPerSecond">How much of the traffic goes over one of them.</param>
/// <param name="LostRateBitsPerSecond">How much has no other way.</param>
/// <param name="MovedRequests">The demands that were moved elsewhere, by index.</param>
/// <param name="LargestUtilisation">The largest utilisation of a link that is left after the move, 1 at capacity.</param>
/// <param name="Plan">The plan after the move; what was not affected stays where it was. Its bound is zero: nothing is proven.</param>
public sealed record FailureOutcome(
    ImmutableArray<int> Links, double AffectedRateBitsPerSecond, double LostRateBitsPerSecond,
    ImmutableArray<int> MovedRequests, double LargestUtilisation, TrafficPlan Plan);

/// <summary>
/// Answers for every link, or for every group of links that share a risk, what its failure would do. Only the flows over
/// the failed links are moved, in parts, each part to the path that is cheapest at prices that grow steeply with the
/// load; so the utilisation is what a quick local repair reaches, and a new plan could do better.
/// </summary>
public static class FailureWhatIf
{
    private const int PartCount = 4;
    private const double Steepness = 12;

    /// <summary>The outcome of the failure of each link alone, by index.</summary>
    public static ImmutableArray<FailureOutcome> OfEveryLink(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan plan) =>
        Of(topology, requests, plan, [.. Enumerable.Range(0, topology.Links.Length).Select(link => ImmutableArray.Create(link))]);

    /// <summary>The outcome of the failure of each risk group, in the order of their names.</summary>
    public static ImmutableArray<(string RiskGroup, FailureOutcome Outcome)> OfEveryRiskGroup(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan plan)
    {
        var groups = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var link = 0; link < topology.Links.Length; link++)
        {
            foreach (var risk in topology.Links[link].RiskGroups.Distinct(StringComparer.Ordinal))
            {
                if (!groups.TryGetValue(risk, out var links))
                    groups.Add(risk, links = []);
                links.Add(link);
            }
        }

        var outcomes = Of(topology, requests, plan, [.. groups.Values.Select(links => links.ToImmutableArray())]);
        return [.. groups.Keys.Zip(outcomes)];
    }

    /// <summary>The outcome of each failure; they are worked out side by side, and do not depend on how many at a time.</summary>
    public static ImmutableArray<FailureOutcome> Of(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan plan, ImmutableArray<ImmutableArray<int>> failures)
    {
        var loads = plan.Loads(topology);
        var flowsByLink = new List<int>[topology.Links.Length];
        for (var link = 0; link < flowsByLink.Length; link++)
            flowsByLink[link] = [];
        for (var flow = 0; flow < plan.Flows.Length; flow++)
        {
            foreach (var link in plan.Flows[flow].Links)
                flowsByLink[link].Add(flow);
        }

        var outcomes = new FailureOutcome[failures.Length];
        Parallel.For(0, failures.Length, i =>
        {
            var affected = new SortedSet<int>(failures[i].SelectMany(link => flowsByLink[link]));
            outcomes[i] = new Repairing(topology, requests, plan, failures[i], affected, (double[])loads.Clone()).Run();
        });
        return [.. outcomes];
    }

    private sealed class Repairing(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan plan, ImmutableArray<int> failed,
        SortedSet<int> affected, double[] loads)
    {
        private readonly List<TrafficFlow> _moved = [];

        internal FailureOutcome Run()
        {
            foreach (var flow in affected)
            {
                foreach (var link in plan.Flows[flow].Links)
                    loads[link] -= plan.Flows[flow].RateBitsPerSecond;
            }

            foreach (var link in failed)
                loads[link] = 0;
            var lost = 0d;
            for (var part = 0; part < PartCount; part++)
                lost += MovePart();
            return Outcome(lost);
        }

        /// <summary>Moves a part of every affected flow and returns how much found no way.</summary>
        private double MovePart()
        {
            var lost = 0d;
            foreach (var group in affected.GroupBy(flow => requests[plan.Flows[flow].Request].From))
            {
                var tree = new CheapestTree(topology, Prices(), group.Key);
                foreach (var flow in group)
                {
                    var (request, rate) = (plan.Flows[flow].Request, plan.Flows[flow].RateBitsPerSecond / PartCount);
                    if (double.IsPositiveInfinity(tree.PriceTo(requests[request].To)))
                    {
                        lost += rate;
                        continue;
                    }

                    var links = tree.PathTo(requests[request].To);
                    foreach (var link in links)
                        loads[link] += rate;
                    _moved.Add(new(request, [.. links], rate));
                }
            }

            return lost;
        }

        private double[] Prices()
        {
            var prices = new double[loads.Length];
            for (var link = 0; link < prices.Length; link++)
            {
                var capacity = Math.Max(1d, topology.Links[link].Capacity.BitsPerSecond);
                prices[link] = Math.Exp(Math.Min(300, Steepness * loads[link] / capacity)) / capacity;
            }

            foreach (var link in failed)
                prices[link] = double.PositiveInfinity;
            return prices;
        }

        private FailureOutcome Outcome(double lost)
        {
            var kept = Enumerable.Range(0, plan.Flows.Length).Where(flow => !affected.Contains(flow)).Select(flow => plan.Flows[flow]);
            // Parts that took the same way are one flow again.
            var moved = _moved.GroupBy(flow => (flow.Request, string.Join(' ', flow.Links)))
                .Select(parts => parts.First() with { RateBitsPerSecond = parts.Sum(part => part.RateBitsPerSecond) });
            var flows = kept.Concat(moved).OrderBy(flow => flow.Request).ToImmutableArray();
            var left = Enumerable.Range(0, loads.Length).Where(link => topology.Links[link].Capacity.BitsPerSecond > 0 && !failed.Contains(link));
            var largest = left.Select(link => loads[link] / topology.Links[link].Capacity.BitsPerSecond).DefaultIfEmpty().Max();
            return new(
                failed, affected.Sum(flow => plan.Flows[flow].RateBitsPerSecond), lost,
                [.. _moved.Select(flow => flow.Request).Distinct().Order()], largest, new(flows, largest, Bound: 0));
        }
    }
}
