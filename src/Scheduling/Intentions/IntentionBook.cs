using System.Collections.Immutable;

namespace Meridian.Scheduling.Intentions;

/// <summary>
/// The intentions of a plan. Rounds follow them where that is still possible, and decide by themselves about everything else,
/// so an old plan can do no more harm than none.
/// </summary>
public sealed class IntentionBook
{
    /// <summary>No intentions.</summary>
    public static readonly IntentionBook Empty = new([]);

    private readonly ImmutableSortedDictionary<long, Intention> _byJob;

    /// <summary>The intentions, at most one for each job.</summary>
    public IntentionBook(IEnumerable<Intention> intentions) =>
        _byJob = intentions.ToImmutableSortedDictionary(i => i.Job, i => i);

    /// <summary>All of them in the order of the jobs.</summary>
    public IEnumerable<Intention> All => _byJob.Values;

    /// <summary>What is intended with the job, or nothing.</summary>
    public Intention? Of(long job) => _byJob.GetValueOrDefault(job);
}
