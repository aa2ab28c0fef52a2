using System.Collections.Immutable;

namespace Meridian.Scheduling.Reasons;

/// <summary>A stable code and what its text is filled with: the same in every language.</summary>
/// <param name="Code">One of <see cref="ReasonCodes"/>.</param>
/// <param name="Particulars">The values of the text's numbered places.</param>
public record Reason(string Code, ImmutableArray<string> Particulars)
{
    /// <inheritdoc/>
    public virtual bool Equals(Reason? other) =>
        other is not null && string.Equals(Code, other.Code, StringComparison.Ordinal)
        && Particulars.AsSpan().SequenceEqual(other.Particulars.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Code) ^ Particulars.Length;

    /// <inheritdoc/>
    public sealed override string ToString() => ReasonTexts.English(Code, Particulars);
}

/// <summary>Why a job waits.</summary>
public sealed record PendingReason(string Code, ImmutableArray<string> Particulars) : Reason(Code, Particulars);

/// <summary>The smallest change of one kind that would let a job start somewhere.</summary>
public sealed record SuggestedChange(string Code, ImmutableArray<string> Particulars) : Reason(Code, Particulars);
