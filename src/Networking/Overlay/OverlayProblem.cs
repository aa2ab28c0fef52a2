using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Networking.Overlay;

/// <summary>A place where instances of a relay can run, and what each of them can do.</summary>
/// <param name="EgressGbps">What one instance can send; positive.</param>
/// <param name="IngressGbps">What one instance can receive; positive.</param>
/// <param name="InstanceCountMax">How many instances may run; not negative.</param>
/// <param name="PricePerInstanceHour">The price of an instance for an hour.</param>
public readonly record struct OverlayDepot(
    double EgressGbps, double IngressGbps, int InstanceCountMax, double PricePerInstanceHour);

/// <summary>
/// An amount of data that is to go from one depot to another at a rate, over as many depots between them as pays. The
/// measured throughput of a hop is what all connections of one instance reach; an instance shares its connections
/// among its hops, and several instances have as many times more.
/// </summary>
public sealed record OverlayProblem
{
    /// <summary>The depots.</summary>
    public required ImmutableArray<OverlayDepot> Depots { get; init; }

    /// <summary>The throughput of each ordered pair in gigabits per second, row after row; zero where there is no way.</summary>
    public required double[] ThroughputGbps { get; init; }

    /// <summary>The price of a gigabyte over each ordered pair, row after row.</summary>
    public required double[] PricePerGigabyte { get; init; }

    /// <summary>The index of the depot that has the data.</summary>
    public required int From { get; init; }

    /// <summary>The index of the depot that is to have it.</summary>
    public required int To { get; init; }

    /// <summary>How much data; positive.</summary>
    public required double Gigabytes { get; init; }

    /// <summary>The rate wanted, in gigabits per second; positive.</summary>
    public required double GoalGbps { get; init; }

    /// <summary>How long instances are paid for before data moves, in seconds; none by default.</summary>
    public double ProvisionSeconds { get; init; }

    /// <summary>How long the data is on its way at the rate wanted.</summary>
    public double TransferSeconds => Gigabytes * 8 / GoalGbps;

    internal double InstancePrice(int depot) => (TransferSeconds + ProvisionSeconds) * Depots[depot].PricePerInstanceHour / 3600;

    internal int Pair(int from, int to) => (from * Depots.Length) + to;

    internal void Check()
    {
        var pairCount = Depots.Length * Depots.Length;
        Invariant.Holds(ThroughputGbps.Length == pairCount && PricePerGigabyte.Length == pairCount, "every pair has a throughput and a price");
        Invariant.Holds(From != To, "data goes from one depot to another");
        Invariant.Holds(Gigabytes > 0 && GoalGbps > 0, "the amount and the rate are positive");
    }
}

/// <summary>A chain of depots and the rate that goes along it.</summary>
/// <param name="Depots">The indexes of the depots, from the first to the last.</param>
/// <param name="Gbps">The rate.</param>
public sealed record OverlayRoute(ImmutableArray<int> Depots, double Gbps);

/// <summary>Which routes carry the data and how many instances run for it.</summary>
/// <param name="Routes">The routes; their rates sum up to the rate wanted.</param>
/// <param name="InstanceCounts">The number of instances at each depot.</param>
/// <param name="EgressCost">The price of the data on its way.</param>
/// <param name="InstanceCost">The price of the instances.</param>
/// <param name="Bound">What no plan for the rate wanted can cost less than.</param>
public sealed record OverlayPlan(
    ImmutableArray<OverlayRoute> Routes, ImmutableArray<int> InstanceCounts, double EgressCost, double InstanceCost, double Bound)
{
    /// <summary>The price of all.</summary>
    public double Cost => EgressCost + InstanceCost;
}
