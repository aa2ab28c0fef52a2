using MemoryPack;
using Meridian.JobFiles;

namespace Meridian.Domain.Sites;

/// <summary>Which accelerators may be taken instead of which, and for what. Model names are the same in either case.</summary>
/// <param name="Workload">The class of work, as job files name it, such as <c>llm-training</c>.</param>
/// <param name="Model">The model that is asked for.</param>
/// <param name="Instead">The model that may be taken instead.</param>
[MemoryPackable]
public readonly partial record struct EquivalenceName(string Workload, string Model, string Instead) : IComparable<EquivalenceName>
{
    /// <inheritdoc/>
    public int CompareTo(EquivalenceName other)
    {
        var order = string.CompareOrdinal(Workload, other.Workload);
        if (order == 0)
            order = string.Compare(Model, other.Model, StringComparison.OrdinalIgnoreCase);
        return order != 0 ? order : string.Compare(Instead, other.Instead, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>
/// What an accelerator is worth in place of another, as the operator measured it. There is none that the operator did not
/// declare, and it holds only for jobs that name the workload.
/// </summary>
/// <param name="Name">Which instead of which, and for what.</param>
/// <param name="Factor">How many of the model asked for one of the other counts as; 0.5 means that two of it replace one.</param>
[MemoryPackable]
public sealed partial record Equivalence(EquivalenceName Name, decimal Factor)
{
    /// <summary>The smallest and the largest factor.</summary>
    public const decimal FactorMin = 0.001m, FactorMax = 1_000m;

    /// <summary>The most accelerators of a node that a task may need.</summary>
    private const int CountMax = 4096;

    private const int Whole = 1000;

    /// <summary>
    /// What is asked of the other model: at least as much as was asked for. Of a share that one cannot give, whole ones are
    /// taken. Nothing where that would be too many.
    /// </summary>
    public AcceleratorDemand? Instead(AcceleratorDemand wanted)
    {
        var milli = decimal.Ceiling(wanted.FractionMilli / Factor);
        var count = wanted.FractionMilli == Whole
            ? decimal.Ceiling(wanted.Count / Factor)
            : wanted.Count * decimal.Ceiling(milli / Whole);
        return count > CountMax ? null : wanted with
        {
            Model = Name.Instead,
            OtherModels = [],
            Class = "",
            Workload = "",
            Count = (int)count,
            FractionMilli = wanted.FractionMilli == Whole || milli > Whole ? Whole : (int)milli,
        };
    }

    /// <summary>
    /// What is asked of accelerators of the model: the demand itself where they suit it or nothing makes them equal to what it
    /// names.
    /// </summary>
    public static AcceleratorDemand DemandOf(SitesState sites, AcceleratorDemand wanted, Accelerator accelerator) =>
        !accelerator.Suits(wanted) && wanted.Workload.Length > 0 && wanted.Model.Length > 0
        && sites.Equivalences.TryGetValue(new(wanted.Workload, wanted.Model, accelerator.Model), out var equal)
            ? equal.Instead(wanted) ?? wanted
            : wanted;

    /// <summary>
    /// The equivalence by which a job may run on nodes that have no accelerator of the model that it names: the one of which
    /// the fewest are needed; nothing where the nodes have what it names, or where none is declared.
    /// </summary>
    public static Equivalence? For(SitesState sites, AcceleratorDemand? wanted, IEnumerable<Node> nodes)
    {
        if (wanted is not { Workload.Length: > 0, Model.Length: > 0 })
            return null;
        var models = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in nodes.SelectMany(node => node.Accelerators))
        {
            if (one.Suits(wanted))
                return null;
            models.Add(one.Model);
        }

        Equivalence? best = null;
        foreach (var model in models)
        {
            if (sites.Equivalences.TryGetValue(new(wanted.Workload, wanted.Model, model), out var equal)
                && equal.Instead(wanted) is not null && (best is null || equal.Factor > best.Factor))
                best = equal;
        }

        return best;
    }
}

/// <summary>So many accelerators in place of others.</summary>
/// <param name="Count">How many a task gets.</param>
/// <param name="By">Which, in place of which, and why so many.</param>
[MemoryPackable]
public sealed partial record AcceleratorsInstead(int Count, Equivalence By);

/// <summary>Declares that accelerators are equal for a workload, or changes by how much. Refused: <c>bad-equivalence</c>.</summary>
[MemoryPackable]
public sealed partial record DeclareEquivalence(Equivalence Equivalence) : DomainCommand;

/// <summary>Takes an equivalence away; what runs goes on. Refused: <c>no-such-equivalence</c>.</summary>
[MemoryPackable]
public sealed partial record RemoveEquivalence(EquivalenceName Name) : DomainCommand;

/// <summary>Accelerators were declared equal for a workload.</summary>
[MemoryPackable]
public sealed partial record EquivalenceDeclared(Equivalence Equivalence) : DomainEvent;

/// <summary>An equivalence was taken away.</summary>
[MemoryPackable]
public sealed partial record EquivalenceRemoved(EquivalenceName Name) : DomainEvent;
