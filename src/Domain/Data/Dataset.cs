using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>One Merkle tree of a dataset version; the tasks of an array leave one each.</summary>
/// <param name="Root">The content.</param>
/// <param name="Size">The amount of data.</param>
/// <param name="FileCount">The number of files.</param>
[MemoryPackable]
public sealed partial record DatasetPart(ContentRoot Root, DataSize Size, int FileCount);

/// <summary>A version of a dataset: its parts side by side.</summary>
/// <param name="Number">The version, from 1.</param>
/// <param name="Parts">The content.</param>
/// <param name="Sovereignty">The law that its content stays under, or empty for none.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="Job">The job that made it, or 0 for an upload.</param>
/// <param name="DeliverTo">The site that it is to be brought to, or an empty name.</param>
[MemoryPackable]
public sealed partial record DatasetVersion(
    int Number, ImmutableArray<DatasetPart> Parts, string Sovereignty, [property: CanonicalTime] DateTimeOffset CreatedAt, long Job, SiteId DeliverTo)
{
    /// <summary>The amount of data in all parts.</summary>
    [MemoryPackIgnore]
    public DataSize Size => new(Parts.Sum(p => p.Size.Bytes));
}

/// <summary>A named dataset and its versions, the newest last.</summary>
[MemoryPackable]
public sealed partial record Dataset(DatasetId Id, ImmutableArray<DatasetVersion> Versions)
{
    /// <summary>The newest version.</summary>
    [MemoryPackIgnore]
    public DatasetVersion Latest => Versions[^1];
}
