using System.Collections.Immutable;
using Meridian.Networking.Topologies;
using Meridian.Optimisation.Linear;

namespace Meridian.Networking.TrafficEngineering;

/// <summary>A plan that grew out of another one.</summary>
/// <param name="Plan">The plan; its value is the largest utilisation and its bound the least that any plan could reach.</param>
/// <param name="MovedRateBitsPerSecond">How much of the traffic that both plans carry goes another way than before.</param>
/// <param name="MovedRequests">The demands of which some traffic goes another way, by index.</param>
public sealed record ReoptimisedPlan(TrafficPlan Plan, double MovedRateBitsPerSecond, ImmutableArray<int> MovedRequests);

/// <summary>
/// Adapts a plan to links or demands that changed, with the fewest moves. A demand that grew or shrank keeps its
/// paths in the shares of before, which is no move; what lost a link has to move. A plan from scratch says what can be
/// reached and over which paths; a linear program over these paths and those of before then moves the least traffic
/// that reaches nearly as much, and last each demand that can go back whole without passing that level goes back.
/// </summary>
public static class Reoptimisation
{
    /// <summary>Adapts the plan, or none when a demand has no way.</summary>
    /// <param name="topology">The network as it is now.</param>
    /// <param name="requests">The demands as they are now; the same indexes mean the same demands as before.</param>
    /// <param name="before">The plan in force, its links as indexes of the network as it is now; flows over links that are gone are left out by the caller.</param>
    /// <param name="tolerance">By which share over the least utilisation the new plan may be, to move less.</param>
    /// <param name="utilisationWanted">The utilisation up to which nothing has to move for a lower one.</param>
    public static ReoptimisedPlan? Adapt(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan before, double tolerance = 0.02,
        double utilisationWanted = 0)
    {
        if (TrafficPrograms.LeastUtilisation(topology, requests) is not { } fresh)
            return null;
        var kept = Kept(topology, requests, before);
        var level = Math.Max(fresh.Value * (1 + tolerance), utilisationWanted);
        var flows = new Moving(topology, requests, kept, fresh, level).Run();
        var moved = Moved(requests, kept, flows);
        var loads = new TrafficPlan(flows, 0, 0).Loads(topology);
        var reached = loads.Zip(topology.Links, (load, link) => load == 0 ? 0 : load / link.Capacity.BitsPerSecond).Max();
        return new(new(flows, reached, fresh.Bound), moved.Values.Sum(), [.. moved.Keys]);
    }

    /// <summary>How much of the traffic of the second plan goes another way than in the first, in bits per second.</summary>
    public static double MovedRate(
        Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan before, TrafficPlan after) =>
        Moved(requests, Kept(topology, requests, before), after.Flows).Values.Sum();

    /// <summary>How much of each demand goes another way than in the first flows; demands without any are left out.</summary>
    private static SortedDictionary<int, double> Moved(
        IReadOnlyList<TrafficRequest> requests, ImmutableArray<TrafficFlow> kept, ImmutableArray<TrafficFlow> flows)
    {
        var moved = new SortedDictionary<int, double>();
        var known = kept.ToLookup(flow => flow.Request);
        foreach (var group in flows.GroupBy(flow => flow.Request))
        {
            var elsewhere = group.Sum(flow => Math.Max(0, flow.RateBitsPerSecond - known[group.Key]
                .Where(old => old.Links.AsSpan().SequenceEqual(flow.Links.AsSpan())).Sum(old => old.RateBitsPerSecond)));
            if (elsewhere > 1e-6 * requests[group.Key].RateBitsPerSecond)
                moved.Add(group.Key, elsewhere);
        }

        return moved;
    }

    /// <summary>The flows of before over links that still carry, scaled to the demands of now.</summary>
    private static ImmutableArray<TrafficFlow> Kept(Topology topology, IReadOnlyList<TrafficRequest> requests, TrafficPlan before)
    {
        var flows = ImmutableArray.CreateBuilder<TrafficFlow>();
        foreach (var group in before.Flows.GroupBy(flow => flow.Request).Where(group => group.Key < requests.Count).OrderBy(group => group.Key))
        {
            var carried = group.Sum(flow => flow.RateBitsPerSecond);
            flows.AddRange(group.Where(flow => flow.RateBitsPerSecond > 0
                    && flow.Links.All(link => topology.Links[link].Capacity.BitsPerSecond > 0))
                .Select(flow => flow with { RateBitsPerSecond = flow.RateBitsPerSecond / carried * requests[group.Key].RateBitsPerSecond }));
        }

        return flows.ToImmutable();
    }

