using Meridian.Primitives;

namespace Meridian.Optimisation.Packing;

/// <summary>
/// A packing problem: groups have an amount each, which is spread over the columns of the group; a unit in a column
/// uses one unit of each of its resources; resources have capacities. Arrays are taken, not copied.
/// </summary>
public sealed class PackingProblem
{
    /// <summary>Puts the parts together.</summary>
    /// <param name="capacities">The capacity of each resource; positive.</param>
    /// <param name="amounts">The amount of each group; not negative.</param>
    /// <param name="columnOffsets">Where the columns of each group begin, and at the end their number.</param>
    /// <param name="resourceOffsets">Where the resources of each column begin, and at the end their number.</param>
    /// <param name="resources">The resources of the columns, one column after the other.</param>
    public PackingProblem(
        double[] capacities, double[] amounts, int[] columnOffsets, int[] resourceOffsets, int[] resources)
    {
        Invariant.Holds(columnOffsets.Length == amounts.Length + 1, "every group has its columns");
        Invariant.Holds(resourceOffsets.Length == columnOffsets[^1] + 1, "every column has its resources");
        Invariant.Holds(resourceOffsets[^1] == resources.Length, "the resources of the last column end the list");
        Invariant.Holds(Array.TrueForAll(capacities, capacity => capacity > 0), "capacities are positive");
        (Capacities, Amounts, ColumnOffsets, ResourceOffsets, Resources) =
            (capacities, amounts, columnOffsets, resourceOffsets, resources);
    }

    /// <summary>The number of groups.</summary>
    public int GroupCount => Amounts.Length;

    /// <summary>The number of columns.</summary>
    public int ColumnCount => ResourceOffsets.Length - 1;

    /// <summary>The number of resources.</summary>
    public int ResourceCount => Capacities.Length;

    /// <summary>The capacity of each resource; not to be changed.</summary>
    public double[] Capacities { get; }

    /// <summary>The amount of each group; not to be changed.</summary>
    public double[] Amounts { get; }

    /// <summary>Where the columns of each group begin, and their number; not to be changed.</summary>
    public int[] ColumnOffsets { get; }

    internal int[] ResourceOffsets { get; }

    internal int[] Resources { get; }

    /// <summary>The resources that a column uses.</summary>
    public ReadOnlySpan<int> ResourcesOf(int column) =>
        Resources.AsSpan(ResourceOffsets[column], ResourceOffsets[column + 1] - ResourceOffsets[column]);

    /// <summary>How much of each resource the amounts in the columns use.</summary>
    public double[] LoadsOf(double[] columnAmounts)
    {
        var loads = new double[ResourceCount];
        for (var column = 0; column < columnAmounts.Length; column++)
        {
            if (columnAmounts[column] == 0)
                continue;
            foreach (var resource in ResourcesOf(column))
                loads[resource] += columnAmounts[column];
        }

        return loads;
    }
}
