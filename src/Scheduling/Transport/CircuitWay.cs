using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Primitives;

namespace Meridian.Scheduling.Transport;

/// <summary>A path and a rate for a circuit.</summary>
/// <param name="Links">The links, in order.</param>
/// <param name="Rate">The rate.</param>
public sealed record CircuitWay(ImmutableArray<LinkId> Links, Bandwidth Rate);
