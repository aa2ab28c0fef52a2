namespace Meridian.Benches.Networks;

/// <summary>
/// The generator of the published traffic matrices: MT19937 (Matsumoto and Nishimura 1998) with the doubles and the
/// polar normals of numpy's legacy interface.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;
    private double? _spare;

    internal MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Length; i++)
            _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    internal double NextDouble()
    {
        var (high, low) = (NextBits() >> 5, NextBits() >> 6);
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    /// <summary>A normally distributed number.</summary>
    internal double NextNormal(double mean, double deviation) => mean + (deviation * NextGauss());

    private double NextGauss()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }

        double x, y, square;
        do
        {
            x = (2 * NextDouble()) - 1;
            y = (2 * NextDouble()) - 1;
            square = (x * x) + (y * y);
        }
        while (square >= 1 || square == 0);

        var factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _spare = factor * x;
        return factor * y;
    }

    private uint NextBits()
    {
        if (_next == Length)
            Renew();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private void Renew()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0dfu);
        }

        _next = 0;
    }
}
