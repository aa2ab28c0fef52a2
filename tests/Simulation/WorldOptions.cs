using System.Collections.Immutable;

namespace Meridian.Simulation;

/// <summary>How large a world is, how rough it is, and which bugs are planted in it.</summary>
public sealed record WorldOptions
{
    /// <summary>Sites, each with one pool.</summary>
    public int Sites { get; init; } = 3;

    /// <summary>Nodes of each site.</summary>
    public int NodesPerSite { get; init; } = 2;

    /// <summary>Jobs that clients hand in.</summary>
    public int Jobs { get; init; } = 12;

    /// <summary>Transfers that clients ask for.</summary>
    public int Transfers { get; init; } = 6;

    /// <summary>Exchanges with stores outside that clients ask for.</summary>
    public int Exchanges { get; init; } = 3;

    /// <summary>Datasets whose names are taken away while others use them.</summary>
    public int Removals { get; init; } = 2;

    /// <summary>How long things go wrong.</summary>
    public TimeSpan Rough { get; init; } = TimeSpan.FromMinutes(2.5);

    /// <summary>How long the world then has to come to rest.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The agents' lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often everything is checked, in steps; what a step touched is checked after each.</summary>
    public int CheckEvery { get; init; } = 1500;

    /// <summary>How often something goes wrong: 1 is about once in two seconds of the world's time.</summary>
    public double Roughness { get; init; } = 1;

    /// <summary>Planted: an append does not look at the epoch.</summary>
    public bool WithoutFencing { get; init; }

    /// <summary>Planted: an append returns before it is flushed.</summary>
    public bool AcknowledgesBeforeFlush { get; init; }

    /// <summary>Planted: refunds are decided and never kept.</summary>
    public bool LosesRefunds { get; init; }

    /// <summary>Planted: an agent starts an attempt before its record is on the disk.</summary>
    public bool LaunchesBeforeRecord { get; init; }
}

/// <summary>A rule that a world broke.</summary>
/// <param name="Seed">The world.</param>
/// <param name="Step">After which step.</param>
/// <param name="Rule">What does not hold.</param>
public sealed record Violation(ulong Seed, long Step, string Rule);

/// <summary>What many worlds came to.</summary>
/// <param name="Steps">Everything that happened.</param>
/// <param name="Faults">Everything that went wrong on purpose.</param>
/// <param name="Violations">Rules that were broken; a world ends at its first.</param>
/// <param name="TraceHash">The same for the same seeds and options.</param>
public sealed record SimulationReport(long Steps, long Faults, ImmutableArray<Violation> Violations, ulong TraceHash)
{
    /// <summary>How often each kind of event was decided, and each kind of end came to an attempt: what the worlds were full of.</summary>
    public ImmutableSortedDictionary<string, long> Happened { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
