using Meridian.JobFiles;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// One task, or one gang, as the quick path decides on it. Sites and masks are in the terms of the
/// <see cref="QuickPath"/> that it is put to; moments are milliseconds since 1970, UTC.
/// </summary>
public readonly record struct QuickJob
{
    /// <summary>The job's number.</summary>
    public required long Id { get; init; }

    /// <summary>What it needs, from <see cref="QuickPath.ShapeOf"/>.</summary>
    public required int Shape { get; init; }

    /// <summary>What is best among the allowed placements.</summary>
    public Objective Objective { get; init; }

    /// <summary>Whether it runs until its timeout.</summary>
    public bool IsService { get; init; }

    /// <summary>The tenant's estimate of the run time on the reference machine.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>The run time after which it is stopped.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>The size of the input, or zero for none.</summary>
    public long InputBytes { get; init; }

    /// <summary>Where the input lies, when there is one.</summary>
    public int InputSite { get; init; }

    /// <summary>The bound on the one-way latency to the users, or zero for none.</summary>
    public long LatencyMicrosecondsMax { get; init; }

    /// <summary>Where the users are, when there is a bound.</summary>
    public int UserSite { get; init; }

    /// <summary>The labels of law that are allowed, from <see cref="QuickPath.SovereigntyMask"/>; zero allows all.</summary>
    public ulong Sovereignties { get; init; }

    /// <summary>The regions that are allowed, from <see cref="QuickPath.RegionMask"/>; zero allows all.</summary>
    public ulong Regions { get; init; }

    /// <summary>The providers that are allowed, from <see cref="QuickPath.ProviderMask"/>; zero allows all.</summary>
    public ulong Providers { get; init; }

    /// <summary>The moment by which it has to finish, or zero for none.</summary>
    public long Deadline { get; init; }

    /// <summary>The most that it may cost in millionths of the currency's unit, or zero for no bound.</summary>
    public long BudgetMicros { get; init; }
}

/// <summary>Where and when a job runs, and what that costs. Moments are milliseconds since 1970, UTC.</summary>
/// <param name="Pool">The index of the pool.</param>
/// <param name="Holding">What it holds, until it is released; -1 where the job was not placed.</param>
/// <param name="Ready">When its input is at the site.</param>
/// <param name="Finish">When it is expected to end.</param>
/// <param name="PriceMicros">What it is expected to cost, transport included, in millionths of the currency's unit.</param>
/// <param name="CarbonGrams">What it is expected to emit.</param>
/// <param name="Circuit">How its input comes to the site.</param>
public readonly record struct QuickPlacement(
    int Pool, int Holding, long Ready, long Finish, long PriceMicros, double CarbonGrams, QuickCircuit Circuit)
{
    /// <summary>No placement.</summary>
    public static readonly QuickPlacement None = new(-1, -1, 0, 0, 0, 0, default);

    /// <summary>Whether the job was placed.</summary>
    public bool IsPlaced => Holding >= 0;
}

/// <summary>A constant rate along one of the ways between two sites. At rate zero there is none: the input is there.</summary>
/// <param name="From">The site where it begins.</param>
/// <param name="To">The site where it ends.</param>
/// <param name="Way">Which of the ways, see <see cref="QuickPath.LinksOf"/>.</param>
/// <param name="Mbps">The rate in megabits per second.</param>
/// <param name="Start">From when it is held, in milliseconds since 1970.</param>
/// <param name="Finish">Until when it is held, in milliseconds since 1970.</param>
public readonly record struct QuickCircuit(int From, int To, int Way, int Mbps, long Start, long Finish);

/// <summary>Tasks on a node.</summary>
/// <param name="Node">The index of the node among all nodes.</param>
/// <param name="TaskCount">How many tasks.</param>
/// <param name="Accelerators">A bit for each accelerator of which they hold a share.</param>
/// <param name="Milli">The thousandths that they hold of each of those accelerators.</param>
public readonly record struct QuickSeat(int Node, int TaskCount, int Accelerators, int Milli);
