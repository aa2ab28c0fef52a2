using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>Room that is kept for tasks until the best-effort tasks that hold it have stopped.</summary>
/// <param name="Job">Whose tasks take it.</param>
/// <param name="Amount">What each of them takes.</param>
/// <param name="Placements">The tasks and their nodes.</param>
/// <param name="Victims">The attempts that have still to stop.</param>
/// <param name="At">Since when.</param>
[MemoryPackable]
public sealed partial record Claim(
    long Job, Capacity Amount, ImmutableArray<TaskPlacement> Placements, ImmutableSortedSet<AttemptId> Victims,
    [property: CanonicalTime] DateTimeOffset At);
