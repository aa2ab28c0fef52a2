using Meridian.JobFiles;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// A job as its search sees it: how price, time and carbon weigh, and the formulas that both pools and bounds over many
/// pools are weighed by. As the same roundings are made in the same order, a bound is never above what it bounds.
/// </summary>
internal readonly struct Ask
{
    private readonly double _duration;
    private readonly double _timeout;
    private readonly bool _isService;
    private readonly bool _mayTimeOut;
    private readonly bool _isPlain;
    private readonly long _nextHour;
    private readonly long _deadline;
    private readonly double _budget;
    private readonly double _priceWeight;
    private readonly double _secondWeight;
    private readonly double _carbonWeight;
    private readonly double _balanceScale;

    internal Ask(in QuickJob job, ShapeBook book, double meanTransport, long localReady, long now)
    {
        (Now, TaskCount, Gigabytes) = (now, book.Shape.TaskCount, job.InputBytes / 1e9);
        (_duration, _timeout, _isService) = (job.DurationSeconds, job.TimeoutSeconds, job.IsService);
        _nextHour = QuickPath.NextHour(now);
        _mayTimeOut = job.DurationSeconds * book.SlownessMax > job.TimeoutSeconds;
        _isPlain = !_isService && !_mayTimeOut;
        _deadline = job.Deadline == 0 ? long.MaxValue : job.Deadline;
        _budget = job.BudgetMicros == 0 ? double.PositiveInfinity : job.BudgetMicros;
        if (job.Objective != Objective.Balanced)
        {
            _priceWeight = job.Objective == Objective.Cheapest ? 1 : 0;
            _secondWeight = job.Objective == Objective.Fastest ? 1 : 0;
            _carbonWeight = job.Objective == Objective.Greenest ? 1 : 0;
            return;
        }

        var (price, seconds, carbon) = (book.MeanPrice * _duration, book.MeanSlowness * _duration, book.MeanCarbon * _duration);
        _priceWeight = Inverse(price + (meanTransport * Gigabytes / TaskCount));
        _secondWeight = Inverse(seconds + ((localReady - now) / 1000d));
        _carbonWeight = Inverse(carbon);
        // Where each weighs at least so much of what it weighs for a job without input, the sum is at least so much of its balance.
        if (_isPlain)
            _balanceScale = Math.Min(Scale(_priceWeight, price), Math.Min(Scale(_secondWeight, seconds), Scale(_carbonWeight, carbon))) * (1 - 1e-9);
    }

    /// <summary>The bound on nothing.</summary>
    internal static (double Score, double Price) Never => (double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>Whether carbon decides, so that a later start can be better.</summary>
    internal bool WeighsCarbon => _carbonWeight > 0;

    internal long Now { get; }

    internal long NextHour => _nextHour;

    internal int TaskCount { get; }

    internal double Gigabytes { get; }

    /// <summary>
    /// A score that no pool of the rates can go below, found with few steps: most of what is looked at is passed over by it. A
    /// hair less than the sum, which is rounded in another order.
    /// </summary>
    /// <param name="rates">The least rates of some pools.</param>
    /// <param name="mayBeLater">Whether an input may come in a later hour than this one.</param>
    internal double LeastScore(in Rates rates, bool mayBeLater)
    {
        var (price, seconds) = (_priceWeight * rates.Price, _secondWeight * rates.Slowness);
        var carbon = _carbonWeight * (mayBeLater ? rates.CarbonMin : rates.Carbon);
        return Math.Max(
            _isPlain ? (price + seconds + carbon) * _duration * (1 - 1e-9) : 0,
            _balanceScale * (mayBeLater ? rates.BalanceMin : rates.Balance));
    }

    /// <summary>
    /// The least score and price that a pool of the rates can offer if no input comes before the moment; infinite where none is allowed.
    /// </summary>
    internal (double Score, double Price) Bound(in Rates rates, double transport, long ready, bool mayBeLater)
    {
        if (ready == long.MaxValue || rates.IsNone)
            return Never;
        var (price, finish) = (PriceOf(rates, transport), FinishOf(rates, ready));
        if (!IsAllowed(rates, transport, finish))
            return Never;
        var score = Score(price, finish, CarbonOf(rates.Carbon, rates.CarbonPerSecondMin), rates.Balance, transport, ready);
        if (!mayBeLater || !WeighsCarbon || rates.CarbonMin >= rates.Carbon)
            return (score, price);

        // A task may also start in a better hour than this one, if its input comes so late.
        var later = Math.Max(ready, _nextHour);
        var carbonLater = CarbonOf(rates.CarbonMin, rates.CarbonPerSecondMin);
        return (Math.Min(score, Score(price, FinishOf(rates, later), carbonLater, rates.BalanceMin, transport, later)), price);
    }

    /// <summary>Whether the deadline and the budget allow it.</summary>
    internal bool IsAllowed(in Rates rates, double transport, long finish) =>
        finish <= _deadline && CostMaxMicros(rates, transport) <= _budget;

    /// <summary>The price of a task with its share of the transport.</summary>
    internal double PriceOf(in Rates rates, double transport) =>
        (_mayTimeOut ? Math.Min(_duration * rates.Price, _timeout * rates.PricePerSecond) : _duration * rates.Price)
        + (transport / TaskCount);

    internal long FinishOf(in Rates rates, long ready) =>
        ready + (long)Math.Ceiling(1000 * (_isService ? _timeout : Math.Min(_duration * rates.Slowness, _timeout)));

    /// <summary>What a task emits at so many grams a second of the estimate, and of run time.</summary>
    internal double CarbonOf(double perEstimated, double perSecond) =>
        _mayTimeOut ? Math.Min(_duration * perEstimated, _timeout * perSecond) : _duration * perEstimated;

    internal double Score(double price, long finish, double carbon) =>
        (_priceWeight * price) + (_secondWeight * ((finish - Now) / 1000d)) + (_carbonWeight * carbon);

    /// <summary>A bound on the score; of several pools the best balance is above the sum of the least of each.</summary>
    private double Score(double price, long finish, double carbon, double balance, double transport, long ready)
    {
        var score = Score(price, finish, carbon);
        return _balanceScale == 0
            ? score
            : Math.Max(score, (_balanceScale * balance) + (_priceWeight * transport / TaskCount) + (_secondWeight * ((ready - Now) / 1000d)));
    }

    private double CostMaxMicros(in Rates rates, double transport) =>
        (Math.Ceiling(_timeout * rates.PricePerSecond * 1e6) * TaskCount) + Math.Ceiling(transport * 1e6);

    private static double Inverse(double mean) => mean > 0 ? 1 / mean : 0;

    private static double Scale(double weight, double mean) => mean > 0 ? weight * mean : double.PositiveInfinity;
}
