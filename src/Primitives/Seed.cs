namespace Meridian.Primitives;

/// <summary>
/// A seeded generator of pseudo-random numbers (SplitMix64: Steele, Lea and Flood, OOPSLA 2014), the same in every
/// process. Copying the value copies its position.
/// </summary>
/// <param name="seed">The starting point.</param>
public struct Seed(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from zero up to, not including, the bound; the bound is at least one.</summary>
    public long Next(long bound) => (long)(NextBits() % (ulong)bound);

    /// <summary>A number from zero up to, not including, the bound; the bound is at least one.</summary>
    public int Next(int bound) => (int)Next((long)bound);

    /// <summary>A number in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the probability.</summary>
    public bool Chance(double probability) => NextUnit() < probability;

    /// <summary>A generator of its own, independent of what this one draws later.</summary>
    public Seed Fork() => new(NextBits());
}
