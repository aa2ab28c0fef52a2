namespace Meridian.Depot;

/// <summary>Whether packs travel compressed.</summary>
public enum CompressionUse
{
    /// <summary>Where that brings the content sooner.</summary>
    Adaptive,

    /// <summary>Wherever the content compresses.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>
/// Finds out for one depot whether compressed packs bring the content sooner: that is so where the line is slower than the processors of
/// both ends. Packs of both forms are compared by how much content each brought in its time, and the form that loses is tried again
/// ever more seldom, for lines and machines change. Safe for use from many threads.
/// </summary>
public sealed class CodingChoice
{
    private const double Newest = 0.5;
    private const double WorthIt = 1.1; // Work that brings nothing is not done for nothing.
    private const int TrialFirst = 8;
    private const int TrialMax = 64;
    private const long BytesMin = 256 * 1024; // The time of a smaller pack is that of the round trip.

    private readonly Lock _gate = new();
    private double _plain;
    private double _coded;
    private int _asked;
    private int _untilTrial = TrialFirst;
    private int _trialEvery = TrialFirst;

    /// <summary>Whether to ask for the next pack compressed.</summary>
    public bool Next(CompressionUse use)
    {
        if (use != CompressionUse.Adaptive)
            return use == CompressionUse.Always;
        lock (_gate)
        {
            if (_plain <= 0 || _coded <= 0)
                return ++_asked % 2 == 0;
            if (--_untilTrial > 0)
                return IsCodedBetter;

            // A trial of the other form. If it loses again, the next one comes later.
            _trialEvery = Math.Min(TrialMax, 2 * _trialEvery);
            _untilTrial = _trialEvery;
            return !IsCodedBetter;
        }
    }

    /// <summary>A pack has come. One that does not compress came plain although it was asked for otherwise.</summary>
    public void Note(bool isCoded, long plainBytes, TimeSpan time)
    {
        if (plainBytes < BytesMin || time <= TimeSpan.Zero)
            return;
        var speed = plainBytes / time.TotalSeconds;
        lock (_gate)
        {
            var wasBetter = IsCodedBetter;
            if (isCoded)
                _coded = _coded <= 0 ? speed : (_coded * (1 - Newest)) + (speed * Newest);
            else
                _plain = _plain <= 0 ? speed : (_plain * (1 - Newest)) + (speed * Newest);
            if (wasBetter != IsCodedBetter)
                (_trialEvery, _untilTrial) = (TrialFirst, TrialFirst);
        }
    }

    private bool IsCodedBetter => _coded > WorthIt * _plain;
}
