using System.Numerics;

namespace Meridian.Datasets;

/// <summary>
/// Finds a dataset's chunks by their names: a table of open slots over their numbers. The library's dictionaries of types of ours
/// are compiled only when a program runs, and in their slow form for its first seconds, in which most transfers are over.
/// </summary>
internal sealed class ChunkIndex
{
    private readonly int[] _slots; // The number of a chunk plus one; zero for none.
    private readonly (ChunkHash Hash, ChunkPlace Place)[] _chunks;

    /// <summary>An index with room.</summary>
    /// <param name="countMax">The most chunks that it will hold.</param>
    public ChunkIndex(int countMax)
    {
        _chunks = new (ChunkHash, ChunkPlace)[countMax];
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2L * countMax))];
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a chunk unless it is here; the next number is its own.</summary>
    /// <returns>The place that it has now.</returns>
    public ChunkPlace Add(Chunk chunk, int entryIndex, long offset)
    {
        ref var slot = ref SlotOf(chunk.Hash);
        if (slot == 0)
        {
            _chunks[Count] = (chunk.Hash, new(Count, chunk.SizeBytes, entryIndex, offset));
            slot = ++Count;
        }

        return _chunks[slot - 1].Place;
    }

    /// <summary>Whether the chunk is here, and if so where.</summary>
    public bool TryGet(ChunkHash hash, out ChunkPlace place)
    {
        var slot = SlotOf(hash);
        place = slot == 0 ? default : _chunks[slot - 1].Place;
        return slot != 0;
    }

    /// <summary>The chunk with a number.</summary>
    public Chunk this[int index] => new(_chunks[index].Hash, _chunks[index].Place.SizeBytes);

    private ref int SlotOf(ChunkHash hash)
    {
        var mask = _slots.Length - 1;
        var at = hash.GetHashCode() & mask;
        while (_slots[at] != 0 && _chunks[_slots[at] - 1].Hash != hash)
            at = (at + 1) & mask;
        return ref _slots[at];
    }
}
