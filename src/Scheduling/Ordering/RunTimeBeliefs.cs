namespace Meridian.Scheduling.Ordering;

/// <summary>What is believed of run times at one moment.</summary>
public sealed class RunTimeBeliefs
{
    /// <summary>Shorter run times count as this long, as they do in the bounded slowdown.</summary>
    internal const double ShortestSeconds = 10;

    private readonly ShareBins _everybody;
    private readonly Dictionary<string, OwnerBelief> _byOwner;
    private readonly Dictionary<(Family, double), RunTimeBelief> _known = [];

    internal RunTimeBeliefs(ShareBins everybody, Dictionary<string, OwnerBelief> byOwner) =>
        (_everybody, _byOwner) = (everybody, byOwner);

    /// <summary>What is believed of a job of the family that asks for this run time; never more than it asks for.</summary>
    public RunTimeBelief Of(Family family, double requestedSeconds)
    {
        if (!_known.TryGetValue((family, requestedSeconds), out var belief))
            _known.Add((family, requestedSeconds), belief = Weigh(family, Math.Max(requestedSeconds, 1)));
        return belief;
    }

    private RunTimeBelief Weigh(Family family, double requestedSeconds)
    {
        var sums = new BeliefSums();
        _everybody.AddTo(ref sums, requestedSeconds);
        sums = sums.ScaledTo(RunTimeHistory.EverybodyWeight);
        if (family.Owner.Length > 0 && _byOwner.TryGetValue(family.Owner, out var owner))
            owner.AddTo(ref sums, family.Kind, requestedSeconds);
        return new(sums.Seconds / sums.Weight, sums.PerSecond / sums.Weight);
    }
}

/// <summary>Weighed sums of run times and of their inverses.</summary>
internal record struct BeliefSums(double Weight, double Seconds, double PerSecond)
{
    internal void Add(double weight, double seconds)
    {
        Weight += weight;
        Seconds += weight * seconds;
        PerSecond += weight / Math.Max(seconds, RunTimeBeliefs.ShortestSeconds);
    }

    internal readonly BeliefSums ScaledTo(double weight) =>
        new(weight, Seconds * weight / Weight, PerSecond * weight / Weight);
}

/// <summary>The run times of one owner's jobs, the latest first.</summary>
internal sealed class OwnerBelief
{
    private readonly List<(string Kind, double Seconds, double Weight)> _jobs = [];

    internal void Add(string kind, double seconds, double weight) => _jobs.Add((kind, seconds, weight));

    internal void AddTo(ref BeliefSums sums, string kind, double requestedSeconds)
    {
        foreach (var (ofKind, seconds, weight) in _jobs)
        {
            var isSame = string.Equals(ofKind, kind, StringComparison.Ordinal);
            sums.Add(isSame ? weight * RunTimeHistory.KindWeight : weight, Math.Min(seconds, requestedSeconds));
        }
    }
}
