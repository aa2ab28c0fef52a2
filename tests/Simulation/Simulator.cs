using System.Collections.Immutable;

namespace Meridian.Simulation;

/// <summary>Grows worlds and watches them.</summary>
public static class Simulator
{
    /// <summary>Runs a world for each seed from the first on.</summary>
    public static SimulationReport Run(ulong first, int seeds, WorldOptions options)
    {
        var (steps, faults, hash) = (0L, 0L, 0UL);
        var happened = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var violations = ImmutableArray.CreateBuilder<Violation>();
        for (var i = 0; i < seeds; i++)
        {
            var world = World.Grow(first + (ulong)i, options);
            world.Run();
            steps += world.Steps;
            faults += world.Faults;
            hash = Trace.Mix(hash, world.TraceHash);
            violations.AddRange(world.Violations);
            foreach (var (what, count) in world.Happened)
                happened[what] = happened.GetValueOrDefault(what) + count;
        }

        return new(steps, faults, violations.ToImmutable(), hash) { Happened = happened.ToImmutableSortedDictionary(StringComparer.Ordinal) };
    }

    /// <summary>The first seed of so many in which a rule is broken, or nothing.</summary>
    public static Violation? FindFirst(ulong first, int seeds, WorldOptions options)
    {
        for (var i = 0; i < seeds; i++)
        {
            if (Run(first + (ulong)i, seeds: 1, options).Violations is [var found, ..])
                return found;
        }

        return null;
    }
}

/// <summary>A hash of what happened.</summary>
internal static class Trace
{
    internal static ulong Mix(ulong hash, ulong value)
    {
        var z = (hash ^ value) * 0xBF58476D1CE4E5B9;
        return (z ^ (z >> 31)) * 0x94D049BB133111EB;
    }

    internal static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        var sum = 14695981039346656037UL;
        foreach (var one in bytes)
            sum = (sum ^ one) * 1099511628211UL;
        return Mix(hash, sum);
    }
}
