namespace Meridian.Scheduling.Quick;

/// <summary>The least score that something can have, and of equal scores the least price; infinite where nothing is allowed.</summary>
internal readonly record struct Bound(double Score, double Price)
{
    internal static readonly Bound Never = new(double.PositiveInfinity, double.PositiveInfinity);

    internal bool IsBelow(in Bound other) => Score < other.Score || (Score == other.Score && Price < other.Price);
}

/// <summary>The nodes that a search has still to look into; the one of the least bound comes first. A binary heap.</summary>
internal sealed class Frontier
{
    private (Bound Bound, int Node)[] _heap = new (Bound, int)[256];
    private int _count;

    internal void Clear() => _count = 0;

    /// <summary>Whether something would come before what has the bound.</summary>
    internal bool Precedes(in Bound bound) => _count > 0 && _heap[0].Bound.IsBelow(bound);

    internal void Add(int node, in Bound bound)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        var at = _count++;
        for (int above; at > 0 && bound.IsBelow(_heap[above = (at - 1) / 2].Bound); at = above)
            _heap[at] = _heap[above];
        _heap[at] = (bound, node);
    }

    /// <summary>Takes out the node of the least bound, if there is any.</summary>
    internal bool TryTake(out int node, out Bound bound)
    {
        ((bound, node), var isAny) = (_heap[0], _count > 0);
        if (!isAny)
            return false;
        var last = _heap[--_count];
        var at = 0;
        for (int below; (below = (2 * at) + 1) < _count; at = below)
        {
            if (below + 1 < _count && _heap[below + 1].Bound.IsBelow(_heap[below].Bound))
                below++;
            if (!_heap[below].Bound.IsBelow(last.Bound))
                break;
            _heap[at] = _heap[below];
        }

        _heap[at] = last;
        return true;
    }
}
