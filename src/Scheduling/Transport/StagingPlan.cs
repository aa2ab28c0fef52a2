using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A part that a task reads, and the dataset that it belongs to.</summary>
internal sealed record NeededPart(DatasetPart Part, DatasetId Label);

/// <summary>How the parts come to a node.</summary>
/// <param name="Transfers">What has to be ordered.</param>
/// <param name="Ready">When everything is there.</param>
/// <param name="Price">What the ordered transfers cost.</param>
/// <param name="Missing">The first part that cannot be brought, or nothing.</param>
/// <param name="IsDeferred">Whether a sister node receives the data now, so that it comes from there afterwards.</param>
internal sealed record StagingPlan(
    ImmutableArray<PlannedTransfer> Transfers, DateTimeOffset Ready, Money Price, NeededPart? Missing, bool IsDeferred)
{
    /// <summary>Whether nothing can come from afar before the tenant has bandwidth again.</summary>
    internal BandwidthWait? Held { get; init; }

    internal static StagingPlan Nothing(DateTimeOffset now) => new([], now, Money.Zero(), Missing: null, IsDeferred: false);
}

/// <summary>How near the parts are to a node, for choosing among nodes.</summary>
/// <param name="FarBytes">What has to come over links.</param>
/// <param name="NearBytes">What has to come from sister nodes.</param>
internal readonly record struct DataDistance(long FarBytes, long NearBytes) : IComparable<DataDistance>
{
    public int CompareTo(DataDistance other) => FarBytes != other.FarBytes
        ? FarBytes.CompareTo(other.FarBytes)
        : NearBytes.CompareTo(other.NearBytes);
}