    /// <summary>The program that moves the least traffic so that no link passes the level.</summary>
    private sealed class Moving(
        Topology topology, IReadOnlyList<TrafficRequest> requests, ImmutableArray<TrafficFlow> kept, TrafficPlan fresh, double level)
    {
        private readonly double _unit = Math.Max(1d, requests.Select(request => request.RateBitsPerSecond).DefaultIfEmpty().Max());

        internal ImmutableArray<TrafficFlow> Run()
        {
            var program = new LinearProgram(maximise: false);
            var capacities = topology.Links.Select(link => program.AddRow(double.NegativeInfinity, link.Capacity.BitsPerSecond * level / _unit)).ToArray();
            var wholes = requests.Select(request => program.AddRow(request.RateBitsPerSecond / _unit, request.RateBitsPerSecond / _unit)).ToArray();
            var parts = new List<TrafficFlow>();
            foreach (var flow in kept)
                Add(flow, flow.RateBitsPerSecond / _unit, price: 0);
            foreach (var flow in kept.Concat(fresh.Flows))
                Add(flow, double.PositiveInfinity, price: 1);
            // The fresh plan itself is within the level, so there is a solution.
            var values = program.Solve()?.Values;
            return values is null ? fresh.Flows : BackWherePossible(Merged(parts, values));

            void Add(TrafficFlow flow, double most, double price)
            {
                var variable = program.AddVariable(0, most, price);
                program.SetCoefficient(wholes[flow.Request], variable, 1);
                foreach (var link in flow.Links)
                    program.SetCoefficient(capacities[link], variable, 1);
                parts.Add(flow);
            }
        }

        private ImmutableArray<TrafficFlow> Merged(List<TrafficFlow> parts, double[] values) =>
        [
            .. parts.Select((flow, index) => flow with { RateBitsPerSecond = values[index] * _unit })
                .Where(flow => flow.RateBitsPerSecond > 1e-9 * _unit)
                .GroupBy(flow => (flow.Request, string.Join(' ', flow.Links)))
                .Select(same => same.First() with { RateBitsPerSecond = same.Sum(flow => flow.RateBitsPerSecond) })
                .OrderBy(flow => flow.Request),
        ];

        /// <summary>The program counts traffic; here whole demands go back where there is room, the least moved first.</summary>
        private ImmutableArray<TrafficFlow> BackWherePossible(ImmutableArray<TrafficFlow> flows)
        {
            var loads = new TrafficPlan(flows, 0, 0).Loads(topology);
            var (now, old) = (flows.ToLookup(flow => flow.Request), kept.ToLookup(flow => flow.Request));
            var back = new SortedSet<int>();
            foreach (var (request, _) in Moved(requests, kept, flows).OrderBy(moved => moved.Value).ThenBy(moved => moved.Key))
            {
                if (Math.Abs(old[request].Sum(flow => flow.RateBitsPerSecond) - requests[request].RateBitsPerSecond) > 1e-6 * _unit)
                    continue; // A part of it lost its way and has to go elsewhere.
                Shift(loads, now[request], -1);
                Shift(loads, old[request], 1);
                var fits = old[request].SelectMany(flow => flow.Links)
                    .All(link => loads[link] <= topology.Links[link].Capacity.BitsPerSecond * level * (1 + 1e-9));
                if (fits)
                    back.Add(request);
                else
                {
                    Shift(loads, old[request], -1);
                    Shift(loads, now[request], 1);
                }
            }

            return [.. flows.Where(flow => !back.Contains(flow.Request)).Concat(kept.Where(flow => back.Contains(flow.Request))).OrderBy(flow => flow.Request)];
        }

        private static void Shift(double[] loads, IEnumerable<TrafficFlow> flows, int sign)
        {
            foreach (var flow in flows)
            {
                foreach (var link in flow.Links)
                    loads[link] += sign * flow.RateBitsPerSecond;
            }
        }
    }
}
