using System.Globalization;
using MemoryPack;

namespace Meridian.Primitives;

/// <summary>An amount of money. Amounts of different currencies never mix: arithmetic on them breaks an invariant.</summary>
/// <param name="Amount">The amount, in whole units of the currency; up to 28 digits, no rounding in sums.</param>
/// <param name="Currency">The ISO 4217 code, such as <c>CNY</c>.</param>
[MemoryPackable]
public readonly partial record struct Money(decimal Amount, string Currency) : IComparable<Money>
{
    /// <summary>The currency of a domain that was not told another one.</summary>
    public const string DefaultCurrency = "CNY";

    /// <summary>Nothing, in the currency.</summary>
    public static Money Zero(string currency = DefaultCurrency) => new(0, currency);

    /// <summary>An amount of the default currency.</summary>
    public static Money Cny(decimal amount) => new(amount, DefaultCurrency);

    /// <summary>Sum, in one currency.</summary>
    public static Money operator +(Money left, Money right) => left with { Amount = left.Amount + right.In(left) };

    /// <summary>Difference, in one currency.</summary>
    public static Money operator -(Money left, Money right) => left with { Amount = left.Amount - right.In(left) };

    /// <summary>Negation.</summary>
    public static Money operator -(Money money) => money with { Amount = -money.Amount };

    /// <summary>Multiple.</summary>
    public static Money operator *(Money money, decimal factor) => money with { Amount = money.Amount * factor };

    /// <summary>Whether left is less.</summary>
    public static bool operator <(Money left, Money right) => left.Amount < right.In(left);

    /// <summary>Whether left is more.</summary>
    public static bool operator >(Money left, Money right) => left.Amount > right.In(left);

    /// <summary>Whether left is not more.</summary>
    public static bool operator <=(Money left, Money right) => left.Amount <= right.In(left);

    /// <summary>Whether left is not less.</summary>
    public static bool operator >=(Money left, Money right) => left.Amount >= right.In(left);

    /// <summary>The amount rounded up to a millionth, the smallest amount that a ledger takes.</summary>
    public Money RoundedUp() => this with { Amount = Math.Ceiling(Amount * 1_000_000m) / 1_000_000m };

    /// <inheritdoc/>
    public int CompareTo(Money other) => Amount.CompareTo(other.In(this));

    /// <summary>Reads <c>12.50 CNY</c>, <c>12.50CNY</c> or <c>12.50</c> (in the default currency).</summary>
    public static bool TryParse(string? text, out Money money)
    {
        money = Zero();
        if (!UnitText.TrySplit(text, out var number, out var unit) || number > 1e15m)
            return false;
        if (unit.Length != 0 && (unit.Length != 3 || !unit.All(char.IsAsciiLetterUpper)))
            return false;

        money = new(number, unit.Length == 0 ? DefaultCurrency : unit);
        return true;
    }

    /// <summary>The amount with two to six decimals and the currency.</summary>
    public override string ToString() => Amount.ToString("0.00####", CultureInfo.InvariantCulture) + " " + Currency;

    private decimal In(Money other)
    {
        Invariant.Holds(
            string.Equals(Currency, other.Currency, StringComparison.Ordinal), "amounts of one currency are compared");
        return Amount;
    }
}
