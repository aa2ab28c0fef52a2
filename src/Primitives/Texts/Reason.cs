using System.Collections.Immutable;
using System.Globalization;
using MemoryPack;

namespace Meridian.Primitives;

/// <summary>
/// Why something is as it is: a stable code and what its text is filled with, the same in every language. Pure code gives
/// reasons; a <see cref="Phrasebook"/> turns them into texts where the reader's language is known.
/// </summary>
/// <param name="Code">A stable word such as <c>no-capacity</c>. A code never changes its meaning.</param>
/// <param name="Particulars">The values of the text's numbered places.</param>
[MemoryPackable]
public partial record Reason(string Code, ImmutableArray<string> Particulars)
{
    /// <summary>A reason about these values, written as they are in every culture.</summary>
    public static Reason Of(string code, params ReadOnlySpan<object> particulars) => new(code, Written(particulars));

    /// <summary>The values as particulars.</summary>
    public static ImmutableArray<string> Written(ReadOnlySpan<object> particulars)
    {
        var written = ImmutableArray.CreateBuilder<string>(particulars.Length);
        foreach (var particular in particulars)
            written.Add(Convert.ToString(particular, CultureInfo.InvariantCulture) ?? "");
        return written.MoveToImmutable();
    }

    /// <inheritdoc/>
    public virtual bool Equals(Reason? other) =>
        other is not null && string.Equals(Code, other.Code, StringComparison.Ordinal)
        && Particulars.AsSpan().SequenceEqual(other.Particulars.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Code) ^ Particulars.Length;

    /// <summary>The code and its particulars, for logs.</summary>
    public sealed override string ToString() =>
        Particulars.IsDefaultOrEmpty ? Code : $"{Code}: {string.Join(", ", Particulars)}";
}
