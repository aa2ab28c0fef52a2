using System.Collections.Immutable;
using Meridian.Networking.Topologies;

namespace Meridian.Networking.TrafficEngineering;

/// <summary>How much is to go from one point to another.</summary>
/// <param name="From">The index of the point where it begins.</param>
/// <param name="To">The index of the point where it ends.</param>
/// <param name="RateBitsPerSecond">How much; not negative.</param>
public readonly record struct TrafficRequest(int From, int To, long RateBitsPerSecond);

/// <summary>A part of a demand on one path.</summary>
/// <param name="Request">The index of the demand.</param>
/// <param name="Links">The links of the path by index.</param>
/// <param name="RateBitsPerSecond">How much of the demand goes there.</param>
public sealed record TrafficFlow(int Request, ImmutableArray<int> Links, double RateBitsPerSecond);

/// <summary>A spread of demands over paths, with what it reaches and what none can pass.</summary>
/// <param name="Flows">The parts, by demand.</param>
/// <param name="Value">What the plan reaches, in the unit of the question.</param>
/// <param name="Bound">The proven bound on any plan, over all paths of the network or over the path sets that were given.</param>
public sealed record TrafficPlan(ImmutableArray<TrafficFlow> Flows, double Value, double Bound)
{
    /// <summary>The largest share by which the plan can be away from the best one.</summary>
    public double Gap => Bound == 0 ? 0 : Math.Abs(Value - Bound) / Bound;

    /// <summary>The load of every link in bits per second.</summary>
    public double[] Loads(Topology topology)
    {
        var loads = new double[topology.Links.Length];
        foreach (var flow in Flows)
        {
            foreach (var link in flow.Links)
                loads[link] += flow.RateBitsPerSecond;
        }

        return loads;
    }
}
