using Meridian.JobFiles;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// A job as its search sees it: how price, time and carbon weigh, and the formulas that both pools and bounds over many
/// pools are weighed by. As the same roundings are made in the same order, a bound is never above what it bounds.
/// </summary>
internal readonly struct Ask
{
    // A sum that is rounded in another order may come out a hair higher; what bounds such sums has to be below all of them.
    private const double Below = 1 - 1e-9;

    private readonly double _duration;
    private readonly double _timeout;
    private readonly bool _isService;
    private readonly bool _mayTimeOut;
    private readonly long _deadline;
    private readonly double _budget;
    private readonly double _priceWeight;
    private readonly double _secondWeight;
    private readonly double _carbonWeight;
    private readonly double _balanceScale;
    private readonly double _carbonSeconds;

    internal Ask(in QuickJob job, ShapeBook book, double meanTransport, long localReady, long now)
    {
        (Now, TaskCount, Gigabytes) = (now, book.Shape.TaskCount, job.InputBytes / 1e9);
        (_duration, _timeout, _isService) = (job.DurationSeconds, job.TimeoutSeconds, job.IsService);
        NextHour = QuickPath.NextHour(now);
        _mayTimeOut = job.DurationSeconds * book.SlownessMax > job.TimeoutSeconds;
        // What is ended by its timeout emits less than its estimate, and least where a second of the estimate takes longest.
        _carbonSeconds = _mayTimeOut ? Math.Min(_duration, _timeout / book.SlownessMax) * Below : _duration;
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
        if (!_mayTimeOut)
            _balanceScale = Math.Min(Scale(_priceWeight, price), Math.Min(_isService ? 1 : Scale(_secondWeight, seconds), Scale(_carbonWeight, carbon))) * Below;
    }

    /// <summary>Whether carbon decides, so that a later start can be better.</summary>
    internal bool WeighsCarbon => _carbonWeight > 0;

    internal long Now { get; }

    internal long NextHour { get; }

    internal int TaskCount { get; }

    internal double Gigabytes { get; }

    /// <summary>
    /// A score that no pool of the rates can go below, found with few steps: most of what is looked at is passed over by it.
    /// </summary>
    /// <param name="rates">The least rates of some pools.</param>
    /// <param name="mayBeLater">Whether an input may come in a later hour than this one.</param>
    internal double LeastScore(in Rates rates, bool mayBeLater)
    {
        var carbon = _carbonWeight * (mayBeLater ? rates.CarbonMin : rates.Carbon) * _carbonSeconds;
        if (_mayTimeOut)
            return carbon * Below;
        var price = _priceWeight * rates.Price * _duration;
        if (_isService)
            return (Math.Max(price + carbon, mayBeLater ? 0 : _balanceScale * rates.ServiceBalance) + (_secondWeight * _timeout)) * Below;
        return Math.Max(
            (price + (_secondWeight * rates.Slowness * _duration) + carbon) * Below, _balanceScale * (mayBeLater ? rates.BalanceMin : rates.Balance));
    }

    /// <summary>
    /// The least score and price that a pool of the rates can offer if no input comes before the moment; infinite where none is allowed.
    /// </summary>
    internal Bound Least(in Rates rates, double transport, long ready, bool mayBeLater)
    {
        if (ready == long.MaxValue || rates.IsNone)
            return Bound.Never;
        var terms = rates.Terms;
        var (price, finish) = (PriceOf(terms, transport), FinishOf(terms, ready));
        if (!IsAllowed(terms, transport, finish))
            return Bound.Never;
        var score = Math.Max(Score(price, finish, rates.Carbon * _carbonSeconds), Balanced(rates.Balance, rates.ServiceBalance, transport, ready));
        if (!mayBeLater || !WeighsCarbon || rates.CarbonMin >= rates.Carbon)
            return new(score, price);

        // A task may also start in a better hour than this one, if its input comes so late.
        var later = Math.Max(ready, NextHour);
        return new(
            Math.Min(score, Math.Max(
                Score(price, FinishOf(terms, later), rates.CarbonMin * _carbonSeconds), Balanced(rates.BalanceMin, 0, transport, later))),
            price);
    }

    /// <summary>Whether the deadline and the budget allow it.</summary>
    internal bool IsAllowed(in Terms terms, double transport, long finish) =>
        finish <= _deadline && CostMaxMicros(terms, transport) <= _budget;

    /// <summary>The price of a task with its share of the transport.</summary>
    internal double PriceOf(in Terms terms, double transport) =>
        (_mayTimeOut ? Math.Min(_duration * terms.Price, _timeout * terms.PricePerSecond) : _duration * terms.Price)
        + (transport / TaskCount);

    internal long FinishOf(in Terms terms, long ready) =>
        ready + (long)Math.Ceiling(1000 * (_isService ? _timeout : Math.Min(_duration * terms.Slowness, _timeout)));

    /// <summary>What a task emits at so many grams a second of run time.</summary>
    internal double CarbonOf(in Terms terms, double perSecond) =>
        _mayTimeOut ? Math.Min(_duration * (perSecond * terms.Slowness), _timeout * perSecond) : _duration * (perSecond * terms.Slowness);

    internal double Score(double price, long finish, double carbon) =>
        (_priceWeight * price) + (_secondWeight * ((finish - Now) / 1000d)) + (_carbonWeight * carbon);

    /// <summary>
    /// A bound on the score by the best balance, which of several pools is above the sum of the least of each; zero where there is none.
    /// A service takes its time anywhere, so only its price and carbon are balanced.
    /// </summary>
    private double Balanced(double balance, double ofService, double transport, long ready) => _balanceScale == 0
        ? 0
        : (_balanceScale * (_isService ? ofService : balance)) + (_priceWeight * transport / TaskCount * Below)
            + (_secondWeight * (((ready - Now) / 1000d) + (_isService ? _timeout : 0)) * Below);

    private double CostMaxMicros(in Terms terms, double transport) =>
        (Math.Ceiling(_timeout * terms.PricePerSecond * 1e6) * TaskCount) + Math.Ceiling(transport * 1e6);

    private static double Inverse(double mean) => mean > 0 ? 1 / mean : 0;

    private static double Scale(double weight, double mean) => mean > 0 ? weight * mean : double.PositiveInfinity;
}
