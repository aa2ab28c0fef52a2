namespace Meridian.Optimisation.Packing;

/// <summary>
/// The columns of some groups as a forest of their resources: columns that begin with the same resources share the
/// nodes for them, so that a price is added and a load is summed once for all of them. Paths from one point to many
/// others share most of their links.
/// </summary>
internal sealed class ColumnTree
{
    private const int EntryCountPerRoot = 1 << 15;
    private const int SlotCount = 1 << 17;

    private readonly List<int> _parents = [];
    private readonly List<int> _resources = [];

    /// <param name="problem">The problem.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="endColumn">The column after the last.</param>
    internal ColumnTree(PackingProblem problem, int firstColumn, int endColumn)
    {
        Leaves = new int[endColumn - firstColumn];
        var slots = new (long Key, int Node)[SlotCount];
        var (root, entries, used) = (-1, EntryCountPerRoot, 0);
        for (var column = firstColumn; column < endColumn; column++)
        {
            var resources = problem.ResourcesOf(column);
            if (entries + resources.Length > EntryCountPerRoot)
            {
                // A new root makes all older keys useless; the table stays small enough for the processor's cache.
                if (used + Math.Max(EntryCountPerRoot, resources.Length) > SlotCount / 2)
                    (slots, used) = (new (long, int)[Math.Max(SlotCount, 4 * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)resources.Length))], 0);
                (root, entries) = (Add(_parents.Count, problem.ResourceCount), 0);
            }

            var (node, before) = (root, _parents.Count);
            foreach (var resource in resources)
                node = Child(slots, node, resource, problem.ResourceCount);
            entries += resources.Length;
            used += _parents.Count - before;
            Leaves[column - firstColumn] = node;
        }

        (Parents, Resources) = ([.. _parents], [.. _resources]);
    }

    /// <summary>The parent of each node, which comes before it; a root is its own parent.</summary>
    internal int[] Parents { get; }

    /// <summary>The resource of each node; for a root the number of resources, which stands for none.</summary>
    internal int[] Resources { get; }

    /// <summary>The node at which each column ends.</summary>
    internal int[] Leaves { get; }

    private int Child((long Key, int Node)[] slots, int parent, int resource, int resourceCount)
    {
        var key = ((long)parent * resourceCount) + resource + 1; // Zero marks an empty slot.
        var at = (int)((ulong)(key * unchecked((long)0x9E3779B97F4A7C15)) >> 40) & (slots.Length - 1);
        for (; slots[at].Key != 0; at = (at + 1) & (slots.Length - 1))
        {
            if (slots[at].Key == key)
                return slots[at].Node;
        }

        slots[at] = (key, Add(parent, resource));
        return slots[at].Node;
    }

    private int Add(int parent, int resource)
    {
        _parents.Add(parent);
        _resources.Add(resource);
        return _parents.Count - 1;
    }
}
