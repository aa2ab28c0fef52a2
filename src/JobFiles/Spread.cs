using MemoryPack;

namespace Meridian.JobFiles;

/// <summary>What fails as a whole, and over which tasks are spread.</summary>
public enum FailureDomain
{
    /// <summary>A machine.</summary>
    Node,

    /// <summary>A site, with its power and its line.</summary>
    Site,

    /// <summary>All sites of a region.</summary>
    Region,
}

/// <summary>How many tasks of a job may be lost at once.</summary>
/// <param name="Over">What fails as a whole.</param>
/// <param name="Max">The most tasks of the job at work in one of it.</param>
[MemoryPackable]
public sealed partial record Spread(FailureDomain Over, int Max);
