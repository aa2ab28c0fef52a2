namespace Meridian.Scheduling.Ordering;

/// <summary>
/// Learns run times from jobs that ended, instead of believing the requests, of which people ask for many times what they
/// use (Tsafrir, Etsion and Feitelson, <i>Backfilling using system-generated predictions</i>, TPDS 2007). What an owner's
/// latest jobs did counts most; where little is known of the owner, the share of their requests that everybody's jobs used.
/// </summary>
public sealed class RunTimeHistory
{
    /// <summary>How many of an owner's latest jobs are kept; each weighs less than the next later by <see cref="Fading"/>.</summary>
    private const int LatestCount = 40;

    private readonly SortedDictionary<string, Queue<(string Kind, double Seconds)>> _byOwner = new(StringComparer.Ordinal);
    private readonly ShareBins _everybody = ShareBins.WithPrior();

    /// <summary>The weight of an owner's job against that of the owner's next later one.</summary>
    internal const double Fading = 0.8;

    /// <summary>How many times more an owner's job weighs that is of the same kind.</summary>
    internal const double KindWeight = 10;

    /// <summary>The weight of everybody's jobs together, where the owner's latest job of another kind weighs one.</summary>
    internal const double EverybodyWeight = 1;

    /// <summary>A job that runs is expected to take as long again as it has taken: this many times what it has taken.</summary>
    internal const double RunningFactor = 2;

    /// <summary>Notes how long a job took.</summary>
    public void Learn(Family family, double requestedSeconds, double runSeconds)
    {
        _everybody.Add(runSeconds / Math.Max(requestedSeconds, 1));
        if (family.Owner.Length == 0)
            return;
        if (!_byOwner.TryGetValue(family.Owner, out var latest))
            _byOwner.Add(family.Owner, latest = new());
        latest.Enqueue((family.Kind, runSeconds));
        if (latest.Count > LatestCount)
            latest.Dequeue();
    }

    /// <summary>What is believed while these jobs run. Later learning changes it no more.</summary>
    public RunTimeBeliefs Beliefs(IEnumerable<RunningWork> running)
    {
        var (everybody, byOwner) = (_everybody.Copy(), new Dictionary<string, OwnerBelief>(StringComparer.Ordinal));
        foreach (var work in running.Where(work => work.ElapsedSeconds >= 1))
        {
            var seconds = work.ElapsedSeconds * RunningFactor;
            everybody.Add(seconds / Math.Max(work.RequestedSeconds, 1));
            if (work.Family.Owner.Length > 0)
                OwnerOf(byOwner, work.Family.Owner).Add(work.Family.Kind, seconds, weight: 1);
        }

        foreach (var (owner, latest) in _byOwner)
        {
            var (belief, weight) = (OwnerOf(byOwner, owner), 1.0);
            foreach (var (kind, seconds) in latest.Reverse())
            {
                belief.Add(kind, seconds, weight);
                weight *= Fading;
            }
        }

        return new(everybody, byOwner);
    }

    private static OwnerBelief OwnerOf(Dictionary<string, OwnerBelief> byOwner, string owner)
    {
        if (!byOwner.TryGetValue(owner, out var belief))
            byOwner.Add(owner, belief = new());
        return belief;
    }
}
