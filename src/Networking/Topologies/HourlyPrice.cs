using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Networking.Topologies;

/// <summary>A price per gigabyte (10^9 bytes) for each hour of the UTC day.</summary>
[MemoryPackable]
public sealed partial class HourlyPrice : IEquatable<HourlyPrice>
{
    /// <summary>The number of hours that have a price.</summary>
    public const int HourCount = 24;

    /// <summary>Nothing at any hour, in the default currency.</summary>
    public static readonly HourlyPrice Free = Flat(Money.Zero());

    /// <summary>The price of each hour.</summary>
    /// <param name="currency">The ISO 4217 code of the currency.</param>
    /// <param name="amounts">Twenty-four amounts, none negative, from midnight UTC on.</param>
    public HourlyPrice(string currency, ImmutableArray<decimal> amounts)
    {
        Invariant.Holds(amounts.Length == HourCount, "a price by hour has 24 amounts");
        Invariant.Holds(amounts.All(amount => amount >= 0), "a price of transport is not negative");
        (Currency, Amounts) = (currency, amounts);
    }

    /// <summary>The ISO 4217 code of the currency.</summary>
    public string Currency { get; }

    /// <summary>The amount for each hour, from midnight UTC on.</summary>
    public ImmutableArray<decimal> Amounts { get; }

    /// <summary>The same price at every hour.</summary>
    public static HourlyPrice Flat(Money price) =>
        new(price.Currency, [.. Enumerable.Repeat(price.Amount, HourCount)]);

    /// <summary>The price at the moment.</summary>
    public Money At(DateTimeOffset moment) => new(Amounts[moment.UtcDateTime.Hour], Currency);

    /// <inheritdoc/>
    public bool Equals(HourlyPrice? other) =>
        other is not null && Currency == other.Currency && Amounts.AsSpan().SequenceEqual(other.Amounts.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HourlyPrice);

    /// <inheritdoc/>
    public override int GetHashCode() => Amounts[0].GetHashCode();
}
