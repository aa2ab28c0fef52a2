using System.Collections.Immutable;
using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Fleets;

/// <summary>What a task asks of a node, in numbers.</summary>
/// <param name="Amount">Cores, memory and disk.</param>
/// <param name="Count">How many accelerators; zero for none.</param>
/// <param name="Milli">The thousandths of each.</param>
/// <param name="Kinds">For each kind of accelerator in the fleet, whether it will do.</param>
internal sealed record Ask(Capacity Amount, int Count, int Milli, ImmutableArray<bool> Kinds)
{
    /// <summary>The accelerators that it takes, as a number.</summary>
    internal double Accelerators => Count * Milli / (double)NodeView.AcceleratorWhole;

    /// <summary>Whether an accelerator of the kind, with so many thousandths free, can give the task its share.</summary>
    internal bool Suits(int kind, int freeMilli) => freeMilli >= Milli && Kinds[kind];
}

/// <summary>What is free of a node.</summary>
/// <param name="free">Cores, memory and disk.</param>
/// <param name="milli">The free thousandths of each accelerator.</param>
/// <param name="kinds">The kind of each accelerator.</param>
internal readonly ref struct Room(Capacity free, ReadOnlySpan<int> milli, ReadOnlySpan<int> kinds)
{
    internal Capacity Free { get; } = free;

    internal ReadOnlySpan<int> Milli { get; } = milli;

    internal ReadOnlySpan<int> Kinds { get; } = kinds;

    /// <summary>Whether the task fits.</summary>
    internal bool Holds(Ask ask)
    {
        if (!ask.Amount.FitsIn(Free))
            return false;
        var count = 0;
        for (var i = 0; i < Milli.Length && count < ask.Count; i++)
            count += ask.Suits(Kinds[i], Milli[i]) ? 1 : 0;
        return count >= ask.Count;
    }
}
