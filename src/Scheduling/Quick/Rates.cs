using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// What a task of one shape costs, takes and emits at a pool, for each second of the tenant's estimate; or the least of each
/// over many pools, which bounds what any of them can offer. Eight numbers, so that the least is taken of all at once.
/// </summary>
internal readonly struct Rates
{
    /// <summary>No pool: infinite in everything.</summary>
    internal static readonly Rates None = Unsafe.BitCast<Vector512<double>, Rates>(Vector512.Create(double.PositiveInfinity));

    internal Rates(double pricePerSecond, double slowness, double carbonPerSecond, double carbonPerSecondMin)
    {
        (PricePerSecond, Slowness, Price) = (pricePerSecond, slowness, pricePerSecond * slowness);
        (Carbon, CarbonMin, CarbonPerSecondMin) = (carbonPerSecond * slowness, carbonPerSecondMin * slowness, carbonPerSecondMin);
    }

    /// <summary>The price of a second of the estimate.</summary>
    internal double Price { get; }

    /// <summary>The price of a second of run time.</summary>
    internal double PricePerSecond { get; }

    /// <summary>The run time of a second of the estimate.</summary>
    internal double Slowness { get; }

    /// <summary>Grams for a second of the estimate that starts now.</summary>
    internal double Carbon { get; }

    /// <summary>Grams for a second of the estimate in the best hour of the day.</summary>
    internal double CarbonMin { get; }

    /// <summary>Grams for a second of run time in the best hour of the day.</summary>
    internal double CarbonPerSecondMin { get; }

    /// <summary>Price, time and carbon, each divided by its mean over the pools of the shape.</summary>
    internal double Balance { get; init; }

    /// <summary>The same in the hour of least carbon.</summary>
    internal double BalanceMin { get; init; }

    internal bool IsNone => double.IsPositiveInfinity(Slowness);

    internal static Rates Least(in Rates left, in Rates right) => Unsafe.BitCast<Vector512<double>, Rates>(Vector512.MinNative(
        Unsafe.BitCast<Rates, Vector512<double>>(left), Unsafe.BitCast<Rates, Vector512<double>>(right)));

    internal static bool Same(in Rates left, in Rates right) =>
        Unsafe.BitCast<Rates, Vector512<double>>(left) == Unsafe.BitCast<Rates, Vector512<double>>(right);
}
