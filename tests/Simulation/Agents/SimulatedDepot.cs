namespace Meridian.Simulation.Agents;

/// <summary>What a depot has on its disk; it outlives the agent's process and the machine's restarts.</summary>
internal sealed class SimulatedDepot
{
    /// <summary>The roots of what is there whole.</summary>
    internal SortedSet<string> Content { get; } = new(StringComparer.Ordinal);

    /// <summary>The exchanges that are half done.</summary>
    internal SortedSet<long> Left { get; } = [];
}
