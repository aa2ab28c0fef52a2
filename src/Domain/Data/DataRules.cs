using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>A dataset has a new version.</summary>
[MemoryPackable]
public sealed partial record DatasetRegistered(DatasetId Dataset, DatasetVersion Version) : DomainEvent;

/// <summary>A dataset's name is gone.</summary>
[MemoryPackable]
public sealed partial record DatasetRemoved(DatasetId Dataset) : DomainEvent;

/// <summary>A depot holds the content, whole and verified.</summary>
[MemoryPackable]
public sealed partial record ReplicaAdded(ContentRoot Root, NodeId Node) : DomainEvent;

/// <summary>No dataset names the content any more; depots may drop it.</summary>
[MemoryPackable]
public sealed partial record ReplicasForgotten(ContentRoot Root, ImmutableArray<NodeId> Holders) : DomainEvent;

/// <summary>Says that a depot holds an uploaded dataset, whole.</summary>
[MemoryPackable]
public sealed partial record RegisterDataset(
    DatasetId Dataset, DatasetPart Part, string Sovereignty, NodeId Node) : DomainCommand;

/// <summary>Takes a dataset's name away.</summary>
[MemoryPackable]
public sealed partial record RemoveDataset(DatasetId Dataset) : DomainCommand;

/// <summary>What may be done to datasets.</summary>
public static class DataRules
{
    /// <summary>Decides on a dataset command.</summary>
    public static Decision Decide(DataState state, DomainCommand command, DateTimeOffset now) => command switch
    {
        RegisterDataset c => Register(state, c, now),
        RemoveDataset c => Remove(state, c),
        _ => throw new InvariantBrokenException("data rules are asked about data commands"),
    };

    /// <summary>The number that the dataset's next version has.</summary>
    public static int NextVersion(DataState state, DatasetId dataset) =>
        state.Datasets.TryGetValue(dataset, out var known) ? known.Latest.Number + 1 : 1;

    private static Decision Register(DataState state, RegisterDataset c, DateTimeOffset now)
    {
        if (!Names.IsValid(c.Dataset.Name))
            return Decision.Refuse("bad-name", c.Dataset.Name);
        if (state.Datasets.TryGetValue(c.Dataset, out var known) && known.Latest.Parts is [var only] && only.Root == c.Part.Root)
            return Decision.Of([new ReplicaAdded(c.Part.Root, c.Node)], known.Latest.Number);

        var number = NextVersion(state, c.Dataset);
        var version = new DatasetVersion(number, [c.Part], c.Sovereignty, now, Job: 0, DeliverTo: new(""));
        return Decision.Of([new DatasetRegistered(c.Dataset, version), new ReplicaAdded(c.Part.Root, c.Node)], number);
    }

    private static Decision Remove(DataState state, RemoveDataset c)
    {
        if (!state.Datasets.TryGetValue(c.Dataset, out var dataset))
            return Decision.Refuse("no-such-dataset", c.Dataset);
        var roots = RootsOf(dataset);
        if (state.OpenHops.Any(open => roots.Contains(open.Hop.Root)))
            return Decision.Refuse("dataset-moving", c.Dataset);

        var kept = state.Datasets.Values.Where(d => d.Id != c.Dataset).SelectMany(RootsOf).ToImmutableSortedSet();
        return Decision.Of([
            new DatasetRemoved(c.Dataset),
            .. roots.Except(kept).Select(root => new ReplicasForgotten(root, [.. state.HoldersOf(root)])),
        ]);
    }

    private static ImmutableSortedSet<ContentRoot> RootsOf(Dataset dataset) =>
        [.. dataset.Versions.SelectMany(v => v.Parts).Select(p => p.Root)];
}
