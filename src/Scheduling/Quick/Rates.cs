using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Meridian.Scheduling.Quick;

/// <summary>What a task of one shape costs and takes at a pool.</summary>
/// <param name="PricePerSecond">The price of a second of run time.</param>
/// <param name="Slowness">The run time of a second of the tenant's estimate.</param>
internal readonly record struct Terms(double PricePerSecond, double Slowness)
{
    /// <summary>The price of a second of the estimate.</summary>
    internal double Price { get; init; } = PricePerSecond * Slowness;
}

/// <summary>
/// The least of what tasks of one shape cost, take and emit at some pools, which bounds what any of them can offer. Eight numbers,
/// rounded down, so that they lie in half a cache line and the least is taken of all at once.
/// </summary>
internal readonly struct Rates
{
    /// <summary>No pool: infinite in everything.</summary>
    internal static readonly Rates None = Unsafe.BitCast<Vector256<float>, Rates>(Vector256.Create(float.PositiveInfinity));

    /// <summary>The price of a second of the estimate.</summary>
    internal float Price { get; init; }

    /// <summary>The price of a second of run time.</summary>
    internal float PricePerSecond { get; init; }

    /// <summary>The run time of a second of the estimate.</summary>
    internal float Slowness { get; init; }

    /// <summary>Grams for a second of the estimate that starts now.</summary>
    internal float Carbon { get; init; }

    /// <summary>Grams for a second of the estimate in the best hour to come.</summary>
    internal float CarbonMin { get; init; }

    /// <summary>Price, time and carbon, each divided by its mean over the pools of the shape.</summary>
    internal float Balance { get; init; }

    /// <summary>The same in the hour of least carbon.</summary>
    internal float BalanceMin { get; init; }

    /// <summary>Price and carbon alone, as a service runs equally long anywhere.</summary>
    internal float ServiceBalance { get; init; }

    internal Terms Terms => new(PricePerSecond, Slowness) { Price = Price };

    internal bool IsNone => float.IsPositiveInfinity(Slowness);

    internal static Rates Least(in Rates left, in Rates right) => Unsafe.BitCast<Vector256<float>, Rates>(Vector256.MinNative(
        Unsafe.BitCast<Rates, Vector256<float>>(left), Unsafe.BitCast<Rates, Vector256<float>>(right)));

    internal static bool Same(in Rates left, in Rates right) =>
        Unsafe.BitCast<Rates, Vector256<float>>(left) == Unsafe.BitCast<Rates, Vector256<float>>(right);

    /// <summary>The nearest number of this precision that is not above.</summary>
    internal static float Down(double exact) => (float)exact is var near && near > exact ? MathF.BitDecrement(near) : near;
}
