using Meridian.Domain;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Intentions;

/// <summary>What a plan of the whole batch intends with a waiting task.</summary>
/// <param name="Job">The job, of one task.</param>
/// <param name="Pool">Where it is to run.</param>
/// <param name="Way">How its input comes there, or nothing where that needs no circuit.</param>
/// <param name="Start">When it is to be placed; it is held back until then.</param>
/// <param name="Finish">When it is expected to end.</param>
public sealed record Intention(long Job, PoolId Pool, CircuitWay? Way, DateTimeOffset Start, DateTimeOffset Finish);
