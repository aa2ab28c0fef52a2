using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>What placements hold, seat by seat; places that are given back are used again.</summary>
internal sealed class Holdings
{
    private const int Free = -2;

    private Entry[] _entries = new Entry[1024];
    private int _count;
    private int _firstFree = -1;

    /// <summary>Keeps a seat, with the seat of the same placement that follows it or -1; says where.</summary>
    internal int Add(int pool, int shape, QuickSeat seat, int next)
    {
        var at = _firstFree;
        if (at >= 0)
        {
            _firstFree = _entries[at].Next;
        }
        else
        {
            if (_count == _entries.Length)
                Array.Resize(ref _entries, _count * 2);
            at = _count++;
        }

        _entries[at] = new(pool, shape, seat, next);
        return at;
    }

    internal (int Pool, int Shape) Owner(int at)
    {
        Invariant.Holds(_entries[at].Pool != Free, "a placement is released once");
        return (_entries[at].Pool, _entries[at].Shape);
    }

    internal ref readonly QuickSeat Seat(int at) => ref _entries[at].Seat;

    internal int Next(int at) => _entries[at].Next;

    /// <summary>Forgets the seat and those that follow it.</summary>
    internal void Remove(int at)
    {
        while (at >= 0)
        {
            var next = _entries[at].Next;
            _entries[at] = new(Free, -1, default, _firstFree);
            (_firstFree, at) = (at, next);
        }
    }

    private readonly struct Entry(int pool, int shape, QuickSeat seat, int next)
    {
        internal readonly int Pool = pool;
        internal readonly int Shape = shape;
        internal readonly QuickSeat Seat = seat;
        internal readonly int Next = next;
    }
}
