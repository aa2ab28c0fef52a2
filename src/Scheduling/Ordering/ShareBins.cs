namespace Meridian.Scheduling.Ordering;

/// <summary>
/// What share of their requested run times jobs used, in bins that halve in two steps; each keeps its own mean, so that
/// exact requests are seen to be exact.
/// </summary>
internal sealed class ShareBins
{
    private const int BinCount = 32;

    /// <summary>Before anything is known, these shares are equally likely.</summary>
    private static readonly double[] Prior = [0.001, 0.01, 0.1, 0.3, 1];

    private readonly double[] _counts;
    private readonly double[] _sums;

    private ShareBins(double[] counts, double[] sums) => (_counts, _sums) = (counts, sums);

    internal static ShareBins WithPrior()
    {
        var bins = new ShareBins(new double[BinCount], new double[BinCount]);
        foreach (var share in Prior)
            bins.Add(share);
        return bins;
    }

    internal ShareBins Copy() => new([.. _counts], [.. _sums]);

    /// <summary>Notes a share; one above the whole counts as the whole.</summary>
    internal void Add(double share)
    {
        var bounded = Math.Clamp(share, double.Epsilon, 1);
        var bin = Math.Min(BinCount - 1, (int)(-2 * Math.Log2(bounded)));
        _counts[bin]++;
        _sums[bin] += bounded;
    }

    internal void AddTo(ref BeliefSums sums, double requestedSeconds)
    {
        for (var bin = 0; bin < BinCount; bin++)
        {
            if (_counts[bin] > 0)
                sums.Add(_counts[bin], _sums[bin] / _counts[bin] * requestedSeconds);
        }
    }
}
