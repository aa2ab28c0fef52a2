using System.Collections.Immutable;

namespace Meridian.Agent.Circuits;

/// <summary>
/// The numbers of the circuits in force, by which the depot marks its connections. One number serves as the packets' mark,
/// their priority, which for the kernel is the class that they belong to, and the table of their routes.
/// </summary>
internal sealed class CircuitTable
{
    /// <summary>What all numbers have in their upper half: the letters M and D.</summary>
    internal const int Prefix = 0x4d44 << 16;

    private const int SlotMin = 0x10;
    private const int SlotMax = 0xfff0;

    private volatile ImmutableSortedDictionary<long, (string Peer, int Number)> _known =
        ImmutableSortedDictionary<long, (string, int)>.Empty;

    /// <summary>The number of the circuit, if it leads to the agent: nobody takes another's circuit by naming it.</summary>
    internal int? NumberOf(long circuit, IEnumerable<string> callers) =>
        _known.TryGetValue(circuit, out var known) && callers.Any(c => c.EndsWith("/agent/" + known.Peer, StringComparison.Ordinal))
            ? known.Number
            : null;

    /// <summary>Gives every circuit a number; one that had a number keeps it.</summary>
    internal ImmutableSortedDictionary<long, (string Peer, int Number)> Take(IEnumerable<(long Circuit, string Peer)> circuits)
    {
        var wanted = circuits.Take(SlotMax - SlotMin).ToList();
        var next = ImmutableSortedDictionary.CreateBuilder<long, (string Peer, int Number)>();
        foreach (var (circuit, peer) in wanted.Where(w => _known.ContainsKey(w.Circuit)))
            next[circuit] = (peer, _known[circuit].Number);
        var taken = next.Values.Select(v => v.Number).ToHashSet();
        var slot = SlotMin;
        foreach (var (circuit, peer) in wanted.Where(w => !next.ContainsKey(w.Circuit)))
        {
            while (!taken.Add(Prefix | slot))
                slot++;
            next[circuit] = (peer, Prefix | slot);
        }

        return _known = next.ToImmutable();
    }
}
