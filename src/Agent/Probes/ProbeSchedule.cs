namespace Meridian.Agent.Probes;

/// <summary>One round to run.</summary>
/// <param name="Agent">Whom to probe.</param>
/// <param name="Url">Where its depot answers.</param>
/// <param name="Bytes">How many bytes to fetch besides; zero for none.</param>
public sealed record ProbeTurn(string Agent, Uri Url, int Bytes);

/// <summary>
/// Whose turn it is, without I/O or clock: each target about once in an interval, at a moment that luck shifts by up to a
/// quarter so that agents do not fall into step; bytes for a rate more rarely, and never more than the hour's budget.
/// </summary>
/// <param name="random">The luck.</param>
public sealed class ProbeSchedule(Random random)
{
    /// <summary>The exchanges of one round.</summary>
    public const int ExchangeCount = 5;

    /// <summary>The bytes that are fetched to see a rate.</summary>
    public const int RateBytes = 1024 * 1024;

    private const double Shift = 0.25;
    private const int RoundsPerRate = 30;

    private readonly SortedDictionary<string, Target> _targets = new(StringComparer.Ordinal);
    private TimeSpan _interval = TimeSpan.FromMinutes(1);
    private double _bytesPerSecond;
    private double _bytesLeft;
    private double _bytesMax;
    private TimeSpan _filledAt;

    private sealed record Target(Uri Url, TimeSpan DueAt, int RoundCount);

    /// <summary>When the next turn is; nothing when there is nobody to probe.</summary>
    public TimeSpan? NextAt => _targets.Count == 0 ? null : _targets.Values.Min(t => t.DueAt);

    /// <summary>Takes a new list of targets. Those that were known keep their turns; new ones get theirs within an interval.</summary>
    public void Take(IEnumerable<(string Agent, Uri Url)> targets, TimeSpan interval, long bytesPerHour, TimeSpan now)
    {
        var (known, isOther) = (new Dictionary<string, Target>(_targets, StringComparer.Ordinal), interval != _interval);
        _interval = interval;
        if (_bytesMax != bytesPerHour)
            (_bytesMax, _bytesLeft, _bytesPerSecond, _filledAt) = (bytesPerHour, bytesPerHour / 4d, bytesPerHour / 3600d, now);
        _targets.Clear();
        foreach (var (agent, url) in targets)
        {
            _targets[agent] = !isOther && known.TryGetValue(agent, out var before) && before.Url == url
                ? before
                : new(url, now + (_interval * random.NextDouble()), RoundCount: 0);
        }
    }

    /// <summary>The turn that is due, or nothing. Its bytes are counted as spent; when there are none left, it waits for its next time.</summary>
    public ProbeTurn? Next(int exchangeBytes, TimeSpan now)
    {
        _bytesLeft = Math.Min(_bytesMax, _bytesLeft + ((now - _filledAt).TotalSeconds * _bytesPerSecond));
        _filledAt = now;
        foreach (var (agent, target) in _targets.Where(t => t.Value.DueAt <= now).OrderBy(t => t.Value.DueAt).ToList())
        {
            _targets[agent] = target with { DueAt = now + (_interval * (1 + (Shift * ((random.NextDouble() * 2) - 1)))), RoundCount = target.RoundCount + 1 };
            var round = ExchangeCount * exchangeBytes;
            if (_bytesLeft < round)
                continue;
            _bytesLeft -= round;
            var bytes = target.RoundCount % RoundsPerRate == 1 && _bytesLeft >= RateBytes ? RateBytes : 0;
            _bytesLeft -= bytes;
            return new(agent, target.Url, bytes);
        }

        return null;
    }
}
