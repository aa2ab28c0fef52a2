using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Explaining;

/// <summary>The answer to where and for how much, before a job is handed in.</summary>
/// <param name="Explanation">The choice and every pool that lost; an empty name where none could be chosen.</param>
/// <param name="Transfers">What would be ordered to bring the inputs.</param>
/// <param name="Expected">What the whole job is expected to cost at the chosen pool.</param>
/// <param name="HoldAtMost">What all its tasks, run to their timeouts, and the transfers can cost there.</param>
/// <param name="PendingReason">Why it could not start at once, or nothing.</param>
public sealed record JobQuote(
    Explanation Explanation, ImmutableArray<PlannedTransfer> Transfers, Money Expected, Money HoldAtMost,
    PendingReason? PendingReason);

/// <summary>Why a job is where it is, or why it waits.</summary>
/// <param name="Explanation">Of the latest placement; of the choice as it would be now, where tasks wait.</param>
/// <param name="Transfers">What would be ordered now to bring the inputs of a waiting task.</param>
/// <param name="PendingReason">Why tasks wait, or nothing.</param>
/// <param name="Changes">The smallest changes that would let it start, the best first; each alone suffices.</param>
public sealed record JobWhy(
    Explanation? Explanation, ImmutableArray<PlannedTransfer> Transfers, PendingReason? PendingReason,
    ImmutableArray<SuggestedChange> Changes);
