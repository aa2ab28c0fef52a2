using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Scheduling.Reasons;

/// <summary>Why a job waits, or why a pool lost. The codes are those of <see cref="ReasonCodes"/>.</summary>
public sealed record PendingReason(string Code, ImmutableArray<string> Particulars) : Reason(Code, Particulars);

/// <summary>The smallest change of one kind that would let a job start somewhere.</summary>
public sealed record SuggestedChange(string Code, ImmutableArray<string> Particulars) : Reason(Code, Particulars);
