namespace Meridian.Scheduling.Quick;

/// <summary>For which shapes each pool is known to be full: a bit for each.</summary>
internal sealed class Closures(int poolCount)
{
    private ulong[] _bits = [];

    /// <summary>How many words of 64 shapes a pool has.</summary>
    internal int WordCount { get; private set; }

    internal ulong Word(int pool, int word) => _bits[(pool * WordCount) + word];

    internal void Add(int pool, int shape) => _bits[(pool * WordCount) + (shape >> 6)] |= 1UL << shape;

    internal void Remove(int pool, int shape) => _bits[(pool * WordCount) + (shape >> 6)] &= ~(1UL << shape);

    /// <summary>Makes room for so many shapes.</summary>
    internal void Widen(int shapeCount)
    {
        if (shapeCount <= WordCount * 64)
            return;
        var wider = new ulong[poolCount * (WordCount + 1)];
        for (var pool = 0; pool < poolCount; pool++)
            _bits.AsSpan(pool * WordCount, WordCount).CopyTo(wider.AsSpan(pool * (WordCount + 1)));
        (_bits, WordCount) = (wider, WordCount + 1);
    }
}
